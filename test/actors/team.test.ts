/** An EM and its children in virtual time: woken while they work, reminded to say how it goes, told once when it is done. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import type { Broker } from "../../src/broker/Broker.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { type Member, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const MINUTE = 60_000
const ORDER = { role: "engineer", task: "ticket 12", soft: 3 * MINUTE, hard: 6 * MINUTE, wake: 4 * MINUTE }
const THRESHOLDS = { warning: 50, critical: 65 }

/** Minutes go by; what follows from them happens. */
const minutes = (count: number) => Effect.andThen(TestClock.adjust(`${count} minutes`), pass(1))

let signals = 0
const signal = (to: Member, what: Signal) =>
  Effect.gen(function* () {
    const at = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    yield* to.session.tell("Signalled", { id: `own-${++signals}`, at, signal: what })
    yield* pass(0.2)
  })

const tool = (detail: string): Signal => ({ _tag: "ToolStarted", turn: "t1", tool: "Bash", detail })

/** Letters that wait, by the beginning of their key. */
const waiting = (member: Member, key: string) =>
  Effect.map(member.describe, ({ queue }) => queue.filter((letter) => letter.key?.startsWith(key)))

interface Team {
  readonly em: World
  readonly child: Member
}

/** An EM and its only child; both idle. */
const team = (title: string, body: (team: Team) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () =>
    withWorld((em) =>
      Effect.gen(function* () {
        const child = yield* em.another
        yield* em.spawn("em-main")
        yield* child.spawn("eng", null, { parentId: em.id })
        yield* em.is("idle")
        yield* child.is("idle")
        yield* body({ em, child })
      })
    )
  )

const enrol = ({ child, em }: Team) =>
  moving(child.session.ask("Enrol", { by: em.sender(), to: em.sender(), every: 4 * MINUTE, ...THRESHOLDS }))

const say = (member: Member, text: string) => moving(member.session.ask("SetStatus", { by: member.sender(), text }))

const complete = (member: Member, note: string | null = null) =>
  moving(member.session.ask("TaskComplete", { by: member.sender(), note }))

describe("a task", () => {
  team("is given by a parent or a person, and the session itself says so", ({ child, em }) =>
    Effect.gen(function* () {
      const stranger = yield* em.another
      yield* stranger.spawn("other")
      const job = (mode: "sequential" | "urgent", from = stranger.sender()) =>
        Effect.flip(child.send("do it", { from, mode, more: { order: ORDER } }))
      for (const mode of ["sequential", "urgent"] as const) {
        const refused = yield* job(mode)
        assert.strictEqual(refused.message, "only the parent of eng (00000002) may dispatch it")
      }
      assert.include((yield* job("urgent", child.sender())).message, "only the parent")
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      assert.strictEqual((yield* child.describe).card.task, "ticket 12")
    })
  )
})

