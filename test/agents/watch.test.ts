/** A person at `sm watch` answers what a real agent asks leave for, and looks inside it. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { answered, reaches, type RealSm, send } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { watched } from "../support/Watched.ts"

const some =
  (text: string | RegExp) =>
  (lines: ReadonlyArray<string>): boolean =>
    lines.some((line) => (typeof text === "string" ? line.includes(text) : text.test(line)))
const asks = (command: string, then: string): string => `[[tool Bash ${JSON.stringify({ command })}]] [[text ${then}]]`

describe.skipIf(missing !== undefined)("sm watch of a real agent", () => {
  it.live(
    "allows and refuses what it asks for, and shows it",
    () =>
      Effect.gen(function* () {
        const sm: RealSm = yield* makeRealSm
        yield* sm.json("spawn", "claude", "--name", "ann")
        yield* reaches(sm, "ann", "idle")
        const { press, shows, type } = yield* watched(["watch"], { columns: 80, rows: 24 }, { SM_HOME: sm.home })
        yield* shows("it", some(/^ {2}ann +idle/u))

        const one = yield* send(sm, "ann", asks("touch allowed", "ran it"))
        yield* shows("its question", some(/^\? ann asks: Bash touch allowed +a[0-9a-z]{7} \d+s$/u), 30)
        press("y")
        yield* shows("all of it", some("allow it?"))
        press("y")
        assert.strictEqual((yield* answered(sm, one)).answer, "ran it")
        assert.isTrue(existsSync(join(sm.work, "allowed")))
        yield* shows(
          "that it is answered",
          (lines) => !some("asks:")(lines) && some(/ann +idle .* Bash touch allowed/u)(lines)
        )

        const two = yield* send(sm, "ann", asks("touch never", "left it"))
        yield* shows("the next question", some("ann asks: Bash touch never"), 30)
        press("n")
        yield* shows("where the reason is typed", some("deny, and say why"))
        type("not on a Friday")
        press("Enter")
        assert.strictEqual((yield* answered(sm, two)).answer, "left it")
        assert.isFalse(existsSync(join(sm.work, "never")))
        assert.isTrue(sm.anthropic.requests.some((body) => body.includes("not on a Friday")))

        press("a")
        yield* shows("the agent's own screen", some("detach: C-]"))
        press("C-]", "d")
        yield* shows("the dashboard again", some("back from ann"))
        press("q")
        yield* shows("the end", some("code 0"))
      }).pipe(Effect.scoped),
    180_000
  )
})
