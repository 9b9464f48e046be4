/** Pressing messages when things go wrong around them: each is read once, by somebody, in its order. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { Signal } from "../../src/agents/Agent.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { eventually, human, moving, pass, withWorld, type World } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))
const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }
const important = { from: ann, mode: "important" } as const

/** At work on its first prompt. */
const working = (world: World) =>
  Effect.gen(function* () {
    yield* world.spawn("x")
    const first = yield* world.send("slow")
    yield* world.takes(1)
    yield* world.is("working")
    return first
  })
const readings = ({ agent }: World, text: string) => agent.prompts.filter((prompt) => prompt.includes(text)).length
const restore = ({ session }: World) => moving(session.ask("Restore", { by: human }))

describe("an important message", () => {
  test("read by the next turn is none of the one whose end is told late", (world) =>
    Effect.gen(function* () {
      const { agent, broker, id, reaches, send, session } = world
      agent.door = true
      const first = yield* working(world)
      // What it reports from here on is on its way for a while, in its order.
      agent.mute = true
      const hear = yield* send("hear this", important)
      yield* eventually(
        "it is handed in",
        Effect.sync(() => (agent.handedIn.length > 0 ? true : undefined))
      )
      const prompt = agent.line.splice(0)[0] ?? ""
      agent.prompts.push(prompt)
      yield* pass(3)
      const told = (nth: number, signal: Signal) =>
        moving(session.tell("Signalled", { id: `late-${nth}`, at: nth, signal }))
      const at = (yield* Clock.currentTimeMillis) - 2000
      yield* told(at, { _tag: "TurnEnded", turn: "t1", answer: "of the first", background: false })
      yield* told(at + 1, { _tag: "PromptSubmitted", turn: "t2", prompt })
      yield* told(at + 2, { _tag: "TurnEnded", turn: "t2", answer: "of the second", background: false })
      yield* reaches(first, "answered")
      yield* reaches(hear, "answered")
      const answerOf = (message: string) =>
        Effect.map(broker.getText(`${message}.answer`), (text) => (text._tag === "Some" ? text.value : ""))
      assert.deepStrictEqual([yield* answerOf(first), yield* answerOf(hear)], ["of the first", "of the second"], id)
    }))

  test("goes ahead of none of its sender that the door did not let in", (world) =>
    Effect.gen(function* () {
      const { agent, reaches, send } = world
      agent.door = true
      yield* working(world)
      agent.doorBreaks = "no"
      const one = yield* send("one", important)
      yield* pass(3)
      const two = yield* send("two", important)
      yield* pass(5)
      assert.deepStrictEqual(agent.handedIn, [])
      agent.finish()
      yield* reaches(one, "submitted")
      agent.finish()
      yield* reaches(two, "submitted")
      assert.deepStrictEqual(
        agent.prompts.map((prompt) => prompt.split("\n").at(-1)),
        ["slow", "one", "two"]
      )
    }))

  test("in the agent's own line dies with the process, waits again and is read once", (world) =>
    Effect.gen(function* () {
      const { agent, is, reaches, send } = world
      agent.door = true
      yield* working(world)
      const letter = yield* send("hear this", important)
      yield* reaches(letter, "injected")
      agent.exit(1)
      yield* is("crashed")
      yield* pass(5)
      yield* restore(world)
      yield* reaches(letter, "submitted")
      agent.finish()
      yield* reaches(letter, "answered")
      assert.strictEqual(readings(world, "hear this"), 1)
    }))

  test("in the line of an agent that is restored at once is read once too", (world) =>
    Effect.gen(function* () {
      const { agent, boot, reaches, send, session, stop } = world
      agent.door = true
      yield* working(world)
      const letter = yield* send("hear this", important)
      yield* reaches(letter, "injected")
      // It crashes while no daemon runs, which finds the order to restore it right behind the news.
      const { pane } = yield* world.describe
      yield* stop
      agent.exit(1)
      yield* session.tell("PaneLost", { pane: pane?.id ?? "", death: "gone", reason: "x" })
      yield* session.tell("Restore", { by: human })
      yield* boot
      yield* reaches(letter, "submitted")
      agent.finish()
      yield* reaches(letter, "answered")
      assert.strictEqual(readings(world, "hear this"), 1)
    }))

  test("that an agent neither reads nor keeps is typed when it is idle", (world) =>
    Effect.gen(function* () {
      const { agent, evidence, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      const letter = yield* send("hear this", important)
      yield* reaches(letter, "injected")
      agent.line.splice(0)
      agent.finish()
      yield* reaches(first, "answered")
      yield* reaches(letter, "submitted")
      agent.finish()
      yield* reaches(letter, "answered")
      assert.strictEqual(readings(world, "hear this"), 1)
      assert.include((yield* evidence(letter)).join("\n"), "typed into pane")
    }))

  test("waits for the end of a compaction and goes on by the door", (world) =>
    Effect.gen(function* () {
      const { agent, reaches, say, send } = world
      agent.door = true
      yield* working(world)
      yield* say({ _tag: "CompactStarted" })
      const letter = yield* send("hear this", important)
      yield* pass(3)
      assert.deepStrictEqual(agent.handedIn, [])
      yield* say({ _tag: "CompactEnded" })
      yield* reaches(letter, "injected")
      assert.lengthOf(agent.handedIn, 1)
      agent.read()
      yield* reaches(letter, "submitted")
    }))

  test("in the line of an agent that meets a limit is read once, when it begins by itself", (world) =>
    Effect.gen(function* () {
      const { agent, is, reaches, say, send } = world
      agent.door = true
      const first = yield* working(world)
      const letter = yield* send("hear this", important)
      yield* reaches(letter, "injected")
      const kept = agent.line.splice(0)
      yield* say({ _tag: "Limited", turn: "t1", reason: "usage limit", resetsAt: null })
      agent.finish()
      yield* reaches(first, "answered")
      yield* is("idle")
      yield* pass(2)
      agent.handIn(kept[0] ?? "", "next")
      yield* reaches(letter, "submitted")
      agent.finish()
      yield* reaches(letter, "answered")
      assert.strictEqual(readings(world, "hear this"), 1)
    }))

  test("in the agent's line does not keep a clear waiting, and is read once, after it or before", (world) =>
    Effect.gen(function* () {
      const { agent, clear, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      const letter = yield* send("hear this", important)
      yield* reaches(letter, "injected")
      const next = yield* clear("begin")
      yield* eventually(
        "it is interrupted",
        Effect.sync(() => (agent.interrupts > 0 ? true : undefined))
      )
      yield* reaches(first, "answered")
      // Interrupted, it begins with what stands in its line.
      agent.handIn(agent.line.splice(0)[0] ?? "", "next")
      yield* reaches(letter, "submitted")
      yield* reaches(next, "submitted")
      agent.finish()
      yield* reaches(next, "answered")
      yield* reaches(letter, "answered")
      assert.deepStrictEqual([readings(world, "hear this"), agent.clears], [1, 1])
    }))
})

describe("an urgent message of a person", () => {
  test("interrupts the work although an important one stands in the agent's line", (world) =>
    Effect.gen(function* () {
      const { agent, reaches, send } = world
      agent.door = true
      const first = yield* working(world)
      const letter = yield* send("hear this", important)
      yield* reaches(letter, "injected")
      const urgent = yield* send("now", { mode: "urgent" })
      yield* eventually(
        "it is interrupted",
        Effect.sync(() => (agent.interrupts > 0 ? true : undefined))
      )
      yield* reaches(first, "answered")
      agent.line.splice(0)
      yield* reaches(urgent, "submitted")
      agent.finish()
      yield* reaches(urgent, "answered")
      yield* reaches(letter, "submitted")
      assert.deepStrictEqual([readings(world, "hear this"), readings(world, "now")], [1, 1])
    }))

  test("interrupts the work and leaves the line that a person has begun, then makes it wait", (world) =>
    Effect.gen(function* () {
      const { agent, id, panes, reaches, send } = world
      yield* working(world)
      yield* panes.human(id, "half typed")
      const urgent = yield* send("now", { mode: "urgent" })
      yield* eventually(
        "it is interrupted",
        Effect.sync(() => (agent.interrupts > 0 ? true : undefined))
      )
      yield* pass(5)
      assert.strictEqual(agent.composer, "half typed")
      yield* pass(130)
      yield* reaches(urgent, "submitted")
      agent.finish()
      yield* reaches(urgent, "answered")
      yield* pass(5)
      assert.deepStrictEqual([agent.composer, readings(world, "now")], ["half typed", 1])
    }))
})
