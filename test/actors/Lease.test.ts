import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { holding, LEASE_MS } from "../../src/actors/Lease.ts"
import { Broker, BrokerError } from "../../src/broker/Broker.ts"
import { layer as MemoryBroker } from "../../src/broker/MemoryBroker.ts"

/** A host that competes; `holders` says who holds now. `line` may be cut. */
const host = Effect.fnUntraced(function* (name: string, holders: Set<string>) {
  const broker = yield* Broker
  const line = { up: true, hangs: false, loseAcknowledgement: false }
  const through = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | BrokerError> =>
    Effect.suspend((): Effect.Effect<A, E | BrokerError> => {
      if (line.hangs) return Effect.never
      return line.up ? effect : Effect.fail(new BrokerError({ operation: "test", cause: new Error("away") }))
    })
  const wired: Broker["Service"] = {
    ...broker,
    load: (key) => through(broker.load(key)),
    save: (key, value, revision) =>
      Effect.gen(function* () {
        const saved = yield* through(broker.save(key, value, revision))
        if (!line.loseAcknowledgement) return saved
        // Stored, and sent again since the acknowledgement was lost: the second copy is refused.
        line.loseAcknowledgement = false
        return yield* broker.save(key, value, revision)
      })
  }
  const work = Effect.andThen(
    Effect.sync(() => void holders.add(name)),
    Effect.ensuring(
      Effect.never,
      Effect.sync(() => holders.delete(name))
    )
  )
  const fiber = yield* Effect.forkScoped(Effect.provideService(holding("swarm", name, work), Broker, wired))
  return { line, end: Fiber.interrupt(fiber) }
})

const seconds = (count: number, check: () => void) =>
  Effect.gen(function* () {
    for (let step = 0; step < count * 10; step++) {
      yield* TestClock.adjust("100 millis")
      check()
    }
  })

describe("a lease", () => {
  it.effect("is held by one host at a time, whatever happens to the lines", () =>
    Effect.gen(function* () {
      const holders = new Set<string>()
      const never = () => assert.isAtMost(holders.size, 1)
      const a = yield* host("a", holders)
      yield* seconds(1, never)
      const b = yield* host("b", holders)
      yield* seconds(30, never)
      assert.deepStrictEqual([...holders], ["a"])
      // Refused, and hanging for ever: a client that waits for its acknowledgement.
      for (const cut of ["up", "hangs"] as const) {
        const [holder, other] = holders.has("a") ? [a, b] : [b, a]
        const before = [...holders]
        if (cut === "up") holder.line.up = false
        else holder.line.hangs = true
        yield* seconds(LEASE_MS / 1000 + 4, never)
        assert.strictEqual(holders.size, 1)
        assert.notDeepEqual([...holders], before, cut)
        holder.line.up = true
        holder.line.hangs = false
        yield* seconds(10, never)
        assert.strictEqual(holders.size, 1)
        assert.isTrue(other.line.up)
      }
    }).pipe(Effect.scoped, Effect.provide(MemoryBroker))
  )

  it.effect("outlives a short outage and a lost acknowledgement without a pause of the work", () =>
    Effect.gen(function* () {
      const holders = new Set<string>()
      const a = yield* host("a", holders)
      yield* host("b", holders)
      yield* seconds(1, () => undefined)
      const still = () => assert.deepStrictEqual([...holders], ["a"])
      a.line.up = false
      yield* seconds(7, still)
      a.line.up = true
      yield* seconds(10, still)
      a.line.loseAcknowledgement = true
      yield* seconds(10, still)
    }).pipe(Effect.scoped, Effect.provide(MemoryBroker))
  )

  it.effect("is handed over at once on a clean end, and taken over at once by the same host's next process", () =>
    Effect.gen(function* () {
      const holders = new Set<string>()
      const a = yield* host("a", holders)
      yield* seconds(1, () => undefined)
      yield* host("b", holders)
      yield* a.end
      yield* seconds(4, () => undefined)
      assert.deepStrictEqual([...holders], ["b"])
      const next = new Set<string>()
      yield* host("b", next)
      yield* seconds(4, () => undefined)
      assert.deepStrictEqual([[...holders], [...next]], [[], ["b"]])
    }).pipe(Effect.scoped, Effect.provide(MemoryBroker))
  )

  it.effect("that cannot be read protects nobody", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      yield* broker.save("lease.swarm", "{", 0)
      const holders = new Set<string>()
      yield* host("a", holders)
      yield* seconds(1, () => undefined)
      assert.deepStrictEqual([...holders], ["a"])
      assert.include(Option.getOrThrow(yield* broker.load("lease.swarm")).value, '"owner":"a"')
    }).pipe(Effect.scoped, Effect.provide(MemoryBroker))
  )
})
