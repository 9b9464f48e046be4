import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Registry } from "../../src/actors/registry/Registry.ts"
import { SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { type Booted, eventually, moving, pass, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: Booted) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const HOPS = ["accepted", "injected", "submitted", "answered"]
const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }

describe("a session", () => {
  test("types when the agent is idle, one message after the other, in the order sent", ({
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
      const ids: Array<string> = []
      for (const text of ["one", "two", "three"]) ids.push(yield* send(text, { from: ann }))
      for (const [index, id] of ids.entries()) {
        yield* takes(index + 1)
        yield* pass(5)
        assert.lengthOf(agent.prompts, index + 1, "the next waits for the end of the turn")
        agent.finish(`answer ${index}`)
        yield* reaches(id, "answered")
        assert.deepStrictEqual(yield* hops(id), HOPS)
      }
      assert.deepStrictEqual(
        agent.prompts,
        ["one", "two", "three"].map(
          (text, index) => `[Input from: ann (0000000a) via sm send · ${ids[index]}]\n${text}`
        )
      )
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

  test("gives the first prompt on the command line when the agent takes it there", ({ agent, hops, reaches, spawn }) =>
    Effect.gen(function* () {
      agent.promptOnArgv = true
      const id = (yield* spawn("x", "from the start")) ?? ""
      yield* reaches(id, "submitted")
      assert.deepStrictEqual(agent.prompts, ["from the start"])
      agent.finish()
      yield* reaches(id, "answered")
      assert.deepStrictEqual(yield* hops(id), HOPS)
    }))

  test("answers a start-up question once, however long it stands, and leaves every other to a person", ({
    agent,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      agent.opening = "trust"
      yield* spawn("x")
      const id = yield* send("waits for the start")
      yield* pass(0.8)
      assert.deepStrictEqual([agent.approvals, agent.prompts], [1, []])
      agent.show("ready")
      yield* takes(1)
      // What the agent says may look like that question.
      agent.show("trust")
      yield* pass(5)
      assert.strictEqual(agent.approvals, 1)
      yield* is("waiting-permission")
      agent.finish()
      yield* reaches(id, "answered")
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
      agent.finish()
      yield* pass(5)
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

  test("lets a message expire that could not be typed in time, and no other", ({
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
      yield* send("busy")
      yield* takes(1)
      yield* is("working")
      const short = yield* send("short", { ttl: 10 })
      const long = yield* send("long", { ttl: 60 })
      yield* pass(8)
      assert.deepStrictEqual(yield* hops(short), ["accepted"])
      yield* reaches(short, "expired")
      agent.finish()
      yield* takes(2)
      agent.finish()
      yield* reaches(long, "answered")
      assert.deepStrictEqual(agent.prompts, ["busy", "long"])
    }))

  test("parks what stands in the composer and is not taken, however often it is entered", ({
    agent,
    evidence,
    reaches,
    send,
    spawn
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      agent.deaf = true
      const id = yield* send("nobody takes this")
      yield* reaches(id, "parked")
      assert.include((yield* evidence(id)).at(-1), "Enter does not send it")
      assert.deepStrictEqual(agent.prompts, [])
    }))

  test("believes the transcript when the prompt hook never comes", ({ agent, evidence, reaches, send, spawn }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      agent.mute = true
      const id = yield* send("unconfirmed words")
      yield* reaches(id, "submitted")
      assert.include((yield* evidence(id)).at(-1), "transcript")
      assert.lengthOf(agent.prompts, 1)
    }))

  test("takes the same message once, and a signal once", ({
    agent,
    describe: card,
    id: session,
    reaches,
    send,
    session: actor,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      const id = yield* send("once")
      yield* takes(1)
      const letter = { id, from: ann, mode: "sequential", kind: "message", at: 0, bytes: 4, tries: 0 } as const
      assert.strictEqual((yield* moving(actor.ask("Accept", letter))).state, "submitted")
      agent.finish()
      yield* reaches(id, "answered")
      const started = { _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "ls" } as const
      for (let round = 0; round < 3; round++)
        yield* actor.tell("Signalled", { id: "same", at: 0, signal: started }, { id: `mail ${round}` })
      yield* pass(1)
      assert.lengthOf((yield* card).actions, 1)
      yield* pass(10)
      assert.deepStrictEqual([agent.prompts, session], [["once"], session])
    }))

  test("does not type again what was typed before the host died", ({
    agent,
    boot,
    hops,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      agent.mute = true
      // The keys arrive, and the host dies before it can say so.
      yield* panes.stopTyping("after")
      const id = yield* send("typed exactly once")
      yield* takes(1)
      yield* stop
      agent.show("ready")
      yield* boot
      yield* reaches(id, "submitted")
      yield* pass(60)
      assert.deepStrictEqual(agent.prompts, ["typed exactly once"])
      yield* reaches(id, "answered")
      assert.notInclude(yield* hops(id), "parked")
    }))

  test("types again what the agent never got before the host died", ({
    agent,
    boot,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.stopTyping("before")
      const id = yield* send("lost at first")
      yield* eventually(
        "the intent is committed and the keys are about to be pressed",
        Effect.map(panes.stopped, (stopped) => (stopped ? true : undefined))
      )
      yield* stop
      assert.deepStrictEqual(agent.prompts, [])
      yield* boot
      yield* takes(1)
      agent.finish()
      yield* reaches(id, "answered")
      assert.deepStrictEqual(agent.prompts, ["lost at first"])
    }))

  test("parks what a host's death cut short when nobody can tell whether it arrived", ({
    agent,
    boot,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      agent.transcript = false
      agent.confirms = false
      agent.mute = true
      yield* spawn("x")
      yield* is("idle")
      yield* panes.stopTyping("after")
      const id = yield* send("who knows")
      yield* takes(1)
      yield* stop
      yield* boot
      agent.show("ready")
      yield* reaches(id, "parked")
      assert.deepStrictEqual(agent.prompts, ["who knows"])
    }))

  test("is crashed when its pane is lost; restored, it delivers what waited, in the agent's own conversation", ({
    agent,
    describe: card,
    id: session,
    is,
    panes,
    reaches,
    send,
    session: actor,
    spawn
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.kill(session)
      yield* is("crashed")
      const id = yield* send("waits for the restore")
      yield* pass(5)
      assert.strictEqual((yield* card).card.queued, 1)
      yield* moving(actor.ask("Restore", {}))
      yield* reaches(id, "submitted")
      agent.finish()
      yield* reaches(id, "answered")
      assert.strictEqual(agent.launches.length, 2)
      assert.deepInclude(agent.launches[1]?.resume, { value: "conversation" })
    }))

  test("is crashed when the terminal server is gone, and names the exit code of an agent that ended", ({
    agent,
    is,
    panes,
    session: actor,
    spawn
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.killServer
      assert.include((yield* is("crashed")).detail, "terminal server")
      yield* moving(actor.ask("Restore", {}))
      yield* is("idle")
      agent.exit(3)
      assert.include((yield* is("crashed")).detail, "exit code 3")
    }))

  test("is stopped by kill: its pane is closed, what waited is dead, its record stays", ({
    agent,
    describe: card,
    is,
    reaches,
    send,
    session: actor,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      const running = yield* send("running")
      yield* takes(1)
      yield* is("working")
      const waiting = yield* send("waiting")
      yield* moving(actor.ask("Kill", { reason: "killed by human" }))
      yield* reaches(waiting, "dead")
      yield* reaches(running, "answered")
      yield* eventually(
        "the pane is closed",
        Effect.map(card, ({ pane }) => (pane === null ? true : undefined))
      )
      assert.deepInclude((yield* card).card, {
        name: SessionName.make("x"),
        state: "stopped",
        agentSessionId: "conversation"
      })
      const refused = yield* Effect.flip(send("too late"))
      assert.include(String(refused), "stopped")
      assert.deepStrictEqual(agent.prompts, ["running"])
    }))

  test("has a name that nobody else alive has", ({ describe: card, id: session, session: actor, spawn }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      const registry = ref(Registry, SWARM, "main")
      const other = SessionId.make("00000002")
      const taken = yield* moving(Effect.flip(registry.ask("Claim", { id: other, name: SessionName.make("x") })))
      assert.deepInclude(taken, { _tag: "NameTaken", by: session })
      const name = SessionName.make("y")
      yield* moving(registry.ask("Claim", { id: session, name }))
      yield* moving(actor.ask("Rename", { name }))
      assert.deepInclude((yield* card).card, { name, id: session })
      yield* moving(registry.ask("Claim", { id: other, name: SessionName.make("x") }))
    }))

  test("clears the agent's context between messages, in line", ({
    agent,
    describe: card,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      const before = yield* send("before")
      yield* takes(1)
      yield* is("working")
      yield* send("/clear", { kind: "clear" })
      const after = yield* send("after")
      agent.finish()
      yield* reaches(before, "answered")
      yield* takes(2)
      assert.strictEqual((yield* card).card.agentSessionId, "fresh")
      agent.finish()
      yield* reaches(after, "answered")
      assert.deepStrictEqual(agent.prompts, ["before", "after"])
    }))
})
