import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { ref } from "../../src/actors/ActorRef.ts"
import { Agenda } from "../../src/actors/agenda/Agenda.ts"
import { ring } from "../../src/actors/agenda/Ringing.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { ReminderId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { MAX_REMINDERS, type Reminder, YEAR_MS } from "../../src/domain/Reminder.ts"
import { span } from "../../src/domain/Span.ts"
import { HOST, human, moving, type World, withWorld } from "../support/SessionTest.ts"

const MINUTE = 60_000
const id = (nth: number) => ReminderId.make(`r${String(nth).padStart(7, "0")}`)
const me = SessionId.make("00000001")
const parent: Sender = { kind: "session", id: SessionId.make("0000000a"), host: HOST, name: "lead" }
const self: Sender = { kind: "session", id: me, host: HOST, name: "x" }
const stranger: Sender = { kind: "session", id: SessionId.make("0000000b"), host: HOST, name: "bob" }
const owner = { id: me, host: HOST, name: SessionName.make("x"), parentId: SessionId.make("0000000a") }
const agenda = ref(Agenda, HOST, me)

describe("a length of time", () => {
  it("is told in its two largest units", () => {
    const table: ReadonlyArray<readonly [number, string]> = [
      [0, "0s"],
      [-5000, "0s"],
      [400, "0s"],
      [45_000, "45s"],
      [60_000, "1m"],
      [125_000, "2m5s"],
      [3_600_000, "1h"],
      [3_630_000, "1h"],
      [5_400_000, "1h30m"],
      [90_000_000, "1d1h"],
      [86_400_000 * 400, "400d"]
    ]
    for (const [ms, words] of table) assert.strictEqual(span(ms), words, String(ms))
  })
})

describe("a reminder that is due", () => {
  const once: Reminder = { id: id(1), due: 1_000_000_000, every: null, text: "look", by: self, made: 0 }
  const often: Reminder = { ...once, every: 10 * MINUTE }
  const table: ReadonlyArray<readonly [string, Reminder, number, string, number | null]> = [
    ["in time", once, 0, "[sm remind] look", null],
    ["a breath late", once, 9000, "[sm remind] look", null],
    ["late", once, 12 * MINUTE, "[sm remind] look\n(late by 12m)", null],
    ["set by a person", { ...once, by: human }, 0, "[sm remind] look\n(set by a person)", null],
    ["set by the parent", { ...once, by: parent }, 0, "[sm remind] look\n(set by lead (0000000a))", null],
    ["again", often, 0, "[sm remind] look\n(every 10m; sm remind --cancel r0000001 ends it)", 10],
    [
      "again, late by less than a period",
      often,
      9 * MINUTE,
      "[sm remind] look\n(every 10m; sm remind --cancel r0000001 ends it; late by 9m)",
      10
    ],
    [
      "again, late by periods",
      often,
      25 * MINUTE,
      "[sm remind] look\n(every 10m; sm remind --cancel r0000001 ends it; late by 25m; for 3 that came due)",
      30
    ]
  ]
  for (const [title, reminder, late, text, again] of table) {
    it(`${title}: says so, and comes again in its own rhythm`, () => {
      const rung = ring(me, reminder, reminder.due + late)
      assert.strictEqual(rung.text, text)
      assert.strictEqual(rung.next?.due ?? null, again === null ? null : reminder.due + again * MINUTE)
      assert.strictEqual(rung.letter.mode, "important")
    })
  }

  it("is the same letter whenever it is told, and another for another time", () => {
    const idAt = (reminder: Reminder, late: number) => ring(me, reminder, reminder.due + late).letter.id
    assert.strictEqual(idAt(often, 0), idAt(often, 3 * MINUTE))
    assert.notStrictEqual(idAt(often, 0), idAt({ ...often, due: often.due + 1 }, 0))
    assert.notStrictEqual(idAt(often, 0), idAt({ ...often, id: id(2) }, 0))
  })
})

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

/** Minutes from now. */
const remind = (nth: number, minutes: number, more: { by?: Sender; every?: number; text?: string } = {}) =>
  Effect.gen(function* () {
    const now = yield* TestClock.testClockWith((clock) => clock.currentTimeMillis)
    const { by = self, every, text = `text ${nth}` } = more
    const payload = { owner, by, id: id(nth), at: now + minutes * MINUTE, text }
    return yield* moving(agenda.ask("Remind", { ...payload, every: every === undefined ? null : every * MINUTE }))
  })
const list = Effect.map(moving(agenda.ask("List", {})), (found) => found.map((reminder) => reminder.id))
const cancel = (ids: ReadonlyArray<ReminderId> | null, by: Sender = self) =>
  moving(agenda.ask("Cancel", { owner, by, ids }))
const refusal = <A, R>(effect: Effect.Effect<A, { readonly _tag: string; readonly message: string }, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag, message }) => [_tag, message])

