import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option, Schema, Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "../../src/actors/Actor.ts"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import type { Behavior } from "../../src/actors/Behavior.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { layer as MemoryBroker, MemoryClient } from "../../src/broker/MemoryBroker.ts"

const Diary = Actor.make({
  kind: "diary",
  version: 1,
  state: Schema.Array(Schema.String),
  messages: {
    Write: Actor.message({ payload: Schema.String }),
    Control: Actor.message({ payload: Schema.String, lane: "control" }),
    Urgent: Actor.message({ payload: Schema.String, lane: "urgent" }),
    Refuse: Actor.message({ payload: Schema.Null, failure: Schema.String }),
    /** Waits for the test. */
    Hold: Actor.message({ payload: Schema.Null }),
    Explode: Actor.message({ payload: Schema.Null }),
    Vanish: Actor.message({ payload: Schema.Null }),
    /** Answers with what its own schema refuses. */
    Lie: Actor.message({ payload: Schema.Null, success: Schema.Int }),
    Spoil: Actor.message({ payload: Schema.Null }),
    Activation: Actor.message({ payload: Schema.Null, success: Schema.String }),
    Read: Actor.message({ payload: Schema.Null, success: Schema.Array(Schema.String) })
  }
})

const one = ref(Diary, "h", "one")

interface World {
  /** Opened by the test to let `Hold` go on. */
  readonly gate: Deferred.Deferred<void>
  readonly held: Deferred.Deferred<void>
  /** Called at every look of the reactor. */
  react: (activation: string) => Effect.Effect<number | void>
}

const makeWorld = Effect.gen(function* () {
  const world: World = {
    gate: yield* Deferred.make<void>(),
    held: yield* Deferred.make<void>(),
    react: () => Effect.void
  }
  return world
})

const behaviorOf = (world: World): Behavior<typeof Diary> => {
  const note = (text: string, state: ReadonlyArray<string>) =>
    Effect.succeed({ state: [...state, text], reply: null, out: [] })
  return {
    initial: () => [],
    reactor: (self) => Effect.succeed(() => world.react(self.activation)),
    handlers: {
      Write: note,
      Control: note,
      Urgent: note,
      Refuse: () => Effect.fail("no"),
      Hold: (_, state) =>
        Effect.andThen(
          Deferred.succeed(world.held, undefined),
          Effect.as(Deferred.await(world.gate), { state: [...state, "held"], reply: null })
        ),
      Explode: () => Effect.die(new Error("boom")),
      Vanish: () => Effect.interrupt,
      Lie: (_, state) => Effect.succeed({ state, reply: 0.5 }),
      Spoil: () => Effect.succeed({ state: [7 as unknown as string], reply: null }),
      Activation: (_, state, mail) => Effect.succeed({ state, reply: mail.activation }),
      Read: (_, state) => Effect.succeed({ state, reply: state })
    }
  }
}

const boot = Effect.fnUntraced(function* (
  world: World,
  options: Partial<ActorSystem.Options> = {},
  broker?: Broker["Service"]
) {
  const scope = yield* Scope.make()
  const registration = yield* ActorSystem.register(Diary, behaviorOf(world))
  const built = Layer.buildWithScope(ActorSystem.layer({ host: "h", swarm: false, ...options }, [registration]), scope)
  const context = yield* broker === undefined ? built : Effect.provideService(built, Broker, broker)
  const system = yield* Effect.provide(ActorSystem.ActorSystem, context)
  return { system, stop: Scope.close(scope, Exit.void) }
})

/** Lets virtual time go on while `effect` runs. */
const moving = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(effect, Effect.forever(Effect.andThen(TestClock.adjust("100 millis"), Effect.yieldNow)))
const patiently = { timeout: "1 hour" } as const
const allSettled = moving(
  Effect.flatMap(MemoryClient, (client) => Effect.repeat(client.unsettled, { until: (left) => left === 0 }))
)
const withMemory = Effect.provide(MemoryBroker)

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
