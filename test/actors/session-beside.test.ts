/** Messages that reach an agent while it works: exactly once, in the turn that reads them, whatever breaks. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { eventually, pass, withWorld, type World } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))
const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }
const framed = (id: string, text: string) => `[Input from: ann (0000000a) via sm send · ${id}]\n${text}`

/** At work on its first prompt. */
const working = (world: World) =>
  Effect.gen(function* () {
    yield* world.spawn("x")
    const first = yield* world.send("slow")
    yield* world.takes(1)
    yield* world.is("working")
    return first
  })

describe("an important message to an agent at work", () => {
  test("goes in by the agent's door, ahead of what waits, and is answered by the turn that read it", (world) =>
    Effect.gen(function* () {
      const { agent, hops, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      const later = yield* send("later", { from: ann })
      const important = yield* send("hear this", { from: ann, mode: "important" })
      yield* reaches(important, "injected")
      assert.deepStrictEqual(agent.handedIn, [{ text: framed(important, "hear this"), pace: "next" }])
      assert.strictEqual(agent.interrupts, 0)
      agent.read()
      yield* reaches(important, "submitted")
      agent.finish("both")
      yield* reaches(important, "answered")
      assert.deepStrictEqual(yield* hops(first), ["accepted", "injected", "submitted", "answered"])
      yield* reaches(later, "submitted")
      assert.lengthOf(agent.handedIn, 1)
    }))

  test("begins the next turn when the running one ends without reading it, and only that one answers it", (world) =>
    Effect.gen(function* () {
      const { agent, broker, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      const important = yield* send("hear this", { from: ann, mode: "important" })
      yield* reaches(important, "injected")
      agent.finish("the first answer")
      yield* reaches(first, "answered")
      yield* reaches(important, "submitted")
      agent.finish("the second answer")
      yield* reaches(important, "answered")
      const answer = yield* broker.getText(`${important}.answer`)
      assert.strictEqual(answer._tag === "Some" ? answer.value : "", "the second answer")
      assert.strictEqual(agent.prompts.length, 2)
    }))

  test("of a person does not go through a door for agents: it waits for the turn's end, ahead of the others", (world) =>
    Effect.gen(function* () {
      const { agent, send, takes } = world
      agent.door = true
      yield* working(world)
      yield* send("later")
      yield* send("hear this", { mode: "important" })
      yield* pass(5)
      assert.deepStrictEqual(agent.handedIn, [])
      agent.finish()
      yield* takes(2)
      assert.strictEqual(agent.prompts[1], "hear this")
    }))

  test("is typed behind the work where the agent takes that, and not into a person's line", (world) =>
    Effect.gen(function* () {
      const { agent, id, panes, reaches, send } = world
      agent.steers = true
      yield* working(world)
      const one = yield* send("one", { mode: "important" })
      yield* reaches(one, "injected")
      agent.read()
      yield* reaches(one, "submitted")
      yield* panes.human(id, "half typed")
      yield* send("two", { mode: "important" })
      yield* pass(5)
      assert.deepStrictEqual([agent.line, agent.composer], [[], "half typed"])
    }))

  for (const [breaks, why] of [
    ["no", "that was shut: it waits for the turn's end"],
    ["maybe", "that broke off, when it did not arrive"],
    ["arrived", "that broke off, when it did arrive"]
  ] as const) {
    test(`is read once through a door ${why}`, (world) =>
      Effect.gen(function* () {
        const { agent, reaches, send } = world
        agent.door = true
        yield* working(world)
        agent.doorBreaks = breaks
        const important = yield* send("hear this", { from: ann, mode: "important" })
        yield* pass(3)
        agent.finish()
        yield* pass(20)
        yield* reaches(important, "submitted")
        agent.finish()
        yield* reaches(important, "answered")
        assert.deepStrictEqual(agent.prompts, ["slow", framed(important, "hear this")])
      }))
  }

  test("is read once when the daemon dies with it in the agent's line", (world) =>
    Effect.gen(function* () {
      const { agent, boot, reaches, send, stop } = world
      agent.door = true
      yield* working(world)
      const important = yield* send("hear this", { from: ann, mode: "important" })
      yield* eventually(
        "it is handed in",
        Effect.sync(() => (agent.handedIn.length > 0 ? true : undefined))
      )
      yield* stop
      yield* boot
      yield* pass(10)
      agent.read()
      yield* reaches(important, "submitted")
      agent.finish()
      yield* reaches(important, "answered")
      assert.lengthOf(agent.handedIn, 1)
    }))
})

describe("an urgent message to an agent at work", () => {
  test("cuts the turn short by the door while no tool runs; that turn's messages end with it", (world) =>
    Effect.gen(function* () {
      const { agent, evidence, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      const urgent = yield* send("now", { from: ann, mode: "urgent" })
      yield* reaches(urgent, "submitted")
      assert.deepStrictEqual(agent.handedIn, [{ text: framed(urgent, "now"), pace: "now" }])
      yield* reaches(first, "answered")
      assert.include((yield* evidence(first)).at(-1) ?? "", "cut the turn short")
      agent.finish()
      yield* reaches(urgent, "answered")
    }))

  test("lets a running tool go on in the background, and is read by the same turn", (world) =>
    Effect.gen(function* () {
      const { agent, hops, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      agent.tool()
      yield* pass(1)
      const urgent = yield* send("now", { from: ann, mode: "urgent" })
      yield* reaches(urgent, "submitted")
      assert.deepStrictEqual(
        agent.handedIn.map(({ pace }) => pace),
        ["next"]
      )
      assert.isAtLeast(agent.hurried, 1)
      assert.deepStrictEqual(yield* hops(first), ["accepted", "injected", "submitted"])
      agent.finish()
      yield* reaches(urgent, "answered")
      assert.strictEqual(agent.interrupts, 0)
    }))

  test("of a person is typed behind the work and hurried on", (world) =>
    Effect.gen(function* () {
      const { agent, reaches, send } = world
      agent.steers = true
      yield* working(world)
      const urgent = yield* send("now", { mode: "urgent" })
      yield* reaches(urgent, "submitted")
      assert.deepStrictEqual([agent.prompts[1], agent.hurried], ["now", 1])
      agent.finish()
      yield* reaches(urgent, "answered")
    }))

  test("goes ahead of an important one that the agent has not read", (world) =>
    Effect.gen(function* () {
      const { agent, reaches, send } = world
      agent.door = true
      yield* working(world)
      const important = yield* send("hear this", { from: ann, mode: "important" })
      yield* reaches(important, "injected")
      const urgent = yield* send("now", { from: ann, mode: "urgent" })
      yield* reaches(urgent, "submitted")
      agent.read()
      yield* reaches(important, "submitted")
      agent.finish()
      yield* reaches(urgent, "answered")
      yield* reaches(important, "answered")
    }))
})
