import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Option, Schema, Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "../../src/actors/Actor.ts"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import type { Behavior } from "../../src/actors/Behavior.ts"
import { upgrade } from "../../src/actors/Commit.ts"
import { timer } from "../../src/actors/Out.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { layer as MemoryBroker, MemoryClient } from "../../src/broker/MemoryBroker.ts"

class TooMuch extends Schema.TaggedError<TooMuch>()("TooMuch", { limit: Schema.Int }) {}

const Counter = Actor.make({
  kind: "counter",
  version: 2,
  upgrades: { 1: (old) => ({ total: Number(old) }) },
  state: Schema.Struct({ total: Schema.Int }),
  messages: {
    Add: Actor.message({ payload: Schema.Int, success: Schema.Int, failure: TooMuch }),
    Explode: Actor.message({ payload: Schema.Null }),
    Later: Actor.message({ payload: Schema.Struct({ at: Schema.Finite, amount: Schema.Int }) }),
    Read: Actor.message({ payload: Schema.Null, success: Schema.Int, lane: "urgent" })
  }
})

const behavior: Behavior<typeof Counter> = {
  initial: () => ({ total: 0 }),
  handlers: {
    Add: (amount, state) =>
      amount > 100
        ? Effect.fail(new TooMuch({ limit: 100 }))
        : Effect.succeed({ state: { total: state.total + amount }, reply: state.total + amount }),
    Explode: () => Effect.die(new Error("boom")),
    Later: ({ amount, at }, state) =>
      Effect.succeed({ state: { ...state }, reply: null, out: [timer(Counter, "later", at, "Add", amount)] }),
    Read: (_, state) => Effect.succeed({ state, reply: state.total })
  }
}

const one = ref(Counter, "h", "one")

/** A host of actors that can be ended before its broker is. */
const boot = Effect.gen(function* () {
  const scope = yield* Scope.make()
  const registration = yield* ActorSystem.register(Counter, behavior)
  yield* Layer.buildWithScope(ActorSystem.layer({ host: "h", swarm: false }, [registration]), scope)
  return { stop: Scope.close(scope, Exit.void) }
})

/** Lets fibers that sleep in virtual time (back-off, retries) go on while `effect` runs. */
const moving = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(effect, Effect.forever(Effect.andThen(TestClock.adjust("100 millis"), Effect.yieldNow)))

describe("the actor runtime", () => {
  it.effect("answers, refuses by type, and keeps the state over a restart", () =>
    Effect.gen(function* () {
      const { stop } = yield* boot
      assert.strictEqual(yield* one.ask("Add", 2), 2)
      const refused = yield* Effect.flip(one.ask("Add", 101))
      assert.strictEqual(refused._tag, "TooMuch")
      yield* stop
      yield* one.tell("Add", 3)
      yield* boot
      assert.strictEqual(yield* one.ask("Add", 1), 6)
      assert.strictEqual(yield* one.ask("Read", null), 6)
      const client = yield* MemoryClient
      yield* moving(Effect.repeat(client.unsettled, { until: (left) => left === 0 }))
    }).pipe(Effect.provide(MemoryBroker))
  )

  it.effect("takes the same id once", () =>
    Effect.gen(function* () {
      yield* boot
      for (let round = 0; round < 5; round++) yield* one.tell("Add", 1, { id: "same" })
      assert.strictEqual(yield* one.ask("Add", 0), 1)
    }).pipe(Effect.provide(MemoryBroker))
  )

  it.effect("buries poison after three attempts, tells the caller, and goes on", () =>
    Effect.gen(function* () {
      yield* boot
      const crash = yield* moving(Effect.flip(one.ask("Explode", null, { timeout: "1 hour" })))
      assert.include((crash as Error).message, "crashed on Explode")
      assert.strictEqual(yield* moving(one.ask("Add", 4, { timeout: "1 hour" })), 4)
      const broker = yield* Broker
      const [letter] = yield* broker.deadLetters(10)
      assert.include(letter?.reason, "boom")
      assert.strictEqual(letter?.mail.to.key, "one")
    }).pipe(Effect.provide(MemoryBroker))
  )

  it.effect("buries what it cannot read", () =>
    Effect.gen(function* () {
      yield* boot
      const broker = yield* Broker
      yield* broker.post({ to: one.address, lane: "normal", id: "odd", body: "{" })
      yield* broker.post({ to: { ...one.address, kind: "stranger" }, lane: "normal", id: "nobody", body: "{}" })
      yield* one.ask("Add", 1)
      yield* moving(Effect.repeat(broker.deadLetters(10), { until: (letters) => letters.length === 2 }))
    }).pipe(Effect.provide(MemoryBroker))
  )

  it.effect("keeps a durable timer over a restart", () =>
    Effect.gen(function* () {
      const { stop } = yield* boot
      yield* one.ask("Later", { at: 60_000, amount: 7 })
      yield* stop
      yield* TestClock.adjust("59 seconds")
      yield* boot
      assert.strictEqual(yield* one.ask("Read", null), 0)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* one.ask("Add", 0), 7)
    }).pipe(Effect.provide(MemoryBroker))
  )

  it.effect("lifts state of an older version, and refuses that of a newer one", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const old = {
        v: 1,
        version: 1,
        by: "x",
        n: 3,
        at: 0,
        stream: "memory",
        done: { urgent: 0, control: 0, normal: 0 },
        suspect: null,
        state: 41,
        out: []
      }
      yield* broker.save("counter.one", JSON.stringify(old), 0)
      yield* boot
      assert.strictEqual(yield* one.ask("Add", 1), 42)
      const stored = Option.getOrThrow(yield* broker.load("counter.one"))
      assert.strictEqual((JSON.parse(stored.value) as { readonly version: number }).version, 2)
      assert.throws(() => upgrade(Counter as never, 3, {}), /newer/u)
    }).pipe(Effect.provide(MemoryBroker))
  )

  it.effect("goes on from the commit of another owner, never over it", () =>
    Effect.gen(function* () {
      yield* boot
      yield* one.ask("Add", 1)
      const broker = yield* Broker
      const found = Option.getOrThrow(yield* broker.load("counter.one"))
      yield* broker.save(
        "counter.one",
        found.value.replace('"total":1', '"total":50').replace(/"by":"[^"]*"/u, '"by":"other"'),
        found.revision
      )
      assert.strictEqual(yield* moving(one.ask("Add", 1, { timeout: "5 seconds" })), 51)
      assert.strictEqual(yield* one.ask("Read", null), 51)
    }).pipe(Effect.provide(MemoryBroker))
  )
})
