/** A program of the user's own as an agent, of which only the prompt is known. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSm } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

describe("a program known by its prompt alone", () => {
  it.live("works while it shows none, and mail waits for it", () =>
    Effect.gen(function* () {
      const { json, sm } = yield* makeSm
      const state = (wanted: string) =>
        until(
          `it is ${wanted}`,
          Effect.map(json("list"), (cards) =>
            // The command line answers in JSON: a test names the fields it looks at.
            (cards as unknown as ReadonlyArray<{ readonly state: string }>)[0]?.state === wanted ? true : undefined
          )
        )
      yield* json("spawn", "shell", "--name", "shell")
      yield* state("idle")
      yield* json("send", "shell", "sleep 2")
      yield* state("working")
      const { messageId } = yield* json("send", "shell", "echo la''ter")
      yield* until(
        "it is typed",
        Effect.map(sm("output", "shell"), ({ stdout }) => (/^later$/mu.test(stdout) ? true : undefined))
      )
      const { hops } = yield* json("trace", messageId as unknown as string)
      assert.deepStrictEqual(
        (hops as unknown as ReadonlyArray<{ readonly status: string }>).map(({ status }) => status),
        ["accepted", "injected"]
      )
    }).pipe(Effect.scoped)
  )
})
