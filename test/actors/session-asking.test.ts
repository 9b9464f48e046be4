/** A session whose agent asks leave: how it waits, how it learns that this is over, and which keys it presses. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Approvals } from "../../src/actors/approvals/Approvals.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import type { Approval } from "../../src/domain/Approval.ts"
import { approvalId, askedFor } from "../support/Asked.ts"
import { eventually, HOST, human, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

type Body = Parameters<typeof withWorld>[0]
type Needs = Effect.Services<ReturnType<Body>>
const keeper = ref(Approvals, SWARM, "main")

/** As the gateway does it for a hook: kept first, then told to the session. */
const asks = (world: World, letter: string, subject: string, turn = "t1", at?: number) =>
  Effect.gen(function* () {
    const now = at ?? (yield* Clock.currentTimeMillis)
    const approval = askedFor({
      id: approvalId(letter),
      session: world.id,
      host: HOST,
      detail: subject,
      subject,
      at: now
    })
    yield* moving(keeper.ask("Ask", { approval, verdict: null }))
    yield* world.say({ _tag: "PermissionAsked", turn, question: `Bash: ${subject}`, approval }, undefined, now)
    return approval
  })
const answer = (letter: string, allow: boolean, reason: string | null = null) =>
  moving(keeper.ask("Answer", { id: approvalId(letter), allow, by: "human", reason }))
const found = (letter: string) =>
  Effect.map(moving(keeper.ask("Find", { id: approvalId(letter) })), (one) => one?.outcome?.what)
const settles = (letter: string) =>
  eventually(
    `${letter} is over`,
    Effect.map(found(letter), (what) => what ?? undefined)
  )
const tool = (tag: "ToolStarted" | "ToolEnded", detail: string): Signal =>
  tag === "ToolStarted"
    ? { _tag: tag, turn: "t1", tool: "Bash", detail }
    : { _tag: tag, turn: "t1", tool: "Bash", detail, failed: false }

const test = (title: string, body: Body) =>
  it.effect(title, () =>
    withWorld((world) =>
      Effect.gen(function* () {
        world.agent.asking = "beside"
        yield* world.spawn("x")
        yield* world.send("work")
        yield* world.is("working")
        yield* body(world)
      })
    )
  )

