/** A day compressed by TestClock: reminders and waits over restarts of the daemon, at whatever moment. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { ref } from "../../src/actors/ActorRef.ts"
import { Agenda } from "../../src/actors/agenda/Agenda.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { MemoryClient } from "../../src/broker/MemoryBroker.ts"
import { makeMessageId, makeReminderId, SessionName } from "../../src/domain/Ids.ts"
import { HOST, human, type Member, moving, type World, withWorld } from "../support/SessionTest.ts"

const MINUTE = 60_000
const DAY = 86_400_000

/** The day's times, Unix ms: `24` is the next midnight. */
const clock = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(":").map(Number)
  return 3 * DAY + (hours * 60 + minutes) * MINUTE
}

/** The lead ends each of its turns within the minute; what it was told is noted with the time, in minutes of the day. */
const diaryOf = (lead: World) => {
  const lines: Array<string> = []
  let read = 0
  const live = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const at = Math.round((now - 3 * DAY) / MINUTE)
    const stamp = `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`
    for (const prompt of lead.agent.prompts.slice(read))
      for (const text of prompt.split("\n\n")) lines.push(`${stamp} ${text.replace(/\n/gu, " ")}`)
    read = lead.agent.prompts.length
    if (lead.agent.mode === "working") lead.agent.finish()
  })
  /** Lets the day go on until then, a minute at a time. */
  const until = Effect.fnUntraced(function* (text: string) {
    for (;;) {
      const now = yield* Clock.currentTimeMillis
      if (now >= clock(text)) return
      yield* TestClock.setTime(Math.min(clock(text), (Math.floor(now / MINUTE) + 1) * MINUTE))
      yield* live
    }
  })
  /** The next minute, in which the daemon is killed so many steps after its first timer fires. */
  const killedIn = Effect.fnUntraced(function* (steps: number) {
    const now = yield* Clock.currentTimeMillis
    const going = yield* Effect.forkChild(TestClock.setTime((Math.floor(now / MINUTE) + 1) * MINUTE), {
      startImmediately: true
    })
    for (let step = 0; step < steps; step++) yield* Effect.yieldNow
    yield* lead.stop
    yield* Fiber.join(going)
    yield* lead.boot
    yield* TestClock.adjust("1 second")
    yield* live
  })
  return { killedIn, lines, until }
}

/** How often all actors together have committed. */
const commits = Effect.gen(function* () {
  const broker = yield* Broker
  const keys = [...(yield* broker.keys("session.")), ...(yield* broker.keys("agenda."))]
  const counts = yield* Effect.forEach(keys, (key) =>
    Effect.map(broker.load(key), (found) =>
      found._tag === "None" ? 0 : (JSON.parse(found.value.value) as { readonly n: number }).n
    )
  )
  return counts.reduce((sum, count) => sum + count, 0)
})

const sender = (member: Pick<Member, "sender">) => member.sender()

const remind = Effect.fnUntraced(function* (of: World, at: string, text: string, every: number | null = null) {
  const owner = { id: of.id, host: HOST, name: SessionName.make("lead"), parentId: null }
  const id = yield* makeReminderId
  const due = clock(at)
  yield* moving(ref(Agenda, HOST, of.id).ask("Remind", { owner, by: sender(of), id, at: due, every, text }))
  return { owner, id }
})
const watch = Effect.fnUntraced(function* (lead: World, target: Member, until: string) {
  const payload = { id: yield* makeMessageId, by: sender(lead), until: clock(until) }
  yield* moving(target.session.ask("Watch", payload))
})

/** What of a note does not depend on chance. */
const plain = (line: string) => line.replace(/ · m[0-9a-z]{15}/u, "").replace(/r[0-9a-z]{7}/u, "ID")

const often = (more = "") => `[sm remind] how do they fare? (every 30m; sm remind --cancel ID ends it${more})`

describe("a day", () => {
  it.effect("of reminders and waits, over restarts", () =>
    withWorld(
      (lead) =>
        Effect.gen(function* () {
          const ann = yield* lead.another
          const ben = yield* lead.another
          yield* TestClock.setTime(clock("7:55"))
          for (const [member, name] of [[lead, "lead"] as const, [ann, "ann"] as const, [ben, "ben"] as const]) {
            yield* member.spawn(name)
            yield* member.is("idle")
          }
          const { killedIn, lines, until } = diaryOf(lead)
          yield* until("8:00")
          yield* remind(lead, "8:05", "stand-up")
          const { id, owner } = yield* remind(lead, "9:00", "how do they fare?", 30 * MINUTE)
          yield* remind(lead, "13:10", "lunch is over")
          yield* remind(lead, "23:59", "never: it is cancelled").pipe(
            Effect.flatMap((late) =>
              moving(ref(Agenda, HOST, lead.id).ask("Cancel", { owner: late.owner, by: human, ids: [late.id] }))
            )
          )
          yield* ann.send("work until eleven")
          yield* ben.send("work until eight in the evening")
          yield* ann.takes(1)
          yield* ben.takes(1)
          yield* watch(lead, ann, "14:00")
          yield* watch(lead, ben, "12:02")

          // The first: while ann's word that she is done is on its way.
          yield* until("11:00")
          ann.agent.finish()
          yield* lead.stop
          yield* lead.boot
          yield* until("12:05")
          yield* watch(lead, ben, "23:00")

          // The second: over three times of the periodic reminder and one of another.
          yield* until("12:40")
          yield* lead.stop
          yield* TestClock.setTime(clock("14:10"))
          yield* lead.boot

          // Then at each half hour a little later: before, amid and after the handling of what is due.
          for (const [nth, hour] of ["14:29", "14:59", "15:29", "15:59", "16:29", "16:59"].entries()) {
            yield* until(hour)
            yield* killedIn(nth)
          }
          yield* until("18:15")
          yield* moving(ref(Agenda, HOST, lead.id).ask("Cancel", { owner, by: sender(lead), ids: [id] }))

          yield* until("20:00")
          yield* moving(ben.session.ask("Kill", { by: human, reason: "killed by human" }))
          yield* until("20:10")

          // The night: one reminder waits, and nobody stirs.
          yield* remind(lead, "30:00", "good morning")
          yield* until("20:30")
          const before = yield* commits
          assert.strictEqual(yield* (yield* MemoryClient).timers, 1)
          yield* TestClock.setTime(clock("29:59"))
          assert.strictEqual(yield* commits, before)
          yield* until("30:05")

          assert.deepStrictEqual(lines.map(plain), [
            "08:05 [sm remind] stand-up",
            ...["09:00", "09:30", "10:00", "10:30", "11:00"].map((at) => `${at} ${often()}`),
            "11:01 [sm wait] ann is now idle (waited 10800s)",
            `11:30 ${often()}`,
            `12:00 ${often()}`,
            "12:02 [sm wait] Timeout: ben still active after 14520s",
            `12:30 ${often()}`,
            `14:11 ${often("; late by 1h10m; for 3 that came due")}`,
            "14:12 [sm remind] lunch is over (late by 1h)",
            ...["14:30", "15:00", "15:30", "16:00", "16:30", "17:00", "17:30", "18:00"].map((at) => `${at} ${often()}`),
            "20:01 [sm wait] ben no longer exists (stopped: killed by human)",
            "30:00 [sm remind] good morning"
          ])
          const ids = lines.map((line) => /m[0-9a-z]{15}/u.exec(line)?.[0])
          assert.strictEqual(new Set(ids).size, lines.length)
        }),
      { lease: DAY }
    )
  )
})
