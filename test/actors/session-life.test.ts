import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Registry } from "../../src/actors/registry/Registry.ts"
import { SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { eventually, human, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const HOPS = ["accepted", "injected", "submitted", "answered"]
const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }

describe("a session's messages and its life", () => {
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
      yield* moving(actor.ask("Kill", { reason: "killed by human", by: human }))
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
      // By the kill's own word, whoever gave it: the name is free.
      const other = SessionId.make("00000002")
      yield* moving(ref(Registry, SWARM, "main").ask("Claim", { id: other, name: SessionName.make("x") }))
      const refused = yield* Effect.flip(send("too late"))
      assert.include(String(refused), "stopped")
      assert.deepStrictEqual(agent.prompts, ["running"])
    }))

  test("gets a new agent when it is restored before the killed one's pane is closed", ({
    boot,
    broker,
    describe: card,
    id: session,
    is,
    spawn,
    stop
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      const before = (yield* card).pane?.id
      yield* stop
      // As kill and restore leave it when both are handled before the reactor comes to look.
      const found = Option.getOrThrow(yield* broker.load(`session.${session}`))
      const commit = JSON.parse(found.value) as { readonly state: object }
      const launching = { at: 1, resume: true, activation: "killed and restored" }
      const state = { ...commit.state, phase: "starting", launching }
      yield* broker.save(`session.${session}`, JSON.stringify({ ...commit, state }), found.revision)
      yield* boot
      const after = yield* eventually(
        "another pane is its own",
        Effect.map(card, ({ pane }) => (pane === null || pane.id === before ? undefined : pane.id))
      )
      assert.notStrictEqual(after, before)
    }))

  test("has a name that nobody else alive has, and shows it on its pane", ({
    describe: card,
    id: session,
    is,
    panes,
    session: actor,
    spawn
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      const registry = ref(Registry, SWARM, "main")
      const other = SessionId.make("00000002")
      const taken = yield* moving(Effect.flip(registry.ask("Claim", { id: other, name: SessionName.make("x") })))
      assert.deepInclude(taken, { _tag: "NameTaken", by: session })
      const name = SessionName.make("y")
      yield* moving(registry.ask("Claim", { id: session, name }))
      yield* moving(actor.ask("Rename", { name, by: human }))
      assert.deepInclude((yield* card).card, { name, id: session })
      yield* eventually(
        "the pane shows it",
        Effect.map(panes.title(session), (title) => (Option.contains(title, "y") ? true : undefined))
      )
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
      assert.strictEqual((yield* card).card.agentSessionId, "conversation-1")
      agent.finish()
      yield* reaches(after, "answered")
      assert.deepStrictEqual(agent.prompts, ["before", "after"])
    }))
})
