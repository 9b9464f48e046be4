/** Durable messages through an actor, beside what the broker does by itself, and what its promise costs. */
import { connect } from "@nats-io/transport-node"
import { Effect, Layer, Schema } from "effect"
import * as Actor from "../src/actors/Actor.ts"
import { ref } from "../src/actors/ActorRef.ts"
import * as ActorSystem from "../src/actors/ActorSystem.ts"
import type { Behavior } from "../src/actors/Behavior.ts"
import * as NatsBroker from "../src/broker/NatsBroker.ts"
import { makeBroker } from "./Brokers.ts"
import type { Plan } from "./Plan.ts"
import { publishes, type Rate } from "./Raw.ts"
import { now } from "./Stats.ts"
import { perSecond, type Row } from "./Table.ts"

const Counter = Actor.make({
  kind: "counter",
  version: 1,
  state: Schema.Struct({ total: Schema.Int }),
  messages: { Add: Actor.message({ payload: Schema.Int, success: Schema.Int }) }
})

const behavior: Behavior<typeof Counter> = {
  initial: () => ({ total: 0 }),
  handlers: {
    Add: (amount, { total }) => Effect.succeed({ state: { total: total + amount }, reply: total + amount })
  }
}

const IN_FLIGHT = 256

const raw = Effect.fnUntraced(function* (servers: string, count: number) {
  const connection = yield* Effect.acquireRelease(
    Effect.promise(() => connect({ servers })),
    (opened) => Effect.promise(() => opened.close())
  )
  return { one: yield* publishes(connection, count, 1), many: yield* publishes(connection, count * 5, IN_FLIGHT) }
})

/** Asks per second, `inFlight` at a time, spread over `actors` actors. */
const asks = Effect.fnUntraced(function* (count: number, inFlight: number, actors: number) {
  const refs = Array.from({ length: actors }, (_, index) => ref(Counter, "bench", `c${actors}-${inFlight}-${index}`))
  const ask = (index: number) => Effect.orDie((refs[index % actors] ?? ref(Counter, "bench", "?")).ask("Add", 1))
  yield* Effect.forEach(refs, (_, index) => ask(index), { discard: true })
  const began = now()
  yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    ask,
    { concurrency: inFlight, discard: true }
  )
  return (count * 1000) / (now() - began)
})

export const actors = Effect.fnUntraced(function* ({ publishes: count }: Plan) {
  const servers = yield* makeBroker(true)
  const always = yield* raw(servers, count)
  const system = yield* Effect.gen(function* () {
    const registration = yield* ActorSystem.register(Counter, behavior)
    return ActorSystem.layer({ host: "bench", swarm: false }, [registration])
  })
  const measured = yield* Effect.gen(function* () {
    return {
      one: yield* asks(count / 2, 1, 1),
      same: yield* asks(count * 2, IN_FLIGHT, 1),
      spread: yield* asks(count, IN_FLIGHT, 32)
    }
  }).pipe(
    Effect.provide(Layer.provideMerge(system, NatsBroker.layer({ servers, name: "bench", space: "bench" }))),
    Effect.orDie
  )
  const relaxed = yield* raw(yield* makeBroker(false), count)

  const row = (what: string, rate: number, ceiling: Rate, how: string): Row => ({
    what,
    measured: perSecond(rate),
    ceiling: `${perSecond(ceiling.perSecond)}: raw publish, ${how}`,
    ratio: rate / ceiling.perSecond
  })
  return [
    row("ask an actor, one by one", measured.one, always.one, "one by one"),
    row(`ask an actor, ${IN_FLIGHT} in flight`, measured.same, always.many, `${IN_FLIGHT} in flight`),
    row(`ask 32 actors, ${IN_FLIGHT} in flight`, measured.spread, always.many, `${IN_FLIGHT} in flight`),
    row("raw publish on the disk, one by one", always.one.perSecond, relaxed.one, "not synced"),
    row(`raw publish on the disk, ${IN_FLIGHT} in flight`, always.many.perSecond, relaxed.many, "not synced")
  ]
}, Effect.scoped)
