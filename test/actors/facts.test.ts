import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Schema, Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "../../src/actors/Actor.ts"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import type { Behavior } from "../../src/actors/Behavior.ts"
import { publish } from "../../src/actors/Out.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { moving, withMemory } from "../support/Diary.ts"

const Herald = Actor.make({
  kind: "herald",
  version: 1,
  state: Schema.Int,
  messages: {
    /** Publishes as many facts in one commit. */
    Cry: Actor.message({ payload: Schema.Int }),
    Ask: Actor.message({ payload: Schema.Null, success: Schema.Int })
  }
})
const behavior: Behavior<typeof Herald> = {
  initial: () => 0,
  handlers: {
    Cry: (count, state) =>
      Effect.succeed({
        state: state + count,
        reply: null,
        out: Array.from({ length: count }, (_, index) =>
          publish({ _tag: "ActorFailed", address: "x", reason: String(state + index) })
        )
      }),
    Ask: (_, state) => Effect.succeed({ state, reply: state })
  }
}
const herald = ref(Herald, "h", "one")

const boot = Effect.gen(function* () {
  const scope = yield* Scope.make()
  const registration = yield* ActorSystem.register(Herald, behavior)
  const context = yield* Layer.buildWithScope(
    ActorSystem.layer({ host: "h", swarm: false, passivateAfter: "1 minute" }, [registration]),
    scope
  )
  const { running } = yield* Effect.provide(ActorSystem.ActorSystem, context)
  return { running, stop: Scope.close(scope, Exit.void) }
})
const facts = Effect.flatMap(Broker, (broker) => broker.facts("actor", "x"))
const reasons = Effect.map(facts, (found) => found.map(({ body }) => /"reason":"(.*?)"/u.exec(body)?.[1]))

describe("the facts of an actor's last commit", () => {
  it.effect("are not told again to who wakes it long after, when the broker has forgotten their ids", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 day")
      const { running } = yield* boot
      yield* herald.ask("Cry", 3)
      for (let day = 0; day < 20; day++) {
        yield* TestClock.adjust("1 day")
        assert.deepStrictEqual(yield* running, [])
        assert.strictEqual(yield* moving(herald.ask("Ask", null)), 3)
      }
      assert.deepStrictEqual(yield* reasons, ["0", "1", "2"])
    }).pipe(withMemory)
  )

  it.effect("are told late, and each once, when the host died in the middle of telling them", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 day")
      const broker = yield* Broker
      let left = 2
      const dying = Broker.of({
        ...broker,
        publish: (fact) => (left-- > 0 ? broker.publish(fact) : Effect.never)
      })
      const { stop } = yield* Effect.provideService(boot, Broker, dying)
      yield* herald.tell("Cry", 4)
      yield* TestClock.adjust("1 second")
      yield* stop
      assert.deepStrictEqual(yield* reasons, ["0", "1"])
      yield* TestClock.adjust("3 hours")
      yield* boot
      assert.strictEqual(yield* moving(herald.ask("Ask", null)), 4)
      assert.deepStrictEqual(yield* reasons, ["0", "1", "2", "3"])
    }).pipe(withMemory)
  )
})
