import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Option } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { Broker } from "../../src/broker/Broker.ts"
import { allSettled, boot, makeWorld, moving, one, patiently, withMemory } from "../support/Diary.ts"

describe("passivation", () => {
  it.effect("ends an idle actor, and starts it again with its state; no mail is lost at the moment it ends", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { system } = yield* boot(world, { passivateAfter: "1 second" })
      const expected: Array<string> = []
      for (let round = 0; round < 40; round++) {
        yield* one.tell("Write", `r${round}`)
        expected.push(`r${round}`)
        // Mail at, just before and just after the deadline.
        yield* TestClock.adjust(`${998 + (round % 5)} millis`)
      }
      assert.deepStrictEqual(yield* one.ask("Read", null), expected)
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(yield* system.running, [])
      assert.deepStrictEqual(yield* one.ask("Read", null), expected)
      assert.deepStrictEqual(yield* system.running, ["diary.one"])
    }).pipe(withMemory)
  )

  it.effect("waits for a reactor that wants to look again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let looks = 0
      world.react = () => Effect.sync(() => (++looks < 5 ? 3000 : undefined))
      const { system } = yield* boot(world, { passivateAfter: "1 second" })
      yield* one.ask("Write", "x")
      yield* TestClock.adjust("8 seconds")
      assert.deepStrictEqual(yield* system.running, ["diary.one"])
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(yield* system.running, [])
    }).pipe(withMemory)
  )
})

describe("ownership", () => {
  it.effect("goes on from another owner's commit without losing mail that waited", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* boot(world)
      yield* one.ask("Write", "mine")
      yield* one.tell("Hold", null)
      yield* Deferred.await(world.held)
      yield* one.tell("Write", "waits")
      const broker = yield* Broker
      const found = Option.getOrThrow(yield* broker.load("diary.one"))
      const other = found.value.replace('["mine"]', '["mine","theirs"]').replace(/"by":"[^"]*"/u, '"by":"other"')
      yield* broker.save("diary.one", other, found.revision)
      yield* Deferred.succeed(world.gate, undefined)
      assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["mine", "theirs", "held", "waits"])
      yield* allSettled
    }).pipe(withMemory)
  )

  it.effect("starts its counting over when the mail stream was made anew", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const other = {
        v: 1,
        version: 1,
        by: "x",
        n: 9,
        at: 0,
        stream: "an earlier stream",
        done: { urgent: 900, control: 900, normal: 900 },
        suspect: null,
        state: ["old"],
        out: []
      }
      yield* broker.save("diary.one", JSON.stringify(other), 0)
      yield* boot(yield* makeWorld)
      yield* one.ask("Write", "new")
      assert.deepStrictEqual(yield* one.ask("Read", null), ["old", "new"])
    }).pipe(withMemory)
  )
})
