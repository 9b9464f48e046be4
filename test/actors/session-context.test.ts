import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { contextWatch } from "../../src/actors/session/ContextWatch.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import type { State } from "../../src/actors/session/State.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { eventually, human, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const gauge = { warning: 50, critical: 65 }
const measure = (percent: number) =>
  ({ _tag: "ContextMeasured", used: percent * 1000, window: 100_000, percent }) as const
const self = (id: SessionId): Sender => ({ kind: "session", id, name: "x" })
const stranger: Sender = { kind: "session", id: SessionId.make("0000000f"), name: "stranger" }

const prompted = (world: World, words: string) =>
  eventually(
    words,
    Effect.sync(() => world.agent.prompts.find((prompt) => prompt.includes(words)))
  )

describe("a watched context", () => {
  test("is told at each threshold once, and again after a compaction", (world) =>
    Effect.gen(function* () {
      const { agent, describe: look, is, say, session, spawn } = world
      yield* spawn("x")
      yield* is("idle")
      yield* moving(session.ask("Monitor", { by: human, gauge }))
      assert.deepStrictEqual((yield* look).card.monitor, { ...gauge, notify: null })
      yield* say(measure(49))
      yield* pass(5)
      assert.lengthOf(agent.prompts, 0)
      yield* say(measure(52))
      const warning = yield* prompted(world, "Context at 52% (52,000 tokens)")
      assert.match(warning, /^\[sm context · m\w{15}\] .*Consider writing a handoff doc and running sm handoff/u)
      agent.finish()
      yield* say(measure(58))
      yield* pass(5)
      assert.lengthOf(agent.prompts, 1)
      yield* say(measure(66))
      assert.include(yield* prompted(world, "66%"), "critically high. Write your handoff doc NOW")
      agent.finish()
      yield* say(measure(70))
      yield* pass(5)
      assert.lengthOf(agent.prompts, 2)
      yield* say({ _tag: "CompactStarted" })
      yield* is("compacting")
      yield* say(measure(71))
      yield* say({ _tag: "CompactEnded" })
      // The old figures come once more.
      yield* say(measure(71))
      yield* pass(5)
      assert.lengthOf(agent.prompts, 2)
      yield* say(measure(20))
      yield* say(measure(55))
      yield* prompted(world, "55%")
    }))

  test("is not told of to a cleared one: what waits is withdrawn, and a new cycle begins", (world) =>
    Effect.gen(function* () {
      const { agent, clear, is, say, send, session, spawn, takes } = world
      yield* spawn("x")
      yield* is("idle")
      yield* moving(session.ask("Monitor", { by: human, gauge }))
      yield* send("work")
      yield* takes(1)
      yield* is("working")
      yield* say(measure(52))
      yield* say(measure(66))
      const { queue } = yield* moving(session.ask("Describe", {}))
      assert.deepStrictEqual(
        queue.map(({ epoch, mode }) => [epoch, mode]),
        [[0, "important"]],
        "the newer warning took the older one's place"
      )
      yield* clear("fresh")
      yield* takes(2)
      assert.deepStrictEqual(agent.prompts, ["work", "fresh"])
      agent.finish()
      yield* say(measure(51))
      yield* prompted(world, "51%")
    }))

  test("may be switched by itself, its parent or a person, and by nobody else", ({ describe: look, id, ...world }) =>
    Effect.gen(function* () {
      const { is, session, spawn } = world
      yield* spawn("x")
      yield* is("idle")
      yield* moving(session.ask("Monitor", { by: self(id), gauge }))
      assert.isNotNull((yield* look).card.monitor)
      const refused = yield* Effect.flip(moving(session.ask("Monitor", { by: stranger, gauge: null })))
      assert.strictEqual(refused._tag, "NotAllowed")
      yield* moving(session.ask("Monitor", { by: human, gauge: null }))
      assert.isNull((yield* look).card.monitor)
    }))
})

describe("a child's context and limits", () => {
  test("are told to its parent as they befall it", ({ agent: em, another, id, is, spawn }) =>
    Effect.gen(function* () {
      const child = yield* another
      yield* spawn("em")
      yield* is("idle")
      yield* child.spawn("worker", null, { parentId: id })
      yield* child.is("idle")
      const told = (words: string, count: number) =>
        eventually(
          words,
          Effect.sync(() => em.prompts.length === count && em.prompts.at(-1)?.includes(words)).pipe(
            Effect.map((found) => (found === true ? true : undefined))
          )
        )
      yield* moving(child.session.ask("Monitor", { by: { kind: "session", id, name: "em" }, gauge }))
      yield* child.say(measure(52))
      yield* told("worker (00000002) is at 52% (52,000 tokens) of its context.", 1)
      em.finish()
      yield* child.say({ _tag: "CompactStarted" })
      yield* told("Compaction fired for worker (00000002)", 2)
      em.finish()
      yield* child.say({ _tag: "CompactEnded" })
      yield* child.say({ _tag: "Limited", turn: "t", reason: "no credit", resetsAt: null })
      yield* told(
        "worker (00000002) met a usage limit: no credit. Its turn is over and its messages wait; it is tried again in 30s.",
        3
      )
    }))
})

describe("who is told of a context", () => {
  const em: Sender = { kind: "session", id: SessionId.make("000000e1"), name: "em" }
  const parent = SessionId.make("000000f1")
  const base: State = {
    ...emptyState("00000001"),
    name: "worker",
    phase: "working",
    spec: {
      provider: "scripted",
      workingDir: "/",
      parentId: parent,
      model: null,
      effort: null,
      permissionMode: null,
      args: [],
      env: {}
    }
  }
  const full = { used: 66_000, window: 100_000, percent: 66 }
  const receivers = (before: State, after: State) => {
    const { out } = contextWatch(before, after, 1000)
    const texts = out.flatMap((one) => (one._tag === "Text" ? [one.text] : []))
    return out
      .filter((one) => one._tag === "Tell")
      .map((one, index) => [one._tag === "Tell" ? one.to.key : "", texts[index]])
  }
  const watched = (notify: Sender | null) => ({ ...gauge, notify, warned: "none" as const })

  it("a warning goes to the agent, its EM and who switched it on, each once, the others without the instruction", () => {
    const before = { ...base, gauge: watched(em), enrolled: { by: em, every: 1, task: false, work: null } }
    assert.deepStrictEqual(receivers(before, { ...before, context: full }), [
      [
        "00000001",
        "[sm context] Context at 66% (66,000 tokens) is critically high. Write your handoff doc NOW and run sm handoff <file>. Compaction is imminent."
      ],
      ["000000e1", "[sm context] worker (00000001) is at 66% (66,000 tokens) of its context, critically high."]
    ])
    const alone = { ...base, gauge: watched(null) }
    assert.deepStrictEqual(
      receivers(alone, { ...alone, context: full }).map(([to]) => to),
      ["00000001"]
    )
    assert.deepStrictEqual(receivers(base, { ...base, context: full }), [], "nobody asked")
  })

  it("a compaction goes to the EM, or else to the parent, asked for or not, and not to the agent", () => {
    const compacting = (state: State) =>
      receivers(state, { ...state, phase: "compacting" }).map(([to, text]) => [to, text?.slice(0, 51)])
    const words = "[sm context] Compaction fired for worker (00000001)"
    assert.deepStrictEqual(compacting(base), [["000000f1", words]])
    assert.deepStrictEqual(compacting({ ...base, enrolled: { by: em, every: 1, task: false, work: null } }), [
      ["000000e1", words]
    ])
    assert.deepStrictEqual(receivers({ ...base, phase: "compacting" }, { ...base, phase: "compacting" }), [])
  })
})
