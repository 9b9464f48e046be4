import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { withWorld } from "../support/SessionTest.ts"

describe("a session whose kind is known no more", () => {
  it.effect("is crashed when its pane is gone", () =>
    withWorld(({ boot, id, is, panes, spawn, stop, unplug }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        yield* stop
        yield* unplug
        yield* boot
        yield* is("idle")
        yield* panes.kill(id)
        const { detail } = yield* is("crashed")
        assert.strictEqual(detail, "the agent's process ended")
      })
    )
  )
})
