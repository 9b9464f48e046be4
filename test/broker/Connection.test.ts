import { assert, describe, it } from "@effect/vitest"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Effect, Layer, Queue, Stream } from "effect"
import { Broker, type Delivery, type Mail } from "../../src/broker/Broker.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import { cable } from "../support/Cable.ts"
import { plainNats } from "../support/PlainNats.ts"
import { until } from "../support/Until.ts"

const to = { host: "h", kind: "k", key: "one" }
const mail = (id: string): Mail => ({ to, lane: "normal", id, body: `body of ${id}` })

/** A broker client of its own, gone with the scope. */
const client = (port: number, name = "test") =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      Layer.fresh(NatsBroker.layer({ servers: `127.0.0.1:${port}`, name, space: "main" }))
    )
    return yield* Effect.provide(Broker, context)
  })

/** What a subscriber of the host's mail sees, as it comes. */
const subscribed = (broker: Broker["Service"]) =>
  Effect.gen(function* () {
    const seen: Array<Delivery> = []
    yield* Effect.forkScoped(
      Stream.runForEach(broker.mail(to.host), (delivery) => Effect.sync(() => void seen.push(delivery)))
    )
    return seen
  })

const seenAll = (seen: ReadonlyArray<Delivery>, ids: ReadonlyArray<string>) =>
  until(
    `mail ${ids.join(", ")} comes`,
    Effect.sync(() => (ids.every((id) => seen.some((delivery) => delivery.id === id)) ? true : undefined))
  )

describe("a broken connection to the broker", () => {
  it.live("never lets later mail overtake mail that the break swallowed", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const wire = yield* cable(server.port())
      const other = yield* client(server.port(), "other")
      const broker = yield* client(wire.port)
      const seen = yield* subscribed(broker)
      yield* other.post(mail("start"))
      yield* seenAll(seen, ["start"])
      for (let round = 0; round < 8; round++) {
        yield* wire.swallow
        yield* other.post(mail(`lost-${round}`))
        yield* wire.cut
        for (let more = 0; more < 10; more++) yield* other.post(mail(`late-${round}-${more}`))
        yield* seenAll(seen, [`lost-${round}`, `late-${round}-9`])
      }
      // Repeats are fine; an order in which something new comes before something older that was never seen is not.
      const first = [...new Map(seen.toReversed().map((delivery) => [delivery.id, delivery])).keys()]
      const order = seen.filter((delivery, index) => seen.findIndex(({ seq }) => seq === delivery.seq) === index)
      assert.strictEqual(order.length, first.length)
      assert.deepStrictEqual(
        order.map(({ seq }) => seq),
        order.map(({ seq }) => seq).toSorted((one, two) => one - two)
      )
    }).pipe(Effect.scoped)
  )

  it.live("gives all mail to the newest subscriber, and none to one that was asleep", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const wire = yield* cable(server.port())
      const sleeper = yield* client(wire.port, "sleeper")
      const early = yield* subscribed(sleeper)
      const broker = yield* client(server.port())
      yield* broker.post(mail("0"))
      yield* seenAll(early, ["0"])
      // A host that hangs: its connection and its claim look alive to the server.
      yield* wire.swallow
      const late = yield* subscribed(broker)
      yield* seenAll(late, ["0"])
      const ids = Array.from({ length: 50 }, (_, index) => `m${index}`)
      for (const id of ids) yield* broker.post(mail(id))
      yield* seenAll(late, ids)
      assert.strictEqual(early.length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("hands on facts that were published while it was down", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const wire = yield* cable(server.port())
      const other = yield* client(server.port(), "other")
      const broker = yield* client(wire.port)
      const seen = yield* Queue.unbounded<string>()
      yield* Effect.forkScoped(Stream.runForEach(broker.follow, (fact) => Queue.offer(seen, fact.body)))
      const publish = (name: string) =>
        other.publish({ entity: "session", id: "x", tag: "T", messageId: name, body: name })
      // Nothing has come yet when the connection breaks: there is no position to go on from but the subscription's own.
      const raw = yield* Effect.acquireRelease(
        Effect.promise(() => connect({ servers: `127.0.0.1:${server.port()}` })),
        (opened) => Effect.promise(() => opened.close())
      )
      const manager = yield* Effect.promise(() => jetstreamManager(raw))
      yield* until(
        "it follows",
        Effect.promise(async () => {
          const { consumer_count } = (await manager.streams.info("SM_EVENTS")).state
          return consumer_count === 1 ? true : undefined
        })
      )
      yield* wire.unplug
      yield* server.kill()
      yield* server.start
      yield* publish("during")
      yield* wire.plug
      yield* publish("after")
      assert.strictEqual(yield* Effect.timeout(Queue.take(seen), "20 seconds"), "during")
      assert.strictEqual(yield* Effect.timeout(Queue.take(seen), "20 seconds"), "after")
    }).pipe(Effect.scoped)
  )
})
