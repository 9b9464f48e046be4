import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SessionId } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { human, type World, eventually, pass, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const HOPS = ["accepted", "injected", "submitted", "answered"]
const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }

describe("a session", () => {
  test("types when the agent is idle: what waited by then as one prompt, each in its frame, in the order sent", ({
    agent,
    hops,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      const framed = (id: string, text: string) => `[Input from: ann (0000000a) via sm send · ${id}]\n${text}`
      const one = yield* send("one", { from: ann })
      yield* takes(1)
      const two = yield* send("two", { from: ann })
      const three = yield* send("three", { from: ann })
      const bare = yield* send("a person's", { from: human })
      yield* pass(5)
      assert.lengthOf(agent.prompts, 1, "the next waits for the end of the turn")
      agent.finish("answer one")
      yield* takes(2)
      agent.finish("answer two and three")
      yield* takes(3)
      agent.finish("answer four")
      yield* reaches(bare, "answered")
      for (const id of [one, two, three, bare]) assert.deepStrictEqual(yield* hops(id), HOPS)
      assert.deepStrictEqual(agent.prompts, [
        framed(one, "one"),
        `${framed(two, "two")}\n\n${framed(three, "three")}`,
        "a person's"
      ])
    }))

  test("types a person's words bare, and keeps the answer", ({ agent, broker, reaches, send, spawn, takes }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      const id = yield* send("several\n\nlines")
      yield* takes(1)
      assert.deepStrictEqual(agent.prompts, ["several\n\nlines"])
      agent.finish("the answer")
      yield* reaches(id, "answered")
      assert.strictEqual(
        (yield* broker.getText(`${id}.answer`)).pipe((option) => (option._tag === "Some" ? option.value : "")),
        "the answer"
      )
    }))

  test("types nothing while a dialog is open, and what waited goes out after it", ({
    agent,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      agent.show("dialog")
      const id = yield* send("waits")
      yield* is("waiting-permission")
      yield* pass(30)
      assert.deepStrictEqual([agent.prompts, agent.approvals, agent.composer], [[], 0, ""])
      agent.show("ready")
      yield* takes(1)
      agent.finish()
      yield* reaches(id, "answered")
    }))

  test("types nothing into a draft, and nothing while a person is at the keys", ({
    agent,
    id: session,
    is,
    panes,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.human(session, "half typed")
      yield* is("human-composing")
      yield* send("waits")
      yield* pass(30)
      assert.deepStrictEqual([agent.prompts, agent.composer], [[], "half typed"])
      // The person sends what was typed; the message follows when that turn is over and the keys are still.
      yield* panes.human(session, "\r")
      yield* takes(1)
      yield* panes.human(session, "x\u0015")
      agent.finish()
      yield* pass(1)
      assert.deepStrictEqual(agent.prompts, ["half typed"])
      yield* takes(2)
      assert.deepStrictEqual(agent.prompts, ["half typed", "waits"])
    }))

  test("interrupts for an urgent message, and types it before what waits", ({
    agent,
    hops,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      const slow = yield* send("slow")
      yield* takes(1)
      yield* is("working")
      const later = yield* send("later")
      const urgent = yield* send("now", { mode: "urgent" })
      yield* takes(2)
      assert.deepStrictEqual([agent.prompts[1], agent.interrupts], ["now", 1])
      yield* reaches(slow, "answered")
      agent.finish()
      yield* reaches(urgent, "answered")
      yield* takes(3)
      assert.strictEqual(agent.prompts[2], "later")
      agent.finish()
      yield* reaches(later, "answered")
      for (const id of [slow, urgent, later]) assert.deepStrictEqual(yield* hops(id), HOPS)
    }))

  test("sends again what an interrupted agent hands back", ({ agent, hops, is, reaches, send, spawn, takes }) =>
    Effect.gen(function* () {
      agent.handsBack = true
      yield* spawn("x")
      const first = yield* send("the first words")
      yield* takes(1)
      yield* is("working")
      const urgent = yield* send("more pressing", { mode: "urgent" })
      yield* eventually(
        "the urgent one is taken",
        Effect.sync(() => (agent.prompts.at(-1) === "more pressing" ? true : undefined))
      )
      agent.finish()
      yield* reaches(urgent, "answered")
      yield* eventually(
        "the first is taken again",
        Effect.sync(() => (agent.prompts.at(-1) === "the first words" ? true : undefined))
      )
      agent.finish()
      yield* reaches(first, "answered")
      assert.deepStrictEqual(yield* hops(first), [
        "accepted",
        "injected",
        "submitted",
        "accepted",
        "injected",
        "submitted",
        "answered"
      ])
    }))
})
