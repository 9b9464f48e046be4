/** How full the real agents' contexts are, as `sm` tells it, beside a status line of the user's own. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { reaches, send, shows, showsText, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"

describe.skipIf(missing !== undefined)("a real agent's context", { concurrent: true }, () => {
  it.live(
    "is on the card after every turn, and the user's own status line stays",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const settings = join(sm.claudeHome, "settings.json")
        const own = JSON.stringify({ statusLine: { type: "command", command: 'echo "mine: $(wc -c)"' } })
        writeFileSync(settings, own)
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "--name", kind)
            assert.isNull((yield* reaches(sm, kind, "idle")).context)
            if (kind === "claude") yield* showsText(sm, kind, "mine: ")

            yield* send(sm, kind, "[[usage 129200]] [[text half]]")
            const { context } = yield* shows(sm, kind, "half full", (card) => card.context?.used === 129_200)
            assert.deepStrictEqual(
              context,
              kind === "claude"
                ? { used: 129_200, window: 1_000_000, percent: 13 }
                : { used: 129_200, window: 258_400, percent: 50 }
            )
            yield* send(sm, kind, "[[usage 2000]] [[text little]]")
            yield* shows(sm, kind, "nearly empty", (card) => card.context?.used === 2000)

            yield* sm.json("clear", kind)
            yield* shows(sm, kind, "nothing known", (card) => card.context === null)
          })
        )
        assert.strictEqual(readFileSync(settings, "utf8"), own)
        const { stdout } = yield* sm.sm("list")
        assert.match(stdout, /CONTEXT/u)
      }).pipe(Effect.scoped),
    180_000
  )
})