describe("an agenda", () => {
  test("keeps a reminder once however often it is set, lists the soonest first, and drops what is cancelled", () =>
    Effect.gen(function* () {
      yield* remind(1, 30)
      yield* remind(2, 10)
      yield* remind(3, 20)
      yield* remind(2, 90)
      assert.deepStrictEqual(yield* list, [id(2), id(3), id(1)])
      assert.deepStrictEqual(
        (yield* cancel([id(3)])).map(({ text }) => text),
        ["text 3"]
      )
      assert.deepStrictEqual(yield* refusal(cancel([id(3)])), ["NotNow", "x has no reminder r0000003 any more"])
      assert.deepStrictEqual(yield* refusal(cancel([id(9), id(1)])), ["NotNow", "x has no reminder r0000009"])
      // A retry that comes when it is over sets nothing.
      yield* remind(3, 5)
      assert.deepStrictEqual(yield* list, [id(2), id(1)])
      assert.lengthOf(yield* cancel(null), 2)
      assert.deepStrictEqual(yield* list, [])
    }))

  test("is the session's, its parent's and a person's to change", () =>
    Effect.gen(function* () {
      const words = "only x (00000001) itself and its parent may change what it is reminded of"
      assert.deepStrictEqual(yield* refusal(remind(1, 5, { by: stranger })), ["NotAllowed", words])
      for (const [index, by] of [self, parent, human].entries()) yield* remind(index, 5, { by })
      assert.deepStrictEqual(yield* refusal(cancel(null, stranger)), ["NotAllowed", words])
      assert.lengthOf(yield* cancel(null, parent), 3)
    }))

  test("refuses what is past, more than a year ahead, too frequent or too much", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refusal(remind(1, -5)), ["NotNow", "that time was 5m ago"])
      const year = "a reminder may be at most a year ahead"
      assert.deepStrictEqual(yield* refusal(remind(1, YEAR_MS / MINUTE + 1)), ["NotNow", year])
      assert.deepStrictEqual(yield* refusal(remind(1, 5, { every: YEAR_MS / MINUTE + 1 })), ["NotNow", year])
      assert.deepStrictEqual(yield* refusal(remind(1, 5, { every: 0.9 })), [
        "NotNow",
        "a reminder may come once a minute at most"
      ])
      for (let nth = 0; nth < MAX_REMINDERS; nth++) yield* remind(nth, 60 + nth)
      assert.deepStrictEqual(yield* refusal(remind(999, 5)), [
        "NotNow",
        "x has 200 reminders already, which is the most"
      ])
    }))

  test("tells its session when one is due, also what came due while it was down, and nothing twice", ({
    agent,
    boot,
    is,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* remind(1, 5, { text: "tea" })
      yield* remind(2, 10, { text: "bread", by: human })
      yield* TestClock.adjust("5 minutes")
      yield* takes(1)
      agent.finish()
      yield* is("idle")
      yield* stop
      yield* TestClock.adjust("20 minutes")
      yield* boot
      yield* takes(2)
      agent.finish()
      yield* is("idle")
      yield* stop
      yield* boot
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(
        agent.prompts.map((prompt) => prompt.replace(/ · m[0-9a-z]{15}/u, "")),
        ["[sm remind] tea", "[sm remind] bread\n(set by a person; late by 15m)"]
      )
      assert.deepStrictEqual(yield* list, [])
    }))

  test("keeps its reminders when the session is cleared, and none when it is killed, until it is restored", ({
    agent,
    is,
    letter,
    session,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* remind(1, 5)
      const clear = yield* letter("/clear", { kind: "clear", mode: "urgent" })
      yield* moving(session.ask("Clear", { by: human, clear, next: null }))
      yield* TestClock.adjust("5 minutes")
      yield* takes(1)
      agent.finish()
      yield* is("idle")

      yield* remind(2, 5)
      yield* remind(3, 5, { every: 10 })
      yield* moving(session.ask("Kill", { by: human, reason: "test" }))
      assert.deepStrictEqual(yield* list, [])
      assert.deepStrictEqual(yield* refusal(remind(4, 5)), ["NotNow", "x (00000001) is stopped"])
      yield* moving(session.ask("Restore", { by: human }))
      yield* is("idle")
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(agent.prompts, 1)
      yield* remind(5, 5)
      yield* TestClock.adjust("5 minutes")
      yield* takes(2)
      assert.include(agent.prompts[1], "text 5")
    }))

  test("lets only the newest of a periodic one wait for a busy session", ({
    agent,
    describe: card,
    is,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* send("long work")
      yield* takes(1)
      yield* remind(1, 10, { every: 10 })
      yield* TestClock.adjust("65 minutes")
      assert.deepStrictEqual((yield* card).card.queued, 1)
      agent.finish()
      yield* takes(2)
      yield* TestClock.adjust("1 second")
      assert.lengthOf(agent.prompts, 2)
    }))
})
