/** What an agent is told in answer to its hooks while an urgent message waits for it. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import * as Directory from "../../../src/broker/Directory.ts"
import { MessageId, SessionId } from "../../../src/domain/Ids.ts"
import type { Sender } from "../../../src/domain/Message.ts"
import { saying } from "../../../src/gateway/hooks/Saying.ts"
import { eventually, moving, withWorld } from "../../support/SessionTest.ts"

const other: Sender = { kind: "session", id: SessionId.make("0000000e"), name: "em" }
const tool = { _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "ls" } as const

describe("the next tool call of an agent", () => {
  it.effect("is refused with the words of an urgent message until the agent has read them, and only by that", () =>
    withWorld(({ agent, describe: look, is, reaches, send, spawn, takes }) =>
      Effect.gen(function* () {
        const said = (signals: Parameters<typeof saying>[1]) =>
          Effect.flatMap(look, ({ card }) => moving(saying(card, signals)))
        agent.door = true
        yield* spawn("x")
        yield* send("work")
        yield* takes(1)
        yield* is("working")
        agent.tool()
        yield* eventually(
          "the tool runs",
          Effect.map(look, ({ actions }) => actions[0])
        )
        yield* send("by the way", { from: other, mode: "important" })
        assert.isUndefined(yield* said([tool]), "what is not urgent stops nothing")

        const long = `stop it ${"!".repeat(1_000_000)}`
        const urgent = yield* send(long, { from: other, mode: "urgent" })
        const { card } = yield* look
        const refused = yield* said([tool])
        assert.strictEqual(card.stopping, urgent)
        assert.include(
          refused?.deny,
          `Not run: an urgent message (${urgent}) waits for you, and goes first. It says:\nstop it !`
        )
        assert.isBelow(refused?.deny?.length ?? 0, 10_000, "a hook's answer is no place for a long text")
        assert.isUndefined(yield* said([{ _tag: "Interrupted", turn: "t1" }]), "other reports are only taken")
        agent.read()
        yield* reaches(urgent, "submitted")

        assert.isUndefined(yield* moving(saying(card, [tool])), "also where the card is a moment old")
      }).pipe(Effect.provide(Directory.layer))
    )
  )

  it.effect("runs when the session cannot say within a second what it has read", () =>
    withWorld(({ describe: look, is, spawn, stop }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        const { card } = yield* look
        yield* stop
        const before = yield* Clock.currentTimeMillis
        const stopping = MessageId.make("m000000000000009")
        assert.isUndefined(yield* moving(saying({ ...card, stopping }, [tool])))
        assert.isBelow((yield* Clock.currentTimeMillis) - before, 2000, "the agent stands still meanwhile")
      }).pipe(Effect.provide(Directory.layer))
    )
  )

  it.effect("is not refused with words that are for the context after a clear", () =>
    withWorld(({ agent, clear, describe: look, is, send, spawn, takes }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* send("work")
        yield* takes(1)
        yield* is("working")
        yield* clear("for the next context")
        const { card } = yield* look
        assert.deepStrictEqual([card.queued, card.stopping], [2, null])
        agent.finish()
        yield* takes(2)
      })
    )
  )
})
