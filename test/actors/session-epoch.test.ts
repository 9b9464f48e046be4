import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { eventually, human, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const cleared = (world: World, epoch: number) =>
  eventually(
    `epoch ${epoch}`,
    Effect.map(world.describe, ({ card }) => (card.epoch === epoch ? card : undefined))
  )

describe("a clear", () => {
  test("voids the late hooks of the old conversation, whatever they say", (world) =>
    Effect.gen(function* () {
      const { agent, clear, describe: look, is, reaches, say, send, spawn, takes } = world
      yield* spawn("x")
      const before = yield* send("before")
      yield* takes(1)
      agent.finish()
      yield* reaches(before, "answered")
      yield* is("idle")
      const next = yield* clear("after")
      yield* takes(2)
      const card = yield* is("working")
      assert.deepInclude(card, { epoch: 1, agentSessionId: "conversation-1" })
      for (const signal of [
        { _tag: "PromptSubmitted", turn: "old", prompt: "before" },
        { _tag: "ToolStarted", turn: "old", tool: "Bash", detail: "ls" },
        { _tag: "ToolEnded", turn: "old", tool: "Bash", detail: "ls", failed: false },
        { _tag: "PermissionAsked", turn: "old", question: "May I?" },
        { _tag: "ContextMeasured", used: 900, window: 1000, percent: 90 },
        { _tag: "CompactStarted" },
        { _tag: "CompactEnded" },
        { _tag: "Interrupted", turn: "" },
        { _tag: "TurnFailed", turn: "", reason: "late" },
        { _tag: "TurnEnded", turn: "", answer: "an old answer", background: false }
      ] as const) {
        yield* say(signal, "conversation")
        const after = yield* look
        assert.deepStrictEqual([after.card, after.actions], [card, []], signal._tag)
      }
      agent.finish("the new answer")
      yield* reaches(next, "answered")
      const kept = yield* world.broker.getText(`${next}.answer`)
      assert.strictEqual(kept._tag === "Some" ? kept.value : "", "the new answer")
    }))

  test("counts once when it is seen first and told later, and ends no turn that began since", (world) =>
    Effect.gen(function* () {
      const { agent, clear, is, reaches, say, send, spawn, takes } = world
      agent.lazy = true
      yield* spawn("x")
      yield* is("idle")
      yield* clear(null)
      // Seen on the screen; the agent itself has told nothing yet.
      assert.strictEqual((yield* cleared(world, 1)).agentSessionId, null)
      const next = yield* send("after")
      yield* takes(1)
      const card = yield* is("working")
      assert.deepInclude(card, { epoch: 1, agentSessionId: "conversation-1" })
      yield* say({ _tag: "Started", agentSessionId: "conversation-1", source: "clear" }, "conversation-1")
      assert.deepInclude(yield* is("working"), { epoch: 1 })
      agent.finish()
      yield* reaches(next, "answered")
    }))

  test("is followed by the first prompt when the agent's word of it is lost", (world) =>
    Effect.gen(function* () {
      const { clear, describe: look, is, say, spawn } = world
      world.agent.mute = true
      world.agent.lazy = true
      yield* spawn("x")
      yield* is("idle")
      yield* clear(null)
      yield* cleared(world, 1)
      yield* say({ _tag: "PromptSubmitted", turn: "t", prompt: "by hand" }, "unheard-of")
      assert.deepInclude((yield* look).card, { epoch: 1, agentSessionId: "unheard-of" })
    }))

  test("by a person in the pane counts too: what waits for the old context is void, the rest is typed", (world) =>
    Effect.gen(function* () {
      const { agent, hops, id, is, panes, reaches, send, spawn, takes } = world
      yield* spawn("x")
      yield* send("work")
      yield* takes(1)
      yield* is("working")
      const notice = yield* send("[sm context] …", { from: { kind: "system", name: "sm" }, more: { epoch: 0 } })
      const other = yield* send("other")
      agent.mode = "ready"
      agent.draw()
      yield* panes.human(id, "/clear\r")
      assert.deepInclude(yield* cleared(world, 1), { agentSessionId: "conversation-1" })
      yield* reaches(notice, "withdrawn")
      yield* takes(2)
      assert.deepStrictEqual(agent.prompts, ["work", "other"])
      agent.finish()
      yield* reaches(other, "answered")
      assert.deepStrictEqual(yield* hops(notice), ["accepted", "withdrawn"])
    }))

  test("told behind a later one changes nothing: the agent is in the newer conversation", (world) =>
    Effect.gen(function* () {
      const { describe: look, is, say, send, spawn, takes } = world
      yield* spawn("x")
      yield* is("idle")
      const now = yield* Clock.currentTimeMillis
      const clear = (agentSessionId: string) => ({ _tag: "Started", agentSessionId, source: "clear" }) as const
      yield* say(clear("newer"), "newer", now - 100)
      yield* say(clear("older"), "older", now - 200)
      assert.strictEqual((yield* look).card.agentSessionId, "newer")
      yield* send("after")
      yield* takes(1)
    }))

  test("is told lazily by an agent whose person cleared it: the next prompt belongs to the new context", (world) =>
    Effect.gen(function* () {
      const { agent, id, is, panes, reaches, send, spawn, takes } = world
      agent.lazy = true
      yield* spawn("x")
      yield* is("idle")
      yield* panes.human(id, "/clear\r")
      yield* pass(10)
      const after = yield* send("after")
      yield* takes(1)
      assert.deepInclude(yield* is("working"), { epoch: 1, agentSessionId: "conversation-1" })
      agent.finish()
      yield* reaches(after, "answered")
    }))

  test("does not let a prompt that the old conversation took be typed again", (world) =>
    Effect.gen(function* () {
      const { agent, evidence, id, panes, reaches, say, send, spawn, takes } = world
      agent.mute = true
      agent.transcript = false
      yield* spawn("x")
      const work = yield* send("work")
      yield* takes(1)
      agent.mode = "ready"
      agent.draw()
      yield* panes.human(id, "/clear\r")
      yield* cleared(world, 1)
      yield* say({ _tag: "PromptSubmitted", turn: "old", prompt: "work" }, "conversation")
      yield* reaches(work, "answered")
      yield* pass(60)
      assert.lengthOf(agent.prompts, 1)
      assert.strictEqual((yield* evidence(work)).at(-1), "the agent's context was cleared")
    }))

  test("leaves the way back open: a person who resumes the old conversation is heard again", (world) =>
    Effect.gen(function* () {
      const { clear, describe: look, is, say, spawn } = world
      yield* spawn("x")
      yield* is("idle")
      yield* clear(null)
      yield* cleared(world, 1)
      yield* pass(1)
      yield* say({ _tag: "Started", agentSessionId: "conversation", source: "startup" }, "conversation", 0)
      assert.strictEqual((yield* look).card.agentSessionId, "conversation-1", "a late start is void")
      yield* say({ _tag: "Started", agentSessionId: "conversation", source: "resume" }, "conversation")
      yield* say({ _tag: "PromptSubmitted", turn: "t", prompt: "on we go" }, "conversation")
      assert.deepInclude(yield* is("working"), { epoch: 1, agentSessionId: "conversation" })
    }))

  test("is what a restored session goes on from", (world) =>
    Effect.gen(function* () {
      const { agent, clear, is, reaches, session, spawn, takes } = world
      yield* spawn("x")
      yield* is("idle")
      const next = yield* clear("after")
      yield* takes(1)
      agent.finish()
      yield* reaches(next, "answered")
      agent.exit(1)
      yield* is("crashed")
      yield* moving(session.ask("Restore", { by: human }))
      yield* is("idle")
      assert.deepInclude(agent.launches.at(-1)?.resume, { _tag: "Some", value: "conversation-1" })
    }))

  test("that the agent refuses is typed again, and what should follow it waits", (world) =>
    Effect.gen(function* () {
      const { agent, clear, is, reaches, spawn, takes } = world
      agent.refusals = 2
      yield* spawn("x")
      yield* is("idle")
      const next = yield* clear("after")
      yield* takes(1)
      assert.deepStrictEqual([agent.clears, agent.refusals, agent.prompts], [1, 0, ["after"]])
      assert.deepInclude(yield* is("working"), { epoch: 1 })
      agent.finish()
      yield* reaches(next, "answered")
    }))

  test("that the agent always refuses is given up, with what should follow it", (world) =>
    Effect.gen(function* () {
      const { agent, clear, describe: look, evidence, is, reaches, spawn } = world
      agent.refusals = 100
      yield* spawn("x")
      yield* is("idle")
      const next = yield* clear("after")
      yield* reaches(next, "parked")
      assert.include((yield* evidence(next)).at(-1), "the agent refused to clear its context")
      assert.deepStrictEqual([agent.prompts, agent.refusals, (yield* look).card.epoch], [[], 95, 0])
    }))

  test("that cannot be typed takes what should follow it along: both or neither", (world) =>
    Effect.gen(function* () {
      const { agent, clear, evidence, is, reaches, send, session, spawn, takes } = world
      yield* spawn("x")
      yield* is("idle")
      agent.show("dialog")
      yield* is("waiting-permission")
      const next = yield* clear("after")
      const other = yield* send("other")
      const { queue } = yield* moving(session.ask("Describe", {}))
      const ids = queue.filter(({ kind }) => kind === "clear").map(({ id }) => id)
      assert.lengthOf(ids, 1)
      agent.deaf = true
      agent.show("ready")
      yield* eventually(
        "the clear is typed",
        Effect.sync(() => (agent.composer === "/clear" ? true : undefined))
      )
      yield* session.tell("GaveUp", { ids, evidence: "nothing came of it" })
      yield* reaches(next, "parked")
      assert.include((yield* evidence(next)).at(-1), "could not be cleared")
      agent.deaf = false
      agent.composer = ""
      agent.draw()
      yield* takes(1)
      assert.deepStrictEqual(agent.prompts, ["other"])
      agent.finish()
      yield* reaches(other, "answered")
    }))
})
