import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Effect, Fiber, Layer, Queue, Schedule, Stream } from "effect"
import { Broker, type Delivery, type Mail } from "../../src/broker/Broker.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import { cable } from "../support/Cable.ts"
import { plainNats } from "../support/PlainNats.ts"
import { temporary } from "../support/TmuxTest.ts"
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

/** A server that has just been started may not have its streams yet: whoever reads the port reads again. */
const again = Schedule.spaced("200 millis")

/** What a subscriber of the host's mail sees, as it comes. */
const subscribed = (broker: Broker["Service"]) =>
  Effect.gen(function* () {
    const seen: Array<Delivery> = []
    const reading = Stream.runForEach(broker.mail(to.host), (delivery) => Effect.sync(() => void seen.push(delivery)))
    yield* Effect.forkScoped(Effect.retry(reading, { schedule: again }))
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

  it.live("sends what was not acknowledged again: once stored, in the order it was posted", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const broker = yield* client(server.port())
      const ids = Array.from({ length: 600 }, (_, index) => `m${index}`)
      let acknowledged = 0
      const posting = yield* Effect.forkChild(
        Effect.forEach(ids, (id) => Effect.tap(broker.post(mail(id)), () => Effect.sync(() => acknowledged++)), {
          concurrency: 64
        })
      )
      for (const signal of ["SIGKILL", "SIGTERM"] as const) {
        const before = acknowledged
        yield* until(
          "some are acknowledged",
          Effect.sync(() => (acknowledged > before + 20 ? true : undefined))
        )
        yield* server.kill(signal)
        yield* server.start
      }
      yield* Fiber.join(posting)
      const stored = yield* broker.peek(to, 1000)
      assert.deepStrictEqual(
        stored.map(({ id }) => id),
        ids
      )
      assert.strictEqual(new Set(stored.map(({ seq }) => seq)).size, ids.length)
    }).pipe(Effect.scoped)
  )

  it.live("goes on with mail and cards over restarts of the server, and sees what has changed meanwhile", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const wire = yield* cable(server.port())
      const other = yield* client(server.port(), "other")
      const broker = yield* client(wire.port)
      const seen = yield* subscribed(broker)
      const cards: Array<string> = []
      yield* Effect.forkScoped(
        Effect.retry(
          Stream.runForEach(broker.cards("session."), (news) =>
            Effect.sync(() => cards.push(news._tag === "Card" ? `${news.key}=${news.value}` : "current"))
          ),
          { schedule: again }
        )
      )
      yield* other.putCard("session.a", "1")
      yield* other.putCard("session.b", "1")
      yield* until(
        "both are shown",
        Effect.sync(() => (cards.includes("session.b=1") && cards.includes("current") ? true : undefined))
      )
      cards.length = 0
      for (let round = 0; round < 3; round++) {
        yield* wire.unplug
        yield* server.kill()
        yield* server.start
        yield* other.post(mail(`m${round}`))
        yield* other.putCard("session.a", `x${round}`)
        yield* other.putCard("session.a", `y${round}`)
        yield* other.putCard("session.b", null)
        yield* wire.plug
        yield* seenAll(seen, [`m${round}`])
        yield* until(
          "the change is shown",
          Effect.sync(() => (cards.includes(`session.a=y${round}`) ? true : undefined))
        )
        yield* until(
          "the removal is shown",
          Effect.sync(() => (cards.includes("session.b=null") ? true : undefined))
        )
        yield* other.putCard("session.c", String(round))
        yield* until(
          "and what comes later",
          Effect.sync(() => (cards.includes(`session.c=${round}`) ? true : undefined))
        )
        cards.length = 0
      }
    }).pipe(Effect.scoped)
  )

  it.live("keeps timers over a restart: one that was due meanwhile fires once, a replaced one as replaced", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const broker = yield* client(server.port())
      const now = Date.now()
      const year = 365 * 86_400_000
      yield* broker.schedule("due", mail("due"), now + 300)
      yield* broker.schedule("far", mail("far"), now + 20 * year)
      yield* broker.schedule("moved", mail("old"), now + year)
      yield* server.kill()
      yield* until(
        "it is due",
        Effect.sync(() => (Date.now() > now + 400 ? true : undefined))
      )
      yield* server.start
      yield* broker.schedule("moved", mail("new"), now + 900)
      const seen = yield* subscribed(broker)
      yield* seenAll(seen, ["due", "new"])
      yield* server.kill()
      yield* server.start
      yield* broker.post(mail("last"))
      yield* seenAll(seen, ["last"])
      assert.deepStrictEqual([...new Set(seen.map(({ id }) => id))], ["due", "new", "last"])
      assert.strictEqual(new Set(seen.map(({ seq }) => seq)).size, 3)
      yield* broker.unschedule("far", to)
    }).pipe(Effect.scoped)
  )

  it.live("asks again when the server, just started, cannot make a stream's files", () =>
    Effect.gen(function* () {
      const store = yield* temporary("store")
      const server = yield* plainNats({ store })
      // In the place of the stream's directory.
      const inTheWay = join(store, "jetstream/$G/streams/SM_MAIL")
      mkdirSync(dirname(inTheWay), { recursive: true })
      writeFileSync(inTheWay, "")
      const watcher = yield* Effect.acquireRelease(
        Effect.promise(() => connect({ servers: `127.0.0.1:${server.port()}` })),
        (opened) => Effect.promise(() => opened.close())
      )
      let asked = 0
      watcher.subscribe("$JS.API.STREAM.CREATE.SM_MAIL", {
        // The first one is refused for sure.
        callback: () => {
          if (++asked === 2) rmSync(inTheWay, { force: true, recursive: true })
        }
      })
      yield* Effect.promise(() => watcher.flush())
      const broker = yield* client(server.port())
      assert.isFalse((yield* broker.post(mail("1"))).duplicate)
    }).pipe(Effect.scoped)
  )
})
