import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { moved, silent } from "../../src/actors/session/Handling.ts"
import { stay } from "../../src/actors/session/Move.ts"
import type { State } from "../../src/actors/session/State.ts"
import { MemoryClient } from "../../src/broker/MemoryBroker.ts"
import { makeMessageId, MessageId, SessionId } from "../../src/domain/Ids.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { HOST, human, type Member, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

/** Two idle sessions: ann, who waits, and ben. */
const test = (title: string, body: (ann: World, ben: Member) => ReturnType<Parameters<typeof withWorld>[0]>) =>
  it.effect(title, () =>
    withWorld((ann) =>
      Effect.gen(function* () {
        const ben = yield* ann.another
        yield* ann.spawn("ann")
        yield* ben.spawn("ben")
        yield* ann.is("idle")
        yield* ben.is("idle")
        yield* body(ann, ben)
      })
    )
  )

/** Seconds. */
const watch = (ann: World, ben: Member, timeout: number, again?: MessageId) =>
  Effect.gen(function* () {
    const id = again ?? (yield* makeMessageId)
    const now = yield* TestClock.testClockWith((clock) => clock.currentTimeMillis)
    const payload = { id, by: ann.sender(), until: now + timeout * 1000 }
    return { id, ...(yield* moving(ben.session.ask("Watch", payload))) }
  })

/** All that ann was told, without ids; she is done with each at once. */
const told = (ann: World) =>
  Effect.gen(function* () {
    for (let round = 0; round < 3; round++) {
      yield* pass(2)
      if (ann.agent.mode === "working") ann.agent.finish()
    }
    return ann.agent.prompts.flatMap((prompt) =>
      prompt
        .split("\n\n")
        .map((text) => text.replace(/ · m[0-9a-z]{15}/u, "").replace(/\d+s\)?$/u, (s) => `N${s.at(-1)}`))
    )
  })

const IDLE = "[sm wait] ben is now idle (waited N)"
const TIMEOUT = "[sm wait] Timeout: ben still active after Ns"

