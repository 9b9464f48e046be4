/** Actors on a real broker: two hosts that share it, and many addresses behind one consumer. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Effect, Exit, Layer, Schema, Scope } from "effect"
import * as Actor from "../../src/actors/Actor.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import type { Behavior } from "../../src/actors/Behavior.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import { cable } from "../support/Cable.ts"
import { plainNats } from "../support/PlainNats.ts"

const Tally = Actor.make({
  kind: "tally",
  version: 1,
  state: Schema.Array(Schema.String),
  messages: {
    Add: Actor.message({ payload: Schema.String, success: Schema.String }),
    Read: Actor.message({ payload: Schema.Null, success: Schema.Array(Schema.String) })
  }
})
const shared = ref(Tally, ActorSystem.SWARM, "shared")

/** A host; its answers say where they were made. */
const host = Effect.fnUntraced(function* (name: string, port: number, swarm = true) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const broker = NatsBroker.layer({ servers: `127.0.0.1:${port}`, name, space: "main" })
  const behavior: Behavior<typeof Tally> = {
    initial: () => [],
    handlers: {
      Add: (text, state) => Effect.succeed({ state: [...state, text], reply: name }),
      Read: (_, state) => Effect.succeed({ state, reply: state })
    }
  }
  const system = Layer.unwrap(
    Effect.map(ActorSystem.register(Tally, behavior), (registration) =>
      ActorSystem.layer({ host: name, swarm, lease: 2000 }, [registration])
    )
  )
  const context = yield* Layer.buildWithScope(Layer.fresh(Layer.provideMerge(system, broker)), scope)
  return { context, stop: Scope.close(scope, Exit.void) }
})

const rssOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024

describe("hosts of a swarm", () => {
  it.live(
    "take the swarm's actors over from one that ends, and from one that hangs; nothing is lost or done twice",
    () =>
      Effect.gen(function* () {
        const server = yield* plainNats()
        const wire = yield* cable(server.port())
        const one = yield* host("one", server.port())
        const asker = yield* host("asker", server.port(), false)
        const ask = (text: string) => Effect.provide(shared.ask("Add", text, { timeout: "40 seconds" }), asker.context)
        assert.strictEqual(yield* ask("a"), "one")
        const two = yield* host("two", wire.port)
        yield* one.stop
        assert.strictEqual(yield* ask("b"), "two")

        // It hangs: to the broker it looks alive, and its claim too.
        yield* wire.swallow
        const three = yield* host("three", server.port())
        yield* Effect.provide(shared.tell("Add", "c"), asker.context)
        assert.strictEqual(yield* ask("d"), "three")
        // It wakes up, and has lost the claim.
        yield* wire.cut
        assert.strictEqual(yield* ask("e"), "three")
        assert.deepStrictEqual(yield* Effect.provide(shared.ask("Read", null), asker.context), [
          "a",
          "b",
          "c",
          "d",
          "e"
        ])
        yield* two.stop
        yield* three.stop
      }).pipe(Effect.scoped)
  )

  it.live("feed two thousand addresses through one consumer each host, and the broker stays small", () =>
    Effect.gen(function* () {
      const server = yield* plainNats()
      const { context } = yield* host("h", server.port(), false)
      const before = rssOf(server.pid())
      const actors = Array.from({ length: 2000 }, (_, index) => ref(Tally, "h", `actor${index}`))
      const asked = Effect.forEach(actors, (actor) => actor.ask("Add", "x", { timeout: "60 seconds" }), {
        concurrency: 64
      })
      assert.strictEqual((yield* Effect.provide(asked, context)).length, 2000)
      const raw = yield* Effect.acquireRelease(
        Effect.promise(() => connect({ servers: `127.0.0.1:${server.port()}` })),
        (opened) => Effect.promise(() => opened.close())
      )
      const manager = yield* Effect.promise(() => jetstreamManager(raw))
      const counts = yield* Effect.promise(() =>
        Promise.all(
          ["SM_MAIL", "SM_STATE", "SM_EVENTS"].map(
            async (name) => (await manager.streams.info(name)).state.consumer_count
          )
        )
      )
      assert.deepStrictEqual(counts, [1, 0, 0])
      const system = yield* Effect.provide(ActorSystem.ActorSystem, context)
      assert.strictEqual((yield* system.running).length, 2000)
      const grown = (rssOf(server.pid()) - before) / 1024 / 1024
      assert.isBelow(grown, 60, "MB")
    }).pipe(Effect.scoped)
  )
})
