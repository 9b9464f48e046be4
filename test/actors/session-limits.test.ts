import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Option, Schema } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Desk } from "../../src/actors/desk/Desk.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { limitedBy, limitOver, succeeded } from "../../src/actors/session/Limits.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import { eventually, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const decode = Schema.decodeSync(Schema.fromJsonString(EventRecord))
const facts = ({ broker, id }: World) =>
  Effect.map(broker.facts("session", id), (all) =>
    all.map(({ body }) => decode(body).event).filter(({ _tag }) => /Limit/u.test(_tag))
  )
const seconds = (count: number) => Effect.map(Clock.currentTimeMillis, (now) => now + count * 1000)

/** The agent works on a message and meets a limit. */
const meets = (world: World, resetsAt: number | null) =>
  Effect.gen(function* () {
    const { agent, reaches, say, send, takes } = world
    const count = agent.prompts.length + 1
    const work = yield* send(`work ${count}`)
    yield* takes(count)
    yield* world.is("working")
    yield* say({ _tag: "Limited", turn: `t${count}`, reason: "You've hit your session limit", resetsAt })
    agent.show("ready")
    yield* say({ _tag: "TurnFailed", turn: `t${count}`, reason: "You've hit your session limit" })
    yield* reaches(work, "answered")
    return work
  })

describe("a usage limit", () => {
  test("parks the agent until it resets, over a restart of the host; its mail waits, and it is no crash", (world) =>
    Effect.gen(function* () {
      const { agent, boot, describe: look, evidence, reaches, send, spawn, stop, takes } = world
      yield* spawn("x")
      const resetsAt = yield* seconds(40)
      const work = yield* meets(world, resetsAt)
      assert.strictEqual((yield* evidence(work)).at(-1), "turn failed: You've hit your session limit")
      const waits = yield* send("waits")
      const { card } = yield* look
      assert.deepInclude(card, {
        state: "idle",
        queued: 1,
        limited: { until: resetsAt, reason: "You've hit your session limit" }
      })
      yield* pass(20)
      yield* stop
      yield* boot
      yield* pass(10)
      assert.deepStrictEqual(agent.prompts, ["work 1"], "nothing is sent meanwhile")
      yield* takes(2)
      assert.isAtLeast(yield* Clock.currentTimeMillis, resetsAt)
      assert.deepStrictEqual(agent.prompts, ["work 1", "waits"], "and nothing of its own when it is over")
      agent.finish()
      yield* reaches(waits, "answered")
      assert.isNull((yield* look).card.limited)
      const reason = "You've hit your session limit"
      assert.deepStrictEqual(yield* facts(world), [
        { _tag: "UsageLimited", id: world.id, reason, until: resetsAt },
        { _tag: "LimitLifted", id: world.id }
      ])
    }))

  test("is news for the person, once", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("x")
      yield* meets(world, yield* seconds(7260))
      yield* world.say({ _tag: "Limited", turn: "t1", reason: "again", resetsAt: null })
      const items = yield* moving(ref(Desk, SWARM, "human").ask("Describe", {}))
      const texts = yield* Effect.forEach(items, ({ id }) => world.broker.getText(id))
      assert.deepStrictEqual(texts.map(Option.getOrNull), [
        "x (00000001) met a usage limit: You've hit your session limit. Its turn is over and its messages wait; it resets in 2h1m."
      ])
    }))

  test("is news once, however often a try meets it again at once", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("x")
      for (let tries = 0; tries < 4; tries++) {
        yield* meets(world, yield* seconds(11))
        yield* pass(12)
      }
      const items = yield* moving(ref(Desk, SWARM, "human").ask("Describe", {}))
      assert.strictEqual(items.length, 1)
    }))

  test("is taken from what the agent's own files say of the turn that it ended, and of no other", (world) =>
    Effect.gen(function* () {
      const { agent, describe: look, evidence, is, reaches, send, session, spawn, takes } = world
      const limited = { reason: "usage limit reached", resetsAt: yield* seconds(36_000) }
      const idle = { activity: "idle", detail: "turn failed: usage limit reached", limited } as const
      yield* spawn("x")
      yield* is("idle")
      const work = yield* send("work")
      yield* takes(1)
      yield* is("working")
      agent.mode = "ready"
      agent.draw()
      yield* session.tell("Observed", idle)
      yield* reaches(work, "answered")
      assert.strictEqual((yield* evidence(work)).at(-1), "turn failed: usage limit reached")
      assert.deepStrictEqual((yield* look).card.limited, { until: limited.resetsAt, reason: limited.reason })
      yield* send("tried anyhow", { mode: "urgent" })
      yield* takes(2)
      agent.finish()
      yield* is("idle")
      yield* session.tell("Observed", idle)
      yield* pass(1)
      assert.isNull((yield* look).card.limited)
    }))

  test("gives way to a person's urgent message at once", (world) =>
    Effect.gen(function* () {
      const { agent, send, spawn, takes } = world
      yield* spawn("x")
      yield* meets(world, yield* seconds(36_000))
      yield* send("I bought more", { mode: "urgent" })
      yield* takes(2)
      assert.strictEqual(agent.prompts[1], "I bought more")
    }))

  test("does not hold up a clear, only what comes after it", (world) =>
    Effect.gen(function* () {
      const { agent, is, session, spawn } = world
      yield* spawn("x")
      yield* meets(world, yield* seconds(36_000))
      const by = { kind: "session", id: world.id, name: "x" } as const
      yield* moving(session.ask("Handoff", { by, file: "/w/h.md" }))
      yield* eventually(
        "it is cleared",
        Effect.map(is("idle"), ({ epoch, limited, queued }) =>
          epoch === 1 && limited !== null && queued === 1 ? true : undefined
        )
      )
      yield* pass(5)
      assert.lengthOf(agent.prompts, 1)
    }))

  it("of unknown end is tried again after half a minute, then twice as long, up to 30 minutes, and told once", () => {
    let state = { ...emptyState("00000001"), phase: "working" as const }
    let told = 0
    const waits: Array<number> = []
    for (let now = 0; waits.length < 9; now += 3_600_000) {
      const move = limitedBy(state, { turn: `t${now}`, reason: "overloaded", resetsAt: null }, now)
      for (const out of move.out) {
        if (out._tag === "Timer") waits.push((out.at - now) / 60_000)
        if (out._tag === "Publish") told++
      }
      assert.deepStrictEqual(move.state.limited?.until, null)
      state = { ...state, ...limitOver(move.state, now + 1_800_000).state, phase: "working" }
    }
    assert.deepStrictEqual([waits, told], [[0.5, 1, 2, 4, 8, 16, 30, 30, 30], 1])
    const after = succeeded(state, "t-other").state
    assert.strictEqual(after.limits, 0, "a turn that ends well begins anew")
  })

  it("is not lifted by the end of the turn that met it, but by another's", () => {
    const { state } = limitedBy(emptyState("00000001"), { turn: "t", reason: "r", resetsAt: 1000 }, 0)
    assert.isNotNull(succeeded(state, "t").state.limited)
    assert.isNull(succeeded(state, "u").state.limited)
    const again = limitedBy(state, { turn: "t", reason: "r", resetsAt: 1000 }, 0)
    assert.deepStrictEqual(again, { state, out: [] }, "said twice")
    assert.strictEqual(limitOver(state, 999).state, state, "a timer of an earlier word comes too early")
    assert.isNull(limitOver(state, 1000).state.limited)
  })
})