describe("a wait for a session", () => {
  test("that is idle is over at once, and asked again with the same id it is told no second time", (ann, ben) =>
    Effect.gen(function* () {
      const { id, told: done } = yield* watch(ann, ben, 600)
      assert.isTrue(done)
      yield* watch(ann, ben, 600, id)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* told(ann), [IDLE])
    }))

  test("ends when everything that waited for it is done, however long that takes", (ann, ben) =>
    Effect.gen(function* () {
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* ben.send("two")
      assert.isFalse((yield* watch(ann, ben, 600)).told)
      yield* TestClock.adjust("1 minute")
      ben.agent.finish()
      yield* ben.takes(2)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(ann.agent.prompts, [])
      ben.agent.finish()
      yield* ann.takes(1)
      assert.match(ann.agent.prompts[0] ?? "", /^\[sm wait · m[0-9a-z]{15}\] ben is now idle \(waited 12\ds\)$/u)
      // Only the vigil's: ben is idle after a turn.
      assert.strictEqual(yield* (yield* MemoryClient).timers, 1)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* told(ann), [IDLE])
    }))

  test("does not take for idle what has just been typed", (ann, ben) =>
    Effect.gen(function* () {
      // It takes the words and says nothing of it for a while.
      ben.agent.mute = true
      yield* ben.send("one")
      yield* ben.takes(1)
      assert.strictEqual((yield* ben.describe).card.typed, 1)
      assert.isFalse((yield* watch(ann, ben, 600)).told)
    }))

  test("ends with the time that was given, and says no more when the session is idle at last", (ann, ben) =>
    Effect.gen(function* () {
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* watch(ann, ben, 90)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* told(ann), [TIMEOUT])
      ben.agent.finish()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* told(ann), [TIMEOUT])
    }))

  test("is told what a dialog asks when the time is up", (ann, ben) =>
    Effect.gen(function* () {
      ben.agent.show("dialog")
      yield* ben.is("waiting-permission")
      yield* watch(ann, ben, 90)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* told(ann), [
        "[sm wait] Timeout: ben still active after 90s (waiting-permission: May I?)"
      ])
    }))

  test("ends when it is killed, and at once when it was", (ann, ben) =>
    Effect.gen(function* () {
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* watch(ann, ben, 600)
      yield* moving(ben.session.ask("Kill", { by: human, reason: "killed by human" }))
      const gone = "[sm wait] ben no longer exists (stopped: killed by human)"
      assert.deepStrictEqual(yield* told(ann), [gone])
      assert.isTrue((yield* watch(ann, ben, 600)).told)
      assert.deepStrictEqual(yield* told(ann), [gone, gone])
    }))

  test("ends when its agent ends by itself", (ann, ben) =>
    Effect.gen(function* () {
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* watch(ann, ben, 600)
      ben.agent.exit(3)
      yield* ben.is("crashed")
      const [line, ...rest] = yield* told(ann)
      assert.include(line, "[sm wait] ben no longer exists (crashed: ")
      assert.deepStrictEqual(rest, [])
    }))

  test("takes the place of an earlier one of the same session, and not of another's", (ann, ben) =>
    Effect.gen(function* () {
      const cat = yield* ann.another
      yield* cat.spawn("cat")
      yield* cat.is("idle")
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* watch(ann, ben, 60)
      yield* watch(ann, ben, 6000)
      const id = yield* makeMessageId
      yield* moving(ben.session.ask("Watch", { id, by: cat.sender(), until: Number.MAX_SAFE_INTEGER }))
      // Each wait's, and the vigil's over ben's turn.
      assert.strictEqual(yield* (yield* MemoryClient).timers, 3)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* told(ann), [])
      ben.agent.finish()
      yield* cat.takes(1)
      assert.deepStrictEqual(yield* told(ann), [IDLE])
      assert.lengthOf(cat.agent.prompts, 1)
    }))

  test("ends in one word also when the host is down at that time", (ann, ben) =>
    Effect.gen(function* () {
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* watch(ann, ben, 90)
      yield* ann.stop
      yield* TestClock.adjust("5 minutes")
      yield* ann.boot
      yield* ann.takes(1)
      assert.match(ann.agent.prompts[0] ?? "", /Timeout: ben still active after 30\ds$/u)
      yield* told(ann)
      yield* watch(ann, ben, 6000)
      yield* ann.stop
      // The word of the end waits in the mailbox.
      ben.agent.finish()
      yield* TestClock.adjust("5 minutes")
      yield* ann.boot
      yield* ann.takes(2)
      yield* ann.stop
      yield* ann.boot
      yield* TestClock.adjust("3 hours")
      assert.deepStrictEqual(yield* told(ann), [TIMEOUT, IDLE])
    }))

  test("can be given up, and nobody waits for itself", (ann, ben) =>
    Effect.gen(function* () {
      yield* ben.send("one")
      yield* ben.takes(1)
      yield* watch(ann, ben, 600)
      yield* moving(ben.session.ask("Unwatch", { by: ann.sender() }))
      const again = yield* Effect.flip(moving(ben.session.ask("Unwatch", { by: ann.sender() })))
      assert.strictEqual(again.message, "you do not wait for ben")
      ben.agent.finish()
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* told(ann), [])
      const self = yield* Effect.flip(watch(ann, ann, 60))
      assert.strictEqual(self.message, "a session cannot wait for itself: while it waits it is not idle")
    }))

  it("ends with the last letter that runs out of time before it is typed", () => {
    const at = 1_000_000
    const caller: Sender = { kind: "session", id: SessionId.make("0000000a"), host: HOST, name: "ann" }
    const letter: Letter = {
      id: MessageId.make("m000000000000001"),
      from: human,
      mode: "sequential",
      kind: "message",
      at: 0,
      expiresAt: at,
      bytes: 1,
      tries: 0
    }
    const idle: State = {
      ...emptyState("00000001"),
      name: "ben",
      host: HOST,
      phase: "idle",
      pane: { id: "%1", server: "s", pid: 1 },
      queue: [letter],
      watchers: [{ id: MessageId.make("m000000000000002"), by: caller, since: 0, until: at * 2 }]
    }
    const mail = { key: idle.id, id: "", tag: "Tick", now: at, activation: "a" }
    assert.deepStrictEqual(moved(idle, stay(idle), { ...mail, now: at - 1 }, silent).state.watchers, idle.watchers)
    const { out = [], state } = moved(idle, stay(idle), mail, silent)
    assert.deepStrictEqual(state.watchers, [])
    assert.lengthOf(
      out.filter((promise) => promise._tag === "Tell" && promise.to.key === caller.id),
      1
    )
  })
})
