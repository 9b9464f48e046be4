import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { Broker } from "../../src/broker/Broker.ts"
import { allSettled, boot, makeWorld, moving, one, patiently, withMemory } from "../support/Diary.ts"

describe("lanes", () => {
  it.effect("handle urgent mail before control and normal mail that waits, each lane in its order", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* boot(world)
      yield* one.tell("Hold", null)
      yield* Deferred.await(world.held)
      for (const [tag, text] of [
        ["Write", "n1"],
        ["Control", "c1"],
        ["Write", "n2"],
        ["Urgent", "u1"],
        ["Control", "c2"],
        ["Urgent", "u2"]
      ] as const)
        yield* one.tell(tag, text)
      // All of it has reached the actor's door.
      yield* TestClock.adjust("1 millis")
      yield* Deferred.succeed(world.gate, undefined)
      assert.deepStrictEqual(yield* one.ask("Read", null), ["held", "u1", "u2", "c1", "c2", "n1", "n2"])
    }).pipe(withMemory)
  )
})

describe("a batch", () => {
  it.effect("commits what was handled around a refusal and a crash in its middle", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* boot(world)
      yield* one.tell("Hold", null)
      yield* Deferred.await(world.held)
      yield* one.tell("Write", "before")
      const refused = yield* Effect.forkChild(Effect.flip(one.ask("Refuse", null, patiently)))
      yield* one.tell("Explode", null)
      yield* one.tell("Write", "after")
      yield* Deferred.succeed(world.gate, undefined)
      assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["held", "before", "after"])
      assert.strictEqual(yield* Fiber.join(refused), "no")
      yield* allSettled
    }).pipe(withMemory)
  )

  it.effect("makes a dead letter of what answers with nonsense or leaves a state that cannot be stored", () =>
    Effect.gen(function* () {
      yield* boot(yield* makeWorld)
      yield* one.ask("Write", "kept")
      for (const tag of ["Lie", "Spoil"] as const) {
        const error = yield* moving(Effect.flip(one.ask(tag, null, patiently)))
        assert.strictEqual((error as { readonly _tag: string })._tag, "ActorCrashed", tag)
        yield* TestClock.adjust("2 minutes")
      }
      assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["kept"])
      const broker = yield* Broker
      assert.strictEqual((yield* broker.deadLetters(10)).length, 2)
    }).pipe(withMemory)
  )
})

describe("supervision", () => {
  it.effect("survives a handler that interrupts itself", () =>
    Effect.gen(function* () {
      yield* boot(yield* makeWorld)
      const error = yield* moving(Effect.flip(one.ask("Vanish", null, patiently)))
      assert.strictEqual((error as { readonly _tag: string })._tag, "ActorCrashed")
      yield* moving(one.ask("Write", "alive", patiently))
      assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["alive"])
    }).pipe(withMemory)
  )

  it.effect(
    "stops an actor after three poisoned messages within a minute, says so, and works again after the pause",
    () =>
      Effect.gen(function* () {
        const { system } = yield* boot(yield* makeWorld)
        for (let poison = 0; poison < 3; poison++) yield* moving(Effect.flip(one.ask("Explode", null, patiently)))
        yield* moving(Effect.repeat(system.failures, { until: (failures) => failures.has("diary.one") }))
        const broker = yield* Broker
        const told = yield* moving(
          Effect.repeat(broker.facts("actor", "diary.one"), { until: (facts) => facts.length > 0 })
        )
        assert.include(told[0]?.body, "crashed too often")
        yield* one.tell("Write", "waits")
        yield* TestClock.adjust("30 seconds")
        assert.isTrue((yield* system.failures).has("diary.one"))
        assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["waits"])
        assert.isFalse((yield* system.failures).has("diary.one"))
        yield* allSettled
      }).pipe(withMemory)
  )

  it.effect("loses no mail that was being handled when the reactor crashed too often", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* boot(world)
      yield* one.ask("Write", "first")
      world.react = () => Effect.die(new Error("blind"))
      yield* one.tell("Write", "second")
      yield* one.tell("Hold", null)
      yield* Deferred.await(world.held)
      // Three crashes of the reactor interrupt the handler in the middle.
      yield* TestClock.adjust("10 seconds")
      world.react = () => Effect.void
      yield* Deferred.succeed(world.gate, undefined)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["first", "second", "held"])
      yield* allSettled
    }).pipe(withMemory)
  )

  it.effect("gives a restarted reactor a new activation, so that old intents are looked at again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const seen: Array<string> = []
      world.react = (activation) =>
        Effect.suspend(() => {
          const crash = seen.length === 0
          seen.push(activation)
          return crash ? Effect.die(new Error("blind")) : Effect.void
        })
      yield* boot(world)
      yield* one.tell("Write", "x")
      yield* moving(
        Effect.repeat(
          Effect.sync(() => seen.length),
          { until: (looks) => looks >= 2 }
        )
      )
      assert.notStrictEqual(seen[0], seen[1])
      assert.strictEqual(yield* moving(one.ask("Activation", null, patiently)), seen.at(-1))
    }).pipe(withMemory)
  )

  it.effect("buries mail of which the process died three times, and handles the rest", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      yield* TestClock.adjust("1 minute")
      yield* one.tell("Hold", null, { id: "killer" })
      yield* one.tell("Write", "behind it")
      yield* TestClock.adjust("1 second")
      for (let death = 0; death < 3; death++) {
        const world = yield* makeWorld
        const { stop } = yield* boot(world)
        yield* Deferred.await(world.held)
        yield* stop
      }
      const world = yield* makeWorld
      yield* boot(world)
      assert.deepStrictEqual(yield* moving(one.ask("Read", null, patiently)), ["behind it"])
      const [letter] = yield* broker.deadLetters(10)
      assert.strictEqual(letter?.mail.id, "killer")
      assert.include(letter?.reason, "died 3 times")
      yield* allSettled
    }).pipe(withMemory)
  )
})
