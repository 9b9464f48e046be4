import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

describe("a letter whose time runs out", () => {
  test("expires while its agent is gone", ({ agent, hops, is, reaches, send, spawn }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      agent.exit(1)
      yield* is("crashed")
      const first = yield* send("first", { ttl: 5 })
      const second = yield* send("second", { ttl: 20 })
      yield* reaches(first, "expired")
      assert.deepStrictEqual(yield* hops(second), ["accepted"])
      yield* reaches(second, "expired")
    }))

  test("expires while its agent starts, or asks something", ({ agent, is, reaches, send, spawn }) =>
    Effect.gen(function* () {
      agent.opening = "dialog"
      yield* spawn("x")
      const id = yield* send("too late", { ttl: 5 })
      yield* reaches(id, "expired")
      agent.show("ready")
      yield* is("idle")
      yield* pass(5)
      assert.deepStrictEqual(agent.prompts, [])
    }))

  test("expires over the death of its host", ({ agent, boot, is, reaches, send, spawn, stop }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      agent.exit(1)
      yield* is("crashed")
      const id = yield* send("too late", { ttl: 30 })
      yield* stop
      yield* pass(60)
      yield* boot
      yield* reaches(id, "expired")
    }))
})
