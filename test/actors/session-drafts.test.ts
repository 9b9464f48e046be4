/** A person's half-typed line in an attached pane: never mixed with a message, never lost. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { eventually, pass, withWorld, type World } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

/** The line stands in the composer, alone. */
const stands = ({ agent }: World, text: string) =>
  eventually(
    `${text} stands in the composer`,
    Effect.sync(() => (agent.composer === text ? true : undefined))
  )

const composing = (world: World, text: string) =>
  Effect.gen(function* () {
    yield* world.spawn("x")
    yield* world.is("idle")
    yield* world.panes.human(world.id, text)
    yield* world.is("human-composing")
  })

describe("a person's half-typed line", () => {
  test("makes way for what waits when it is stale, and stands there again at once", (world) =>
    Effect.gen(function* () {
      const { agent, reaches, send, takes } = world
      yield* composing(world, "half typed")
      const id = yield* send("waits")
      yield* pass(100)
      assert.deepStrictEqual([agent.prompts, agent.composer], [[], "half typed"])
      yield* takes(1)
      assert.deepStrictEqual(agent.prompts, ["waits"])
      yield* stands(world, "half typed")
      agent.finish()
      yield* reaches(id, "answered")
      yield* world.is("human-composing")
      assert.strictEqual(agent.composer, "half typed")
    }))

  test("starts its time again with each change", (world) =>
    Effect.gen(function* () {
      const { agent, id, panes, send, takes } = world
      yield* composing(world, "half")
      yield* send("waits")
      yield* pass(100)
      yield* panes.human(id, " typed")
      yield* pass(100)
      assert.deepStrictEqual(agent.prompts, [])
      yield* takes(1)
      yield* stands(world, "half typed")
    }))

  test("holds nothing up any more when it is taken away", (world) =>
    Effect.gen(function* () {
      const { agent, id, panes, send, takes } = world
      yield* composing(world, "half typed")
      yield* send("waits")
      yield* pass(5)
      yield* panes.human(id, "\u0015")
      yield* pass(5)
      assert.deepStrictEqual(agent.prompts, ["waits"])
      yield* takes(1)
      assert.strictEqual(agent.composer, "")
    }))

  test("makes way for an urgent message after ten seconds", (world) =>
    Effect.gen(function* () {
      const { agent, send } = world
      yield* composing(world, "half typed")
      yield* send("now", { mode: "urgent" })
      yield* pass(8)
      assert.deepStrictEqual(agent.prompts, [])
      yield* pass(8)
      assert.deepStrictEqual(agent.prompts, ["now"])
      yield* stands(world, "half typed")
    }))

  for (const when of ["before", "after"] as const) {
    test(`survives a death ${when} it was put aside`, (world) =>
      Effect.gen(function* () {
        const { agent, boot, panes, reaches, send, stop } = world
        yield* composing(world, "half typed")
        yield* panes.stopTyping(when)
        const id = yield* send("now", { mode: "urgent" })
        yield* eventually(
          "the keys are stopped",
          Effect.map(panes.stopped, (stopped) => (stopped ? true : undefined))
        )
        yield* stop
        yield* boot
        yield* reaches(id, "submitted")
        assert.deepStrictEqual(agent.prompts, ["now"])
        agent.finish()
        yield* stands(world, "half typed")
      }))
  }

  test("keeps what a person goes on typing meanwhile", (world) =>
    Effect.gen(function* () {
      const { agent, id, panes, send } = world
      yield* composing(world, "half typed")
      yield* send("now", { mode: "urgent" })
      yield* pass(9)
      yield* panes.human(id, " and more")
      yield* pass(5)
      assert.deepStrictEqual([agent.prompts, agent.composer], [[], "half typed and more"])
      yield* pass(10)
      assert.deepStrictEqual(agent.prompts, ["now"])
      yield* stands(world, "half typed and more")
    }))
})