describe("an EM", () => {
  team("is woken by a digest while its child works, and by nothing else", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      yield* child.send("go")
      yield* child.takes(1)
      yield* signal(child, tool("npm test"))
      yield* say(child, "running the tests")
      yield* minutes(3)
      assert.deepStrictEqual(em.agent.prompts, [])
      yield* minutes(1)
      yield* em.takes(1)
      const lines = (em.agent.prompts[0] ?? "").split("\n")
      assert.match(lines[0] ?? "", /^\[sm dispatch · m[0-9a-z]{15}\] Child update: eng \(00000002\)$/u)
      assert.deepStrictEqual(lines.slice(1), [
        "Duration: 4m",
        'Status: "running the tests" (4m ago)',
        "Tools:",
        "  4m ago, still running: Bash npm test"
      ])
      em.agent.finish()
      yield* em.is("idle")

      child.agent.finish()
      yield* child.is("idle")
      yield* minutes(30)
      assert.lengthOf(em.agent.prompts, 1)
    })
  )

  team("is told that there is no progress, once nothing has changed between two digests", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      yield* child.send("go")
      yield* child.takes(1)
      yield* signal(child, tool("npm test"))
      const heads: Array<boolean> = []
      for (let count = 1; count <= 3; count++) {
        yield* minutes(4)
        yield* em.takes(count)
        heads.push((em.agent.prompts[count - 1]?.split("\n")[0] ?? "").endsWith("NO PROGRESS"))
        if (count === 2) yield* say(child, "still at it")
        em.agent.finish()
        yield* em.is("idle")
      }
      assert.deepStrictEqual(heads, [false, true, false])
    })
  )

  team("reads only the newest digest when it was busy itself", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      yield* em.send("plan")
      yield* em.takes(1)
      yield* child.send("go")
      yield* child.takes(1)
      yield* minutes(4)
      yield* minutes(4)
      yield* minutes(4)
      assert.lengthOf(yield* waiting(em, "digest:"), 1)
      em.agent.finish()
      yield* em.takes(2)
      assert.include(em.agent.prompts[1], "Duration: 12m")
    })
  )

  team("is woken at the time also when the daemon was down meanwhile", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      yield* child.send("go")
      yield* child.takes(1)
      for (let count = 0; count < 2; count++) {
        yield* em.stop
        yield* TestClock.adjust("1 minute")
        yield* em.boot
        yield* pass(1)
      }
      assert.deepStrictEqual(em.agent.prompts, [])
      yield* minutes(2)
      yield* em.takes(1)
      assert.include(em.agent.prompts[0], "Duration: 4m")
    })
  )

  team("is told once that a task is complete, with what the child says of it", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      assert.deepStrictEqual(yield* complete(child, "PR 456"), { told: ["em-main"], later: [], again: false })
      assert.deepStrictEqual(yield* complete(child, "PR 456"), { told: [], later: [], again: true })
      yield* em.takes(1)
      assert.match(em.agent.prompts[0] ?? "", /^\[sm · \w+\] eng \(00000002\) completed its task: ticket 12\nPR 456$/u)
      const { card } = yield* child.describe
      assert.deepInclude(card, { role: "engineer", task: null })
      assert.deepInclude(card.completed, { task: "ticket 12", note: "PR 456" })
      yield* minutes(10)
      assert.lengthOf(em.agent.prompts, 1)
    })
  )

  team("hears of a complete task together with the end of the turn that it waits for", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER, notify: { delivery: false, stop: true } } })
      yield* child.takes(1)
      assert.deepStrictEqual(yield* complete(child, "PR 456"), { told: [], later: ["em-main"], again: false })
      yield* minutes(10)
      assert.deepStrictEqual(em.agent.prompts, [])
      child.agent.finish("all done")
      yield* em.takes(1)
      yield* minutes(10)
      assert.lengthOf(em.agent.prompts, 1)
      assert.match(
        em.agent.prompts[0] ?? "",
        /^\[sm · \w+\] eng \(00000002\) completed its task: ticket 12\nPR 456\nIts turn ended:\nall done$/u
      )
      em.agent.finish()
      // The next turn owes nothing of that.
      yield* child.send("more", { from: em.sender(), more: { notify: { delivery: false, stop: true } } })
      yield* child.takes(2)
      child.agent.finish("that too")
      yield* em.takes(2)
      assert.match(em.agent.prompts[1] ?? "", /^\[sm · \w+\] eng \(00000002\) stopped:\nthat too$/u)
    })
  )

  team("marks itself, and nobody else does but a person", ({ child, em }) =>
    Effect.gen(function* () {
      const strange = yield* Effect.flip(moving(em.session.ask("MarkEm", { by: child.sender(), ...THRESHOLDS })))
      assert.strictEqual(strange._tag, "NotAllowed")
      const card = yield* moving(em.session.ask("MarkEm", { by: em.sender(), ...THRESHOLDS }))
      assert.isTrue(card.em)
      const foreign = yield* Effect.flip(
        moving(em.session.ask("Enrol", { by: child.sender(), to: child.sender(), every: 1000, ...THRESHOLDS }))
      )
      assert.strictEqual(foreign.message, "only the parent of em-main (00000001) may enrol it")
    })
  )
})

