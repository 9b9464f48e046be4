import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { ref } from "../../src/actors/ActorRef.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { findings } from "../../src/actors/session/Findings.ts"
import type { State } from "../../src/actors/session/State.ts"
import { noVigil, noRecovery, type Thresholds } from "../../src/actors/session/Vigilance.ts"
import { MemoryClient } from "../../src/broker/MemoryBroker.ts"
import { MonitorPolicy } from "../../src/domain/MonitorPolicy.ts"
import { askedFor } from "../support/Asked.ts"
import { eventually, HOST, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const rules: Thresholds = { ...Schema.decodeSync(MonitorPolicy)({}), warning: 50, critical: 65 }
const NOW = 10_000_000

/** What of it holds at `NOW`, and its severity. */
const found = (more: Partial<State>, vigil: Partial<State["vigil"]> = {}) =>
  findings(
    { ...emptyState("1a2b3c4d"), phase: "idle", ...more, vigil: { ...noVigil, reports: true, ...vigil } },
    rules,
    NOW
  )
    .filter(({ from, until }) => from <= NOW && NOW < (until ?? Infinity))
    .map(({ kind, severity }) => `${kind} ${severity}`)
const ago = (seconds: number) => NOW - seconds * 1000
const limit = { until: null, reason: "r", turn: "t" }
const context = (percent: number) => ({ used: percent * 1000, window: 100_000, percent })

describe("what a person should know of a session", () => {
  it.each<[string, Partial<State>, Partial<State["vigil"]>, ReadonlyArray<string>]>([
    ["nothing of one that never had a turn", { since: ago(900) }, {}, []],
    ["that it is idle", {}, { rested: ago(300) }, ["idle info"]],
    ["not too early that it is idle", {}, { rested: ago(299) }, []],
    ["not that it is idle while its provider takes no work", { limited: limit }, { rested: ago(300) }, []],
    [
      "not that it is idle while something is on its way",
      { typing: { letters: [], activation: "", at: 0, door: "composer" } },
      { rested: ago(300) },
      []
    ],
    ["that it waits for an answer", { phase: "waiting-permission", since: NOW }, {}, ["permission attention"]],
    [
      "that it waits for words",
      { phase: "waiting-permission", since: NOW, asking: [{ ...askedFor({ kind: "question" }), pressed: false }] },
      {},
      ["question attention"]
    ],
    ["that its last turn failed", {}, { failed: { at: NOW, reason: "500" } }, ["error problem"]],
    [
      "of a limit that it is one, not that the turn failed",
      { limited: limit, limits: 1 },
      { failed: { at: NOW, reason: "429" }, limit: { at: NOW, until: null } },
      ["limited attention"]
    ],
    ["of a limit while it is tried again", { limits: 1 }, { limit: { at: NOW, until: null } }, ["limited attention"]],
    ["nothing of a context that is not full", { context: context(49) }, {}, []],
    ["that its context is filling", { context: context(50) }, {}, ["context info"]],
    ["that its context is full", { context: context(65) }, {}, ["context attention"]],
    [
      "by the session's own thresholds",
      { context: context(65), gauge: { warning: 80, critical: 90, notify: null, warned: "none" } },
      {},
      []
    ],
    ["nothing of figures from before a compaction", { context: context(90) }, { compacted: 90_000 }, []],
    ["nothing of two compactions", {}, { compactions: [ago(60), ago(1)] }, []],
    ["that it compacts over and over", {}, { compactions: [ago(300), ago(60), ago(1)] }, ["context problem"]],
    ["nothing of compactions long ago", {}, { compactions: [ago(900), ago(800), ago(700)] }, []],
    ["nothing of compactions far apart", {}, { compactions: [ago(1900), ago(1000), ago(1)] }, []],
    ["that it has not said a word", { phase: "working", since: ago(2000) }, { heard: ago(900) }, ["hung attention"]],
    ["nothing of one that speaks", { phase: "working", since: ago(2000) }, { heard: ago(899) }, []],
    [
      "nothing of the silence of one that never speaks",
      { phase: "working", since: ago(2000) },
      { heard: null, reports: false },
      []
    ],
    ["nothing of a new turn's silence", { phase: "working", since: ago(899) }, { heard: ago(2000) }, []],
    ["that nobody knows what it does", { phase: "unknown", since: NOW }, {}, ["unheard attention"]],
    ["that its hooks do not report", { phase: "working", since: ago(60) }, { worked: ago(60) }, ["unheard problem"]],
    ["that its hooks do not report, also between turns", {}, { worked: ago(60) }, ["unheard problem"]],
    ["nothing of the hooks of one that never worked", { since: ago(900) }, {}, []],
    [
      "that it crashed",
      { phase: "crashed", since: NOW },
      { worked: ago(60), failed: { at: NOW, reason: "" } },
      ["crashed problem"]
    ],
    [
      "that it was ended",
      { phase: "crashed", since: NOW, recovery: { ...noRecovery, death: "ended" } },
      {},
      ["crashed attention"]
    ],
    [
      "nothing of one that could not be started at all",
      { phase: "crashed", since: NOW, recovery: { ...noRecovery, death: "failed" } },
      {},
      []
    ],
    [
      "that it could not be started once more",
      { phase: "crashed", since: NOW, agentSessionId: "c", recovery: { ...noRecovery, death: "failed" } },
      {},
      ["crashed problem"]
    ],
    [
      "that it is given up",
      { phase: "crashed", since: NOW, recovery: { ...noRecovery, death: "crashed", gaveUp: NOW } },
      {},
      ["gave-up critical"]
    ],
    ["that it is back", { recovery: { ...noRecovery, back: ago(599) } }, {}, ["recovered info"]],
    ["no more, after a while, that it is back", { recovery: { ...noRecovery, back: ago(600) } }, {}, []],
    ["nothing of one that is stopped", { phase: "stopped", context: context(90) }, { rested: 0, worked: 0 }, []]
  ])("%s", (_, state, vigil, expected) => {
    assert.deepStrictEqual(found(state, vigil), expected)
  })
})

const open = Effect.map(moving(ref(Monitor, HOST, HOST).ask("Describe", {})), (notices) => notices)
const kinds = Effect.map(open, (notices) => notices.map(({ kind }) => kind))
const see = (kind: string | undefined) =>
  eventually(
    `${kind ?? "nothing"} is told`,
    Effect.map(kinds, (all) => (all.join() === (kind ?? "") ? true : undefined))
  )
const monitor = { idle_timeout: 300, recover: { mode: "manual" as const } }

/** One session that has been given something to do. */
const working = (body: (world: World) => ReturnType<Parameters<typeof withWorld>[0]>) =>
  withWorld(
    (world) =>
      Effect.gen(function* () {
        yield* world.spawn("ann")
        yield* world.is("idle")
        yield* world.send("do it")
        yield* world.takes(1)
        yield* world.is("working")
        yield* body(world)
      }),
    { monitor }
  )

describe("a session's vigil", () => {
  it.effect("tells once that it is idle after a turn, whatever a person types in between, and that it is over", () =>
    working((world) =>
      Effect.gen(function* () {
        world.agent.finish()
        yield* world.is("idle")
        yield* pass(290)
        assert.deepStrictEqual(yield* kinds, [])
        yield* see("idle")
        const [first] = yield* open
        yield* world.panes.human(world.id, "half a line")
        yield* see(undefined)
        yield* world.panes.human(world.id, "\u0015")
        yield* world.is("idle")
        yield* TestClock.adjust("20 minutes")
        assert.deepStrictEqual(yield* kinds, [])
        yield* world.send("more")
        yield* world.takes(2)
        world.agent.finish()
        yield* world.is("idle")
        yield* TestClock.adjust("6 minutes")
        yield* see("idle")
        assert.notStrictEqual((yield* open)[0]?.cause, first?.cause)
        assert.match((yield* open)[0]?.text ?? "", /^ann \(00000001\) has been idle for 5m/u)
      })
    )
  )

  it.effect("takes a question before the first turn for no work", () =>
    withWorld(
      (world) =>
        Effect.gen(function* () {
          world.agent.opening = "dialog"
          yield* world.spawn("ann")
          yield* see("permission")
          yield* TestClock.adjust("3 minutes")
          assert.deepStrictEqual(yield* kinds, ["permission"])
          world.agent.show("ready")
          yield* world.is("idle")
          yield* TestClock.adjust("10 minutes")
          assert.deepStrictEqual(yield* kinds, [])
        }),
      { monitor }
    )
  )

  it.effect("costs a session that is idle for days nothing once it is told", () =>
    working((world) =>
      Effect.gen(function* () {
        world.agent.finish()
        yield* world.is("idle")
        yield* TestClock.adjust("6 minutes")
        yield* see("idle")
        assert.strictEqual(yield* (yield* MemoryClient).timers, 0)
      })
    )
  )

  it.effect("tells of a question at once, once, and that it is answered, over a restart of the daemon", () =>
    working((world) =>
      Effect.gen(function* () {
        world.agent.show("dialog")
        yield* see("permission")
        yield* world.stop
        yield* world.boot
        yield* pass(5)
        assert.deepStrictEqual(yield* kinds, ["permission"])
        assert.strictEqual((yield* open)[0]?.severity, "attention")
        world.agent.show("working")
        yield* see(undefined)
      })
    )
  )

  it.effect("tells of a turn that failed until the agent works again", () =>
    working((world) =>
      Effect.gen(function* () {
        world.agent.show("ready")
        yield* world.say({ _tag: "TurnFailed", turn: "t1", reason: "API Error: 500" })
        yield* see("error")
        assert.include((yield* open)[0]?.text, "failed: API Error: 500.")
        yield* world.send("again")
        yield* world.takes(2)
        yield* see(undefined)
      })
    )
  )

  it.effect("tells of a turn in which nothing is said for long, and takes it back at the next word", () =>
    working((world) =>
      Effect.gen(function* () {
        yield* TestClock.adjust("10 minutes")
        yield* world.say({ _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "npm test" })
        yield* TestClock.adjust("14 minutes")
        assert.deepStrictEqual(yield* kinds, [])
        yield* TestClock.adjust("2 minutes")
        yield* see("hung")
        assert.include((yield* open)[0]?.text, "its last tool: Bash npm test, still running")
        yield* world.say({ _tag: "ToolEnded", turn: "t1", tool: "Bash", detail: "", failed: false })
        yield* see(undefined)
      })
    )
  )

  it.effect("tells that hooks are missing, and takes it back when one comes", () =>
    withWorld(
      (world) =>
        Effect.gen(function* () {
          world.agent.mute = true
          yield* world.spawn("ann")
          yield* world.is("idle")
          yield* world.send("do it")
          yield* world.takes(1)
          yield* TestClock.adjust("2 minutes")
          yield* see("unheard")
          yield* world.say({ _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "ls" })
          yield* see(undefined)
        }),
      { monitor }
    )
  )

  it.effect("tells once that the terminal server is gone with everybody, until somebody is back", () =>
    withWorld(
      (world) =>
        Effect.gen(function* () {
          const ben = yield* world.another
          yield* world.spawn("ann")
          yield* ben.spawn("ben")
          yield* world.is("idle")
          yield* ben.is("idle")
          yield* world.panes.killServer
          yield* world.is("crashed")
          yield* ben.is("crashed")
          yield* pass(1)
          yield* see("crashed")
          assert.isNull((yield* open)[0]?.session)
          yield* moving(ben.session.ask("Restore", { by: { kind: "human", name: "human" } }))
          yield* see(undefined)
        }),
      { monitor }
    )
  )

  it.effect("ends with the session", () =>
    working((world) =>
      Effect.gen(function* () {
        world.agent.show("dialog")
        yield* see("permission")
        yield* moving(world.session.ask("Kill", { reason: "enough", by: { kind: "human", name: "human" } }))
        yield* see(undefined)
      })
    )
  )
})
