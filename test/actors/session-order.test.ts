import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { withWorld } from "../support/SessionTest.ts"

describe("a long line of messages", () => {
  it.effect("keeps its order when the first must wait again", () =>
    withWorld(({ agent, is, panes, id: session, send, spawn, takes }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        agent.show("dialog")
        yield* is("waiting-permission")
        for (let count = 0; count < 230; count++) yield* send(`message ${count}`)
        // Somebody is at the keys: what was taken up goes back into the line.
        yield* panes.human(session, "")
        agent.show("ready")
        yield* takes(1)
        agent.finish()
        yield* takes(2)
        agent.finish()
        yield* takes(3)
        assert.deepStrictEqual(agent.prompts, ["message 0", "message 1", "message 2"])
      })
    )
  )
})
