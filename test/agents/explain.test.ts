/** Why a session of a real agent is in its state, and a person's own rules about its screen. */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Output } from "../../src/gateway/Api.ts"
import { answered, asked, reaches, type RealSm, send, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing, versionOf } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

const explain = (sm: RealSm, name: string) =>
  Effect.map(sm.json("explain", name), (data) => data as never as Output<"explain">)

/** Every screen with a free composer asks something. */
const OWN = `
v: 1
rules:
  - name: my-own
    agent: '>=0.1'
    composer: [free]
    activity: dialog
    detail: [{ in: below, says: '\\S', take: first }]
`

describe.skipIf(missing !== undefined)("sm explain, of a real agent", () => {
  it.live(
    "names what decided its state, what it said, the rule that reads its screen, and its version; rules change at once",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            const file = join(sm.home, "config/screens", `${kind}.yaml`)
            yield* sm.json("spawn", kind, "--name", kind)
            yield* reaches(sm, kind, "idle")
            const work = yield* send(sm, kind, "[[sleep 2]] [[text done]]")
            yield* asked(sm, kind, "[[sleep 2]]")
            const told = ({ heard }: Output<"explain">) => heard.some(({ what }) => what === "PromptSubmitted")
            const busy = yield* until(
              `${kind} is at work, and has said so`,
              Effect.map(explain(sm, kind), (found) =>
                found.screen?.activity === "busy" && told(found) ? found : undefined
              )
            )
            assert.deepInclude(busy, { state: "working", version: versionOf(kind), unseen: null })
            // On a slow machine its hook comes after its screen was believed: then that is what decided.
            if (busy.evidence?.source === "screen") assert.match(busy.evidence.by, /^rule /u)
            else assert.deepInclude(busy.evidence, { source: "hook", by: "PromptSubmitted" })
            assert.isNotNull(busy.screen?.rule)
            assert.deepStrictEqual(busy.rules, { recorded: versionOf(kind), own: null })
            yield* answered(sm, work)
            yield* reaches(sm, kind, "idle")
            assert.deepInclude((yield* explain(sm, kind)).evidence, { source: "hook", by: "TurnEnded" })
            assert.match((yield* sm.sm("explain", kind)).stdout, /decided by +hook TurnEnded, \d+s ago\n/u)

            writeFileSync(file, OWN)
            assert.notStrictEqual((yield* reaches(sm, kind, "waiting-permission")).detail, "")
            const own = yield* explain(sm, kind)
            assert.deepInclude(own.evidence, { source: "screen", by: "rule my-own" })
            assert.deepStrictEqual([own.screen?.rule, own.rules?.own], ["my-own", file])
            writeFileSync(file, OWN.replace("dialog", "lazy"))
            yield* until(
              "the person is told that the file is wrong",
              Effect.map(sm.sm("inbox"), ({ stdout }) =>
                stdout.includes(`${kind}.yaml is not used, and the rules for ${kind}'s screens stay as they were`)
                  ? true
                  : undefined
              )
            )
            assert.strictEqual((yield* explain(sm, kind)).screen?.rule, "my-own")
            rmSync(file)
            yield* reaches(sm, kind, "idle")
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
