/** An actor that writes down what it is told, and one of every way to go wrong; with a host for it on a broker in memory. */
import { Deferred, Effect, Exit, Layer, Schema, Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "../../src/actors/Actor.ts"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import type { Behavior } from "../../src/actors/Behavior.ts"
import { layer as MemoryBroker, MemoryClient } from "../../src/broker/MemoryBroker.ts"

export const Diary = Actor.make({
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

export const one = ref(Diary, "h", "one")

export interface World {
  /** Opened by the test to let `Hold` go on. */
  readonly gate: Deferred.Deferred<void>
  readonly held: Deferred.Deferred<void>
  /** Called at every look of the reactor. */
  react: (activation: string) => Effect.Effect<number | void>
}

export const makeWorld = Effect.gen(function* () {
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

export const boot = Effect.fnUntraced(function* (world: World, options: Partial<ActorSystem.Options> = {}) {
  const scope = yield* Scope.make()
  const registration = yield* ActorSystem.register(Diary, behaviorOf(world))
  const context = yield* Layer.buildWithScope(
    ActorSystem.layer({ host: "h", swarm: false, ...options }, [registration]),
    scope
  )
  const system = yield* Effect.provide(ActorSystem.ActorSystem, context)
  return { system, stop: Scope.close(scope, Exit.void) }
})

/** Lets virtual time go on while `effect` runs. */
export const moving = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(effect, Effect.forever(Effect.andThen(TestClock.adjust("100 millis"), Effect.yieldNow)))
export const patiently = { timeout: "1 hour" } as const
export const allSettled = moving(
  Effect.flatMap(MemoryClient, (client) => Effect.repeat(client.unsettled, { until: (left) => left === 0 }))
)
export const withMemory = Effect.provide(MemoryBroker)
