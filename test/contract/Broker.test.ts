import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Option, type Scope, Stream } from "effect"
import { Broker, type BrokerError, type Mail } from "../../src/broker/Broker.ts"
import { Asker, MemoryTest, NatsTest } from "../support/Brokers.ts"
import { until } from "../support/Until.ts"

const to = { host: "h.1 *", kind: "k", key: "odd key.>ü" }
const mail = (id: string, lane: Mail["lane"] = "normal", body = `body of ${id}`): Mail => ({ to, lane, id, body })
const take = (count: number) =>
  Effect.flatMap(Broker, (broker) => Stream.runCollect(Stream.take(broker.mail(to.host), count)))

const contract = (name: string, layer: Layer.Layer<Broker | Asker, BrokerError>) =>
  describe(`the broker contract: ${name}`, () => {
    const test = (title: string, body: Effect.Effect<void, unknown, Broker | Asker | Scope.Scope>) =>
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
        // Of a time that no calendar has; nobody waits for it.
        yield* broker.schedule("end of time", mail("end of time"), 1e300)
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
        yield* broker.publish({ entity: "message", id: "x", tag: "A", messageId: "xA2", body: "newer" })
        assert.strictEqual(Option.getOrThrow(yield* broker.lastFact("message", "x", "A")).body, "newer")
        assert.isTrue(Option.isNone(yield* broker.lastFact("message", "y", "B")))
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

    test(
      "keeps lanes apart and in order, and tells one mailbox from another, whatever its name",
      Effect.gen(function* () {
        const broker = yield* Broker
        const keys = ["odd key.>ü", "*", ">", ".", "a.b", "a b", "=", "", "👍\n", "A", "a", "x".repeat(200)]
        const lanes = ["urgent", "control", "normal"] as const
        for (const [index, key] of keys.entries())
          for (const lane of lanes)
            for (const nth of [1, 2])
              yield* broker.post({ to: { ...to, key }, lane, id: `${index}-${lane}-${nth}`, body: key })
        const got = [...(yield* take(keys.length * 6))]
        assert.deepStrictEqual(
          got.map(({ seq }) => seq),
          got.map(({ seq }) => seq).toSorted((one, two) => one - two)
        )
        for (const [index, key] of keys.entries()) {
          const mine = got.filter((delivery) => delivery.to.key === key)
          assert.deepStrictEqual(
            mine.map(({ body, id, lane }) => [body, lane, id]),
            lanes.flatMap((lane) => [1, 2].map((nth) => [key, lane, `${index}-${lane}-${nth}`]))
          )
          assert.strictEqual((yield* broker.peek({ ...to, key }, 100)).length, 6, key)
        }
        assert.strictEqual((yield* broker.peek({ ...to, key: "nobody" }, 100)).length, 0)
        assert.deepStrictEqual(
          (yield* broker.peek({ ...to, key: ">" }, 2)).map(({ lane }) => lane),
          ["urgent", "urgent"]
        )
      })
    )

    test(
      "carries mail, commits and texts of more than a megabyte",
      Effect.gen(function* () {
        const broker = yield* Broker
        const body = "ü👍\n\u0000".repeat(200_000)
        assert.isAbove(Buffer.byteLength(body), 1_500_000)
        yield* broker.post(mail("big", "normal", body))
        assert.strictEqual([...(yield* take(1))][0]?.body, body)
        yield* broker.save("k.big", body, 0)
        assert.strictEqual(Option.getOrThrow(yield* broker.load("k.big")).value, body)
        yield* broker.putText("big", body)
        assert.strictEqual(Option.getOrThrow(yield* broker.getText("big")), body)
      })
    )

    test(
      "lists keys by prefix, however odd",
      Effect.gen(function* () {
        const broker = yield* Broker
        const keys = ["session.a", "session.b c", "session.*", "sessions.a", "lease.swarm"]
        for (const key of keys) yield* broker.save(key, "1", 0)
        assert.deepStrictEqual((yield* broker.keys("session.")).toSorted(), keys.slice(0, 3).toSorted())
        assert.deepStrictEqual((yield* broker.keys("")).toSorted(), keys.toSorted())
        assert.deepStrictEqual(yield* broker.keys("nothing."), [])
      })
    )

    test(
      "follows facts of every entity from now on, in order",
      Effect.gen(function* () {
        const broker = yield* Broker
        const publish = (id: string) =>
          broker.publish({ entity: "odd entity", id, tag: "T.*", messageId: id, body: `body of ${id}` })
        yield* publish("before")
        const seen: Array<string> = []
        yield* Effect.forkScoped(
          Stream.runForEach(broker.follow, ({ entity, id, tag }) =>
            Effect.sync(() => seen.push(`${entity}/${id}/${tag}`))
          )
        )
        // Following begins some time after it is asked for.
        let probes = 0
        yield* until(
          "it follows",
          Effect.map(
            Effect.suspend(() => publish(`probe-${probes++}`)),
            () => (seen.length > 0 ? true : undefined)
          )
        )
        yield* publish("1")
        yield* publish("2")
        yield* publish("2")
        yield* publish("3")
        yield* until(
          "the last one comes",
          Effect.sync(() => (seen.at(-1) === "odd entity/3/T.*" ? true : undefined))
        )
        assert.notInclude(seen, "odd entity/before/T.*")
        assert.deepStrictEqual(
          seen.filter((name) => !name.includes("probe")),
          ["1", "2", "3"].map((id) => `odd entity/${id}/T.*`)
        )
      })
    )

    test(
      "serves requests, says who asks, and lets none that waits keep out another",
      Effect.gen(function* () {
        const broker = yield* Broker
        const { request } = yield* Asker
        const gate = yield* Deferred.make<void>()
        yield* broker.serve(({ body, caller, respond, verb }) =>
          Effect.andThen(
            verb === "wait" ? Deferred.await(gate) : verb === "die" ? Effect.die(new Error("x")) : Effect.void,
            respond(`${verb} ${caller} ${body}`)
          )
        )
        const waiting = yield* Effect.forEach(Array.from({ length: 200 }), (_, index) =>
          Effect.forkChild(request("wait", "human", String(index)))
        )
        yield* Effect.forkChild(Effect.exit(request("die", "human", "")))
        assert.strictEqual(yield* request("list", "1a2b3c4d", "ü"), "list 1a2b3c4d ü")
        yield* Deferred.succeed(gate, undefined)
        assert.deepStrictEqual(
          yield* Effect.forEach(waiting, (fiber) => Fiber.join(fiber)),
          waiting.map((_, index) => `wait human ${index}`)
        )
      })
    )
  })

contract("in memory", MemoryTest)
contract("JetStream", NatsTest)
