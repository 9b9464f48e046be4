/** A real Claude Code as EM of a real Codex: it sleeps while the other works, and is woken. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { reaches } from "../support/Driving.ts"
import { makeRealSmWith, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

describe.skipIf(missing !== undefined)("an EM", () => {
  it.live(
    "makes no call of its model while its child works, until a digest and the child's word wake it",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSmWith("policy: { wake: 2 }")
        /** The EM runs this in its own shell, and its turn is over. */
        const runs = (command: string) =>
          sm.json("send", "em-epic", `[[tool Bash ${JSON.stringify({ command })}]] [[text waiting]]`, "--wait=answered")
        yield* sm.json("spawn", "claude", "⟦text ready⟧", "--name", "em-epic", "--", "--allowedTools", "Bash(sm:*)")
        yield* reaches(sm, "em-epic", "idle")
        yield* runs("sm em epic")
        yield* runs("sm spawn codex '⟦text ready⟧' --name eng")
        yield* reaches(sm, "eng", "idle")
        yield* runs(`sm send eng '⟦sleep 4⟧ ⟦tool exec_command {"cmd":"sm task-complete PR-456"}⟧ ⟦text done⟧'`)
        yield* reaches(sm, "em-epic", "idle")
        const before = sm.anthropic.prompts.length

        const heard = (words: string) =>
          until(
            `the EM's model is asked about ${words}`,
            Effect.sync(() => sm.anthropic.prompts.slice(before).find((prompt) => prompt.includes(words)))
          )
        const digest = yield* heard("Child update: eng (")
        assert.strictEqual(sm.anthropic.prompts[before], digest)
        assert.include(digest, "Status: none")
        assert.include(yield* heard("completed its task"), "PR-456")
      }).pipe(Effect.scoped),
    60_000
  )
})
