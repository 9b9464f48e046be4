import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Logger, References } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { persist } from "../../src/actors/Persist.ts"
import { BrokerError } from "../../src/broker/Broker.ts"

describe("an operation that must happen", () => {
  it.effect("is tried until the broker is back, in silence over a restart, and aloud when it takes longer", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      let up = false
      const save = Effect.suspend(() =>
        up ? Effect.succeed("saved") : Effect.fail(new BrokerError({ operation: "save", cause: new Error("away") }))
      )
      const fiber = yield* Effect.forkChild(persist("k.one", save).pipe(Effect.provide(Logger.layer([logger]))))
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(lines, [])
      yield* TestClock.adjust("25 seconds")
      assert.deepStrictEqual(lines, ["k.one: broker save failed: away; trying again"])
      up = true
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "saved")
    }).pipe(Effect.provideService(References.MinimumLogLevel, "Info"))
  )

  it.effect("passes every other failure on at once", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(persist("x", Effect.fail({ _tag: "StaleCommit", message: "lost" } as const)))
      assert.strictEqual(error._tag, "StaleCommit")
    })
  )
})
