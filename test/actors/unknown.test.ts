import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { unheard } from "../../src/actors/session/Silence.ts"
import { SessionPhase } from "../../src/domain/Session.ts"
import { pass, type World, withWorld } from "../support/SessionTest.ts"

/** A lease that outlives the test makes long times pass faster. */
const test = (title: string, body: (world: World) => ReturnType<Parameters<typeof withWorld>[0]>) =>
  it.effect(title, () => withWorld(body, { lease: 86_400_000 }))

const MINUTE = "1 minute"

/** The session works on its first prompt, and its screen tells nothing from then on. */
const atWork = (world: World) =>
  Effect.gen(function* () {
    yield* world.spawn("x")
    const id = yield* world.send("work")
    yield* world.takes(1)
    yield* world.is("working")
    world.agent.show("garbled")
    return id
  })

/** Two minutes later nothing is known of it. */
const decays = (world: World) => Effect.andThen(TestClock.adjust("115 seconds"), world.is("unknown"))

const phase = ({ describe: look }: World) => Effect.map(look, ({ card }) => card.state)

describe("a session of which nothing is heard and nothing can be read", () => {
  test("is unknown after two minutes, and says since when; until then it is what it was said to be", (world) =>
    Effect.gen(function* () {
      yield* atWork(world)
      yield* TestClock.adjust("110 seconds")
      assert.strictEqual(yield* phase(world), "working")
      const { detail } = yield* world.is("unknown")
      assert.match(detail, /^no signal since 1970-01-02 00:00:0\d UTC, and its screen tells nothing$/u)
    }))

  test("is never idle: it gets nothing typed, and whoever waits for it goes on waiting", (world) =>
    Effect.gen(function* () {
      const work = yield* atWork(world)
      yield* decays(world)
      const next = yield* world.send("next")
      const urgent = yield* world.send("urgent", { mode: "urgent" })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* phase(world), "unknown")
      assert.deepStrictEqual([world.agent.prompts, world.agent.interrupts, world.agent.composer], [["work"], 0, ""])
      assert.deepStrictEqual(yield* world.hops(next), ["accepted"])
      assert.deepStrictEqual(yield* world.hops(urgent), ["accepted"])
      assert.notInclude(yield* world.hops(work), "answered")
    }))

  test("is left by the agent's own word, and by a screen that can be read", (world) =>
    Effect.gen(function* () {
      const work = yield* atWork(world)
      yield* decays(world)
      yield* world.say({ _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "ls" })
      yield* world.is("working")
      yield* decays(world)
      world.agent.show("working")
      yield* world.is("working")
      world.agent.show("garbled")
      yield* decays(world)
      world.agent.show("ready")
      yield* world.is("idle")
      assert.include((yield* world.evidence(work)).at(-1), "idle again")
    }))

  test("is left by the late word of the turn's end", (world) =>
    Effect.gen(function* () {
      const work = yield* atWork(world)
      yield* decays(world)
      yield* world.say({ _tag: "TurnEnded", turn: "t1", answer: "done", background: false })
      yield* world.is("idle")
      yield* world.reaches(work, "answered")
    }))

  test("is unknown from the start when it shows nothing that is known, and answers a start-up question that comes late", (world) =>
    Effect.gen(function* () {
      world.agent.opening = "garbled"
      yield* world.spawn("x")
      yield* decays(world)
      world.agent.show("trust")
      yield* pass(6)
      assert.strictEqual(world.agent.approvals, 1)
      world.agent.show("ready")
      yield* world.is("idle")
    }))

  test("is unknown when it was idle: what it draws may be work", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("x")
      yield* world.is("idle")
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* phase(world), "idle", "an agent at rest draws nothing and is not asked")
      world.agent.show("garbled")
      yield* TestClock.adjust(MINUTE)
      assert.strictEqual(yield* phase(world), "idle")
      yield* decays(world)
    }))

  test("is unknown, too, when its kind is known no more", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("x")
      yield* world.send("work")
      yield* world.takes(1)
      yield* world.is("working")
      yield* world.stop
      yield* world.unplug
      yield* world.boot
      yield* decays(world)
    }))
})

describe("a session that works", () => {
  test("stays so while its screen says it, however silent agent and pane are", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("x")
      yield* world.send("work")
      yield* world.takes(1)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* phase(world), "working")
    }))

  test("stays so while it tells of itself, whatever its screen shows", (world) =>
    Effect.gen(function* () {
      yield* atWork(world)
      for (let round = 0; round < 5; round++) {
        yield* TestClock.adjust("100 seconds")
        yield* world.say({ _tag: "ContextMeasured", used: round, window: 100, percent: round })
      }
      assert.strictEqual(yield* phase(world), "working")
    }))

  test("is not made unknown by a silence that has ended meanwhile", () =>
    Effect.sync(() => {
      const state = { ...emptyState("0000000a"), phase: "working" as const, since: 10, heard: [{ what: "x", at: 30 }] }
      assert.deepStrictEqual(unheard(state, 20, 40), { state, out: [] })
      assert.strictEqual(unheard(state, 30, 40).state.phase, "unknown")
    }))
})

describe("what a silence means", () => {
  it("is nothing to a session that waits for a person, is unknown already, or lives no more", () => {
    const kept = SessionPhase.literals.filter(
      (said) => unheard({ ...emptyState("0000000a"), phase: said }, 5, 9).state.phase === said
    )
    assert.deepStrictEqual(kept, ["waiting-permission", "unknown", "crashed", "stopped"])
  })
})
