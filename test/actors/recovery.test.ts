import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Desk } from "../../src/actors/desk/Desk.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { endOf } from "../../src/actors/session/Ending.ts"
import { recovering } from "../../src/actors/session/Recovery.ts"
import type { State } from "../../src/actors/session/State.ts"
import { noRecovery, noVigil } from "../../src/actors/session/Vigilance.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { MonitorPolicy } from "../../src/domain/MonitorPolicy.ts"
import { Terminal } from "../../src/terminal/Terminal.ts"
import { eventually, HOST, human, type Member, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const monitor = ref(Monitor, HOST, HOST)
const kinds = Effect.map(moving(monitor.ask("Describe", {})), (notices) => notices.map(({ kind }) => kind))
const onDesk = Effect.gen(function* () {
  const broker = yield* Broker
  const items = yield* moving(ref(Desk, SWARM, "human").ask("Describe", {}))
  return yield* Effect.forEach(items, ({ id }) => Effect.map(broker.getText(id), Option.getOrNull))
})
const see = (kind: string) =>
  eventually(
    `${kind || "nothing"} is told`,
    Effect.map(kinds, (all) => (all.join() === kind ? true : undefined))
  )

const test = (
  title: string,
  body: (world: World) => ReturnType<Parameters<typeof withWorld>[0]>,
  recover: (typeof MonitorPolicy.Encoded)["recover"] = { max: 3, within: 600 }
) => it.effect(title, () => withWorld(body, { monitor: { recover } }))

/** It is at work on its first letter. */
const atWork = ({ is, send, spawn, takes }: Member) =>
  Effect.gen(function* () {
    yield* spawn("ann")
    yield* is("idle")
    yield* send("do it")
    yield* takes(1)
    yield* is("working")
  })

/** Its next agent is up. */
const launched = ({ agent, is }: Member, times: number) =>
  Effect.gen(function* () {
    yield* eventually(
      `start ${times}`,
      Effect.sync(() => (agent.launches.length >= times ? true : undefined))
    )
    yield* is("idle")
  })

describe("an agent that crashed", () => {
  test("is started again with its own conversation, and told to go on with what it was at", (world) =>
    Effect.gen(function* () {
      const { agent } = world
      yield* atWork(world)
      agent.exit(1)
      yield* world.takes(2)
      assert.deepStrictEqual(
        agent.launches.map(({ resume }) => Option.getOrNull(resume)),
        [null, "conversation"]
      )
      assert.include(
        agent.prompts[1],
        "Your process ended in the middle of your work (the agent's process ended with exit code 1)"
      )
      yield* see("recovered")
      // That it crashed was told, and is over.
      assert.deepStrictEqual(yield* onDesk, [
        "ann (00000001) crashed: the agent's process ended with exit code 1. It is started again at once."
      ])
      agent.finish()
      yield* pass(2)
      assert.lengthOf(agent.prompts, 2)
      yield* TestClock.adjust("11 minutes")
      assert.notInclude(yield* kinds, "recovered")
    }))

  test("while it was idle is told nothing", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann")
      yield* world.is("idle")
      world.agent.exit(1)
      yield* launched(world, 2)
      yield* pass(2)
      assert.deepStrictEqual(world.agent.prompts, [])
    }))

  test("is started again also when the daemon was away meanwhile, once", (world) =>
    Effect.gen(function* () {
      yield* atWork(world)
      yield* world.stop
      world.agent.exit(1)
      yield* world.boot
      yield* world.takes(2)
      yield* world.stop
      yield* world.boot
      yield* pass(60)
      assert.lengthOf(world.agent.launches, 2)
      assert.lengthOf(world.agent.prompts, 2)
    }))

  test(
    "too often stays as it is: the person and its parent are told, and by hand it begins anew",
    (world) =>
      Effect.gen(function* () {
        const child = yield* world.another
        yield* world.spawn("em")
        yield* world.is("idle")
        yield* child.spawn("ann", null, { parentId: world.id })
        yield* child.is("idle")
        child.agent.exit(1)
        for (const time of [2, 3]) {
          yield* launched(child, time)
          child.agent.exit(1)
        }
        yield* see("gave-up")
        const [notice] = yield* moving(monitor.ask("Describe", {}))
        assert.strictEqual(notice?.severity, "critical")
        assert.include(notice?.text, "crashed again after 2 new starts within 10m, and stays as it is")
        yield* world.takes(1)
        assert.include(world.agent.prompts[0], "crashed again after 2 new starts and stays as it is")
        yield* pass(60)
        assert.lengthOf(child.agent.launches, 3)
        yield* moving(child.session.ask("Restore", { by: human }))
        yield* launched(child, 4)
        yield* see("")
      }),
    { max: 2, within: 600 }
  )

  test(
    "now and then is always started again",
    (world) =>
      Effect.gen(function* () {
        yield* world.spawn("ann")
        yield* world.is("idle")
        for (const time of [2, 3, 4]) {
          world.agent.exit(1)
          yield* launched(world, time)
          yield* TestClock.adjust("11 minutes")
        }
        assert.strictEqual((yield* world.describe).card.state, "idle")
      }),
    { max: 1, within: 600 }
  )

  test("before it was ever ready is not started again", (world) =>
    Effect.gen(function* () {
      world.agent.opening = "working"
      world.agent.turns = false
      yield* world.spawn("ann")
      yield* pass(1)
      world.agent.exit(1)
      yield* world.is("crashed")
      yield* pass(60)
      assert.lengthOf(world.agent.launches, 1)
      assert.deepStrictEqual(yield* kinds, ["crashed"])
    }))

  test("and was restored or killed by hand before its time is left alone", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann")
      yield* world.is("idle")
      world.agent.exit(1)
      yield* launched(world, 2)
      world.agent.exit(1)
      yield* world.is("crashed")
      yield* moving(world.session.ask("Kill", { reason: "enough", by: human }))
      yield* pass(60)
      assert.lengthOf(world.agent.launches, 2)
      assert.strictEqual((yield* world.describe).card.state, "stopped")
      assert.deepStrictEqual(yield* kinds, [])
    }))

  test(
    "stays crashed where the configuration says so",
    (world) =>
      Effect.gen(function* () {
        yield* atWork(world)
        world.agent.exit(1)
        yield* world.is("crashed")
        yield* pass(60)
        assert.lengthOf(world.agent.launches, 1)
      }),
    { mode: "manual" }
  )

  test("is not what ended because somebody wanted it to", (world) =>
    Effect.gen(function* () {
      yield* atWork(world)
      world.agent.exit(0)
      yield* world.is("crashed")
      yield* pass(60)
      assert.lengthOf(world.agent.launches, 1)
      const [notice] = yield* moving(monitor.ask("Describe", {}))
      assert.include(
        notice?.text,
        "has ended: the agent's process ended with exit code 0. sm restore ann starts it again."
      )
    }))

  test("inside its wrapper is started in a new pane, and nothing is typed into the shell that it left", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann")
      yield* world.is("idle")
      const read = yield* world.panes.leaveShell(world.id)
      const letter = yield* world.send("rm -rf everything")
      yield* world.reaches(letter, "submitted")
      assert.deepStrictEqual(read, [])
      assert.lengthOf(world.agent.launches, 2)
      assert.include(world.agent.prompts[0], "rm -rf everything")
    }))

  test("inside its wrapper with a message on its way does not leave it to the shell", (world) =>
    Effect.gen(function* () {
      yield* atWork(world)
      const read = yield* world.panes.leaveShell(world.id)
      yield* world.send("stop that", { mode: "urgent" })
      yield* pass(5)
      assert.deepStrictEqual(read, [])
      assert.lengthOf(world.agent.launches, 2)
    }))

  test(
    "inside its wrapper and is killed then leaves no shell behind",
    (world) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        yield* world.spawn("ann")
        yield* world.is("idle")
        yield* world.panes.leaveShell(world.id)
        yield* world.is("crashed")
        assert.lengthOf(yield* terminal.list, 1)
        yield* moving(world.session.ask("Kill", { reason: "enough", by: human }))
        yield* eventually(
          "its pane is closed",
          Effect.map(terminal.list, (panes) => (panes.length === 0 ? true : undefined))
        )
      }),
    { mode: "manual" }
  )

  it("is not started again without a conversation to go on with", () => {
    const vigil = { ...noVigil, policy: { ...Schema.decodeSync(MonitorPolicy)({}), warning: 50, critical: 65 } }
    const before: State = { ...emptyState("1a2b3c4d"), phase: "idle", vigil }
    const dead: State = { ...before, phase: "crashed", recovery: { ...noRecovery, death: "crashed" } }
    assert.isNull(recovering(before, dead, 1000).state.recovery.due)
    const known = recovering(before, { ...dead, agentSessionId: "c" }, 1000)
    assert.strictEqual(known.state.recovery.due, 1000)
  })

  it.each([
    [{ status: 0 }, "ended"],
    [{ status: 1 }, "crashed"],
    [{ status: 130 }, "ended"],
    [{ status: 137 }, "crashed"],
    [{ status: 143 }, "ended"],
    [{ status: null }, "crashed"],
    [{ status: null, signal: "9" }, "crashed"],
    [{ status: null, signal: "KILL" }, "crashed"],
    [{ status: null, signal: "SEGV" }, "crashed"],
    [{ status: null, signal: "15" }, "ended"],
    [{ status: null, signal: "TERM" }, "ended"],
    [{ status: null, signal: "HUP" }, "ended"]
  ] as const)("is told from one that was asked to end: %j", (pane, death) => {
    assert.strictEqual(endOf(pane).death, death)
  })
})