describe("a session whose agent asks leave", () => {
  test("waits until the dialog has gone, whatever else goes on beside it, and says that it was answered there", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      yield* asks(world, "1", "touch a")
      yield* world.is("waiting-permission")
      yield* world.say(tool("ToolStarted", "ls"))
      yield* world.say(tool("ToolEnded", "ls"))
      yield* pass(3)
      assert.strictEqual((yield* world.describe).card.state, "waiting-permission")
      assert.isUndefined(yield* found("1"))
      world.agent.show("working")
      assert.strictEqual(yield* settles("1"), "answered-in-pane")
      yield* world.is("working")
    }))

  test("goes on with the end of the tool that it asked for, while another waits", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      yield* asks(world, "1", "touch a")
      yield* asks(world, "2", "touch b")
      world.agent.ask("Bash: touch b")
      yield* world.say(tool("ToolEnded", "touch a"))
      assert.strictEqual(yield* settles("1"), "answered-in-pane")
      yield* pass(3)
      assert.isUndefined(yield* found("2"))
      assert.strictEqual((yield* world.describe).card.state, "waiting-permission")
      yield* world.say(tool("ToolEnded", "touch b"))
      assert.strictEqual(yield* settles("2"), "answered-in-pane")
    }))

  test("shows the dialog only when the hook has ended: work is seen until then, and means nothing", (world) =>
    Effect.gen(function* () {
      world.agent.asking = "after"
      yield* asks(world, "1", "touch a")
      yield* pass(30)
      assert.strictEqual((yield* world.describe).card.state, "waiting-permission")
      assert.isUndefined(yield* found("1"))
      world.agent.ask("Bash: touch a")
      yield* pass(2)
      world.agent.show("working")
      assert.strictEqual(yield* settles("1"), "answered-in-pane")
    }))

  const ends: ReadonlyArray<readonly [string, string, (world: World) => Effect.Effect<unknown, unknown, Needs>]> = [
    ["the end of its turn", "answered-in-pane", ({ agent }) => Effect.sync(() => agent.finish())],
    ["an interruption", "answered-in-pane", ({ say }) => say({ _tag: "Interrupted", turn: "t1" })],
    ["a clear", "void", ({ say }) => say({ _tag: "Started", agentSessionId: "other", source: "clear" })],
    ["the death of the agent", "void", ({ agent }) => Effect.sync(() => agent.exit(1))],
    ["a kill", "void", ({ session }) => moving(session.ask("Kill", { reason: "killed", by: human }))]
  ]
  for (const [what, becomes, happens] of ends)
    test(`waits no more after ${what}: ${becomes}`, (world) =>
      Effect.gen(function* () {
        world.agent.ask("Bash: touch a")
        yield* asks(world, "1", "touch a")
        yield* world.is("waiting-permission")
        yield* happens(world)
        assert.strictEqual(yield* settles("1"), becomes)
        // What is told of it again, and late, changes nothing.
        yield* asks(world, "1", "touch a")
        assert.notStrictEqual((yield* world.describe).card.state, "waiting-permission")
      }))

  test("takes no word of a question that came after the end of its tool, or of its turn", (world) =>
    Effect.gen(function* () {
      const at = (yield* Clock.currentTimeMillis) + 10
      yield* world.say(tool("ToolStarted", "touch a"))
      yield* world.say(tool("ToolEnded", "touch a"))
      yield* asks(world, "1", "touch a", "t1", at)
      assert.strictEqual((yield* world.describe).card.state, "working")
      assert.strictEqual(yield* found("1"), "answered-in-pane")
      world.agent.finish()
      yield* world.is("idle")
      yield* world.send("more")
      yield* world.takes(2)
      yield* asks(world, "2", "touch b", "t1", at)
      assert.strictEqual(yield* settles("2"), "void")
      yield* world.is("working")
    }))

  test("presses the answer's keys once the hook has had its time, in that dialog only", (world) =>
    Effect.gen(function* () {
      const { agent } = world
      agent.ask("Bash: touch a")
      yield* asks(world, "1", "touch a")
      yield* pass(1)
      yield* answer("1", true)
      yield* pass(5)
      assert.strictEqual(agent.approvals, 0, "the hook may still hand it over")
      yield* eventually(
        "pressed",
        Effect.sync(() => (agent.approvals === 1 ? true : undefined))
      )
      yield* world.is("working")
      yield* pass(10)
      assert.strictEqual(agent.approvals, 1)
      assert.strictEqual(yield* found("1"), "allowed")

      // Another dialog stands there.
      agent.ask("Bash: rm b")
      yield* asks(world, "2", "touch b")
      yield* answer("2", true)
      yield* pass(20)
      assert.strictEqual(agent.approvals, 1)
      const [notice] = (yield* moving(ref(Monitor, HOST, HOST).ask("Describe", {}))).filter(({ cause }) =>
        cause.startsWith("answer")
      )
      assert.match(notice?.text ?? "", /^allowed, but its dialog is not the one that stands there: x .*; sm attach x$/u)
      agent.ask("Bash: touch b")
      yield* eventually(
        "pressed again",
        Effect.sync(() => (agent.approvals === 2 ? true : undefined))
      )
    }))

  test("presses nothing while a person types, nor where two that look alike have different answers", (world) =>
    Effect.gen(function* () {
      const { agent } = world
      agent.ask("Bash: touch a")
      yield* asks(world, "1", "touch a")
      yield* asks(world, "2", "touch a")
      yield* answer("1", true)
      yield* pass(20)
      assert.strictEqual(agent.approvals, 0)
      yield* answer("2", true)
      for (let count = 0; count < 6; count++) {
        yield* world.panes.human(world.id, "x")
        yield* pass(2)
      }
      assert.strictEqual(agent.approvals, 0)
      yield* eventually(
        "pressed",
        Effect.sync(() => (agent.approvals === 1 ? true : undefined))
      )
    }))

  test("presses again after a restart, and only while the dialog stands", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      yield* asks(world, "1", "touch a")
      yield* world.is("waiting-permission")
      yield* answer("1", true)
      yield* world.stop
      yield* world.boot
      yield* eventually(
        "pressed",
        Effect.sync(() => (world.agent.approvals === 1 ? true : undefined))
      )
      yield* world.is("working")
      yield* world.stop
      yield* world.boot
      yield* pass(15)
      assert.strictEqual(world.agent.approvals, 1)
    }))

  test("refuses by keys, and brings the reason as a message, for keys carry none", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      yield* asks(world, "1", "touch a")
      yield* answer("1", false, "not on a Friday")
      yield* world.takes(2)
      assert.strictEqual(world.agent.refusedLeave, 1)
      assert.include(world.agent.prompts[1], "Bash: touch a\nThis was denied by human: not on a Friday")
    }))

  test("whose hooks are silent is known by its screen, and answered by keys at once", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      yield* world.is("waiting-permission")
      const open = Effect.map(moving(keeper.ask("Describe", {})), (state) => state.open)
      const asked = yield* eventually(
        "the screen asks",
        Effect.map(open, ([one]) => one)
      )
      assert.deepInclude(asked, { from: "screen", tool: "Bash", detail: "touch a", subject: null })
      yield* moving(keeper.ask("Answer", { id: asked.id, allow: true, by: "human", reason: null }))
      yield* eventually(
        "pressed",
        Effect.sync(() => (world.agent.approvals === 1 ? true : undefined))
      )
      yield* world.is("working")
      yield* pass(10)
      assert.deepStrictEqual(yield* open, [])
      assert.strictEqual(world.agent.approvals, 1)
    }))

  test("has one approval where its hook tells after its screen", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      const open = Effect.map(moving(keeper.ask("Describe", {})), (state) => state.open)
      yield* eventually(
        "the screen asks",
        Effect.map(open, ([one]) => one)
      )
      yield* asks(world, "1", "touch a")
      yield* eventually(
        "one",
        Effect.map(open, (all) => (all.length === 1 ? all[0] : undefined))
      )
      assert.strictEqual((yield* open)[0]?.id, approvalId("1"))
    }))

  test("learns of the answer before the question, and holds nobody up", (world) =>
    Effect.gen(function* () {
      const approval = yield* asks(world, "1", "touch a").pipe(Effect.tap(() => Effect.void))
      yield* answer("1", true)
      const early: Approval = {
        ...approval,
        id: approvalId("2"),
        outcome: { what: "allowed", by: "human", reason: null, at: 1 }
      }
      yield* world.say(tool("ToolEnded", "touch a"))
      yield* world.is("working")
      yield* moving(world.session.ask("Decided", { approval: early }))
      yield* world.say({
        _tag: "PermissionAsked",
        turn: "t1",
        question: "?",
        approval: { ...early, outcome: null }
      })
      assert.strictEqual((yield* world.describe).card.state, "working")
    }))
})
