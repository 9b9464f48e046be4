import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Stream } from "effect"
import { Broker, type BrokerError, type Mail } from "../../src/broker/Broker.ts"
import * as MemoryBroker from "../../src/broker/MemoryBroker.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import { natsBinary } from "../support/Sm.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

/** A plain nats-server for the test, gone with it. */
const NatsTest: Layer.Layer<Broker, BrokerError> = Layer.unwrap(
  Effect.gen(function* () {
    const binary = yield* Effect.orDie(natsBinary)
    const dir = yield* temporary("nats")
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(binary, ["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", dir, "--ports_file_dir", dir], { stdio: "ignore" })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const port = yield* Effect.orDie(
      until(
        "the server listens",
        Effect.sync(() => {
          const file = readdirSync(dir).find((name) => name.endsWith(".ports"))
          return file === undefined || !existsSync(join(dir, file))
            ? undefined
            : /nats:\/\/[^:"]+:(\d+)/u.exec(readFileSync(join(dir, file), "utf8"))?.[1]
        })
      )
    )
    return NatsBroker.layer({ servers: `127.0.0.1:${port}`, name: "test", space: "t 1.*>" })
  })
)

const to = { host: "h.1 *", kind: "k", key: "odd key.>ü" }
const mail = (id: string, lane: Mail["lane"] = "normal", body = `body of ${id}`): Mail => ({ to, lane, id, body })
const take = (count: number) =>
  Effect.flatMap(Broker, (broker) => Stream.runCollect(Stream.take(broker.mail(to.host), count)))

const contract = (name: string, layer: Layer.Layer<Broker, BrokerError>) =>
  describe(`the broker contract: ${name}`, () => {
    const test = (title: string, body: Effect.Effect<void, unknown, Broker>) =>
      it.live(title, () => Effect.provide(body, Layer.fresh(layer)).pipe(Effect.scoped))

    test(
      "delivers in order, drops repeated ids, and delivers again to the next subscriber until settled",
      Effect.gen(function* () {
        const broker = yield* Broker
        for (const id of ["a", "b", "c"]) yield* broker.post(mail(id))
        assert.isTrue((yield* broker.post(mail("b"))).duplicate)
        const first = [...(yield* take(3))]
        assert.deepStrictEqual(
          first.map(({ body, id, lane, to: at }) => ({ to: at, lane, id, body })),
          ["a", "b", "c"].map((id) => mail(id))
        )
        yield* broker.settle(first[0]?.seq ?? 0)
        yield* broker.settle(first[0]?.seq ?? 0)
        assert.deepStrictEqual(
          [...(yield* take(2))].map(({ id, seq, stream }) => ({ id, seq, stream })),
          first.slice(1).map(({ id, seq, stream }) => ({ id, seq, stream }))
        )
        assert.deepStrictEqual(
          (yield* broker.peek(to, 10)).map(({ id }) => id),
          ["b", "c"]
        )
      })
    )

    test(
      "fires timers once, replaces and cancels them",
      Effect.gen(function* () {
        const broker = yield* Broker
        const now = Date.now()
        yield* broker.schedule("past", mail("past"), now - 5000)
        yield* broker.schedule("twice", mail("old"), now + 500)
        yield* broker.schedule("twice", mail("new"), now + 1000)
        yield* broker.schedule("never", mail("never"), now + 800)
        yield* broker.unschedule("never", to)
        assert.deepStrictEqual(
          [...(yield* take(2))].map(({ id }) => id),
          ["past", "new"]
        )
      })
    )

    test(
      "commits by compare-and-set",
      Effect.gen(function* () {
        const broker = yield* Broker
        assert.isTrue(Option.isNone(yield* broker.load("k.one")))
        const revision = yield* broker.save("k.one", "1", 0)
        assert.strictEqual((yield* Effect.flip(broker.save("k.one", "x", 0)))._tag, "StaleCommit")
        yield* broker.save("k.one", "2", revision)
        assert.strictEqual((yield* Effect.flip(broker.save("k.one", "x", revision)))._tag, "StaleCommit")
        assert.strictEqual(Option.getOrThrow(yield* broker.load("k.one")).value, "2")
        assert.deepStrictEqual(yield* broker.keys("k."), ["k.one"])
      })
    )

    test(
      "shows cards as they are, then as they change",
      Effect.gen(function* () {
        const broker = yield* Broker
        yield* broker.putCard("session.a", "1")
        yield* broker.putCard("other.b", "1")
        const news = yield* Effect.forkChild(Stream.runCollect(Stream.take(broker.cards("session."), 4)), {
          startImmediately: true
        })
        yield* Effect.sleep("300 millis")
        yield* broker.putCard("session.c", "2")
        yield* broker.putCard("session.a", null)
        assert.deepStrictEqual(
          [...(yield* Fiber.join(news))],
          [
            { _tag: "Card", key: "session.a", value: "1" },
            { _tag: "Current" },
            { _tag: "Card", key: "session.c", value: "2" },
            { _tag: "Card", key: "session.a", value: null }
          ]
        )
      })
    )

    test(
      "keeps a text of one megabyte, and facts by entity",
      Effect.gen(function* () {
        const broker = yield* Broker
        const text = "ü👍\n".repeat(100_000)
        yield* broker.putText("m1", text.slice(0, 500_000))
        assert.strictEqual(Option.getOrThrow(yield* broker.getText("m1")), text.slice(0, 500_000))
        assert.isTrue(Option.isNone(yield* broker.getText("m2")))
        for (const [id, tag] of [
          ["x", "A"],
          ["y", "A"],
          ["x", "B"]
        ] as const)
          yield* broker.publish({ entity: "message", id, tag, messageId: `${id}${tag}`, body: tag })
        yield* broker.publish({ entity: "message", id: "x", tag: "B", messageId: "xB", body: "B" })
        assert.deepStrictEqual(
          (yield* broker.facts("message", "x")).map(({ body }) => body),
          ["A", "B"]
        )
      })
    )

    test(
      "files dead letters once and forgets them",
      Effect.gen(function* () {
        const broker = yield* Broker
        yield* broker.bury(mail("d"), "why", 5)
        yield* broker.bury(mail("d"), "why", 6)
        const [letter, ...rest] = yield* broker.deadLetters(10)
        assert.deepStrictEqual(rest, [])
        assert.deepInclude(letter, { reason: "why", at: 5, mail: mail("d") })
        yield* broker.unbury(letter?.seq ?? 0)
        assert.deepStrictEqual(yield* broker.deadLetters(10), [])
      })
    )

    test(
      "carries an answer to whoever asked",
      Effect.gen(function* () {
        const broker = yield* Broker
        const inbox = yield* broker.inbox
        yield* broker.reply(inbox.address, "yes")
        assert.strictEqual(yield* inbox.receive, "yes")
      }).pipe(Effect.scoped)
    )
  })

contract("in memory", MemoryBroker.layer)
contract("JetStream", NatsTest)
