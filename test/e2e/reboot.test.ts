/** `restore: auto`: what went with the terminal server comes back, and nothing else. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSmWith } from "../support/Sm.ts"
import { killTmux } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

describe("a reboot with restore: auto", () => {
  it.live("starts those again that ran, and leaves alone whose agent had ended by itself", () =>
    Effect.gen(function* () {
      const { home, json, sm } = yield* makeSmWith({ config: "restore: auto\n" })
      const states = Effect.map(json("list"), (cards) =>
        // The command line answers in JSON: a test names the fields it looks at.
        (cards as unknown as ReadonlyArray<{ readonly name: string; readonly state: string }>)
          .map(({ name, state }) => `${name} ${state}`)
          .toSorted()
          .join(", ")
      )
      const reach = (wanted: string) =>
        until(
          wanted,
          Effect.map(states, (found) => (found === wanted ? true : undefined))
        )
      for (const name of ["ended", "ran"]) yield* json("spawn", "shell", "--name", name)
      yield* reach("ended idle, ran idle")
      yield* json("send", "ended", "exit")
      yield* reach("ended crashed, ran idle")
      yield* sm("down")
      yield* Effect.sync(() => killTmux(join(home, "run/tmux")))
      yield* sm("up", "--detach")
      yield* reach("ended crashed, ran crashed")
      yield* reach("ended crashed, ran idle")
      // All were looked at in one go.
      assert.strictEqual(yield* states, "ended crashed, ran idle")
    }).pipe(Effect.scoped)
  )
})