describe("a dispatched task", () => {
  team("has its agent reminded twice, each in place of the last, and never after its end", ({ child, em }) =>
    Effect.gen(function* () {
      const order = yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      assert.deepInclude((yield* child.describe).card, { role: "engineer", task: "ticket 12" })
      yield* minutes(3)
      const [soft, ...others] = yield* waiting(child, "nudge:")
      assert.deepStrictEqual([soft?.mode, others.length], ["important", 0])
      yield* minutes(3)
      const [hard, ...more] = yield* waiting(child, "nudge:")
      assert.notStrictEqual(hard?.id, soft?.id)
      assert.lengthOf(more, 0)
      assert.strictEqual((yield* em.hops(soft?.id ?? "")).at(-1), "withdrawn")

      child.agent.finish()
      yield* em.reaches(order, "answered")
      yield* em.reaches(hard?.id ?? "", "withdrawn")
      yield* minutes(20)
      assert.lengthOf(child.agent.prompts, 1)
    })
  )

  team("is silent as long as the agent says how it goes", ({ child, em }) =>
    Effect.gen(function* () {
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      for (let count = 0; count < 5; count++) {
        yield* minutes(2)
        yield* say(child, `step ${count}`)
      }
      assert.lengthOf(yield* waiting(child, "nudge:"), 0)
      yield* minutes(3)
      const [asked] = yield* waiting(child, "nudge:")
      yield* say(child, "sorry")
      yield* em.reaches(asked?.id ?? "", "withdrawn")
    })
  )

  team("reminds nobody who compacts or waits for a permission, and begins to count anew", ({ child, em }) =>
    Effect.gen(function* () {
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      yield* minutes(2)
      yield* signal(child, { _tag: "CompactStarted" })
      yield* signal(child, { _tag: "CompactEnded" })
      yield* minutes(2)
      assert.lengthOf(yield* waiting(child, "nudge:"), 0)
      yield* signal(child, { _tag: "CompactStarted" })
      yield* minutes(4)
      yield* signal(child, { _tag: "CompactEnded" })
      yield* minutes(2)
      assert.lengthOf(yield* waiting(child, "nudge:"), 0)
      child.agent.show("dialog")
      yield* child.is("waiting-permission")
      yield* minutes(10)
      assert.lengthOf(yield* waiting(child, "nudge:"), 0)
    })
  )

  team("has a dispatcher that is no EM woken, for its time only", ({ child, em }) =>
    Effect.gen(function* () {
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      yield* minutes(4)
      yield* em.takes(1)
      assert.include(em.agent.prompts[0], "Task: ticket 12")
      em.agent.finish()
      child.agent.finish()
      yield* child.is("idle")
      yield* child.send("something else")
      yield* child.takes(2)
      yield* minutes(20)
      assert.lengthOf(em.agent.prompts, 1)
    })
  )

  team("counts for an agent that does not confirm what it takes, until it is idle", ({ child, em }) =>
    Effect.gen(function* () {
      child.agent.confirms = false
      child.agent.mute = true
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      yield* child.is("working")
      yield* minutes(4)
      assert.lengthOf(yield* waiting(child, "nudge:"), 1)
      yield* em.takes(1)
      em.agent.finish()
      child.agent.show("ready")
      yield* child.is("idle")
      yield* minutes(20)
      assert.lengthOf(yield* waiting(child, "nudge:"), 0)
      assert.deepStrictEqual([child.agent.prompts.length, em.agent.prompts.length], [1, 1])
    })
  )

  team("is over with the context that was cleared", ({ child, em }) =>
    Effect.gen(function* () {
      yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      yield* say(child, "half done")
      const clear = yield* em.letter("", { kind: "clear", mode: "urgent", from: em.sender() })
      yield* moving(child.session.ask("Clear", { by: em.sender(), clear, next: null }))
      yield* child.is("idle")
      yield* minutes(20)
      assert.deepInclude((yield* child.describe).card, { task: null, status: null, completed: null })
      assert.lengthOf(child.agent.prompts, 1)
      assert.lengthOf(em.agent.prompts, 0)
    })
  )

  team("may be set and completed by its agent, its parent or a person, and by nobody else", ({ child, em }) =>
    Effect.gen(function* () {
      const third = yield* em.another
      yield* third.spawn("third")
      const stranger = third.sender()
      const refused = [
        moving(child.session.ask("SetTask", { by: stranger, text: "mine" })),
        moving(child.session.ask("SetStatus", { by: stranger, text: "mine" })),
        moving(child.session.ask("TaskComplete", { by: stranger, note: null })),
        moving(child.session.ask("TurnComplete", { by: stranger }))
      ]
      for (const asked of refused)
        assert.strictEqual((yield* Effect.flip<unknown, { readonly _tag: string }, Broker>(asked))._tag, "NotAllowed")
      const idle = yield* Effect.flip(complete(child))
      assert.strictEqual(idle.message, "eng has no task under way")
      yield* moving(child.session.ask("SetTask", { by: em.sender(), text: "ticket 13" }))
      // The parent knows: it says so itself.
      const told = yield* moving(child.session.ask("TaskComplete", { by: em.sender(), note: null }))
      assert.deepStrictEqual(told, { told: [], later: [], again: false })
    })
  )
})

describe("sm turn-complete", () => {
  team("ends reminders and digests of the turn, and leaves its end to an agent that reports it", ({ child, em }) =>
    Effect.gen(function* () {
      yield* enrol({ child, em })
      const order = yield* child.send("do it", { from: em.sender(), more: { order: ORDER } })
      yield* child.takes(1)
      const { ended } = yield* moving(child.session.ask("TurnComplete", { by: child.sender() }))
      assert.isFalse(ended)
      yield* minutes(20)
      assert.lengthOf(yield* waiting(child, "nudge:"), 0)
      assert.lengthOf(em.agent.prompts, 0)
      assert.strictEqual((yield* em.hops(order)).at(-1), "submitted")
      child.agent.finish()
      yield* em.reaches(order, "answered")
      yield* child.send("more")
      yield* child.takes(2)
      yield* minutes(4)
      yield* em.takes(1)
    })
  )

  team("is the end of a turn for an agent that reports none", ({ child, em }) =>
    Effect.gen(function* () {
      child.agent.turns = false
      const asked = yield* child.send("do it", { from: em.sender(), more: { notify: { delivery: false, stop: true } } })
      yield* child.takes(1)
      child.agent.show("ready")
      const { ended } = yield* moving(child.session.ask("TurnComplete", { by: child.sender() }))
      assert.isTrue(ended)
      yield* em.reaches(asked, "answered")
      yield* em.takes(1)
      assert.include(em.agent.prompts[0], "the agent said that its turn is over")
      const again = yield* Effect.flip(moving(child.session.ask("TurnComplete", { by: child.sender() })))
      assert.strictEqual(again.message, "eng has no turn under way (idle)")
    })
  )
})
