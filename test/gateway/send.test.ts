import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as Directory from "../../src/broker/Directory.ts"
import { MessageId } from "../../src/domain/Ids.ts"
import * as Feed from "../../src/gateway/Feed.ts"
import { send } from "../../src/gateway/MessageVerbs.ts"
import { moving, pass, withWorld } from "../support/SessionTest.ts"

const caller = { name: "human", card: undefined }
const messageId = MessageId.make("mretry0000000000")

describe("a message sent again under its id", () => {
  it.effect("is the same message also when broker and session have long forgotten it", () =>
    withWorld(({ agent, hops, id, is, reaches, send: sendPlainly, spawn, takes }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        const again = Effect.map(moving(send({ to: id, text: "once", messageId }, caller)), ([sent]) =>
          sent !== undefined && "state" in sent ? sent.state : undefined
        )
        assert.strictEqual(yield* again, "accepted")
        yield* takes(1)
        agent.finish()
        yield* reaches(messageId, "answered")
        agent.show("dialog")
        yield* is("waiting-permission")
        for (let count = 0; count < 201; count++) yield* sendPlainly(`other ${count}`)
        yield* TestClock.adjust("3 hours")

        assert.strictEqual(yield* again, "answered")
        yield* pass(1)
        assert.deepStrictEqual(yield* hops(messageId), ["accepted", "injected", "submitted", "answered"])
      }).pipe(Effect.provide(Layer.mergeAll(Directory.layer, Feed.layer)))
    )
  )
})
