/** Reminders and waits as they are asked for: whose they are, who may, and what cannot be read. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Schema } from "effect"
import * as Directory from "../../src/broker/Directory.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import { MAX_REMINDER_BYTES, YEAR_MS } from "../../src/domain/Reminder.ts"
import { verbs } from "../../src/gateway/Api.ts"
import type { Caller } from "../../src/gateway/Caller.ts"
import * as Time from "../../src/gateway/TimeVerbs.ts"
import { human as person, type Member, moving, type World, withWorld } from "../support/SessionTest.ts"

const human: Caller = { name: "human", card: undefined }

/** As the gateway runs a verb; a refusal is its sentence. */
const asked = <A, R>(verb: Effect.Effect<A, { readonly message: string }, R>) =>
  moving(verb).pipe(
    Effect.catch(({ message }) => Effect.succeed(message)),
    Effect.provide(Directory.layer)
  )

/** A lead with a child, both idle, and callers for both. */
const test = (
  title: string,
  body: (lead: World, child: Member, as: { lead: Caller; child: Caller }) => ReturnType<Parameters<typeof withWorld>[0]>
) =>
  it.effect(title, () =>
    withWorld((lead) =>
      Effect.gen(function* () {
        const child = yield* lead.another
        yield* lead.spawn("lead")
        yield* child.spawn("child", null, { parentId: SessionId.make(lead.id) })
        const callers = {
          lead: { name: lead.id, card: yield* lead.is("idle") },
          child: { name: child.id, card: yield* child.is("idle") }
        }
        yield* body(lead, child, callers)
      })
    )
  )

describe("a reminder", () => {
  test("is the caller's own, or its child's", (lead, child, as) =>
    Effect.gen(function* () {
      const at = (yield* Clock.currentTimeMillis) + 60_000
      const mine = yield* asked(Time.remind({ at, text: "x" }, as.child))
      assert.strictEqual(typeof mine === "string" ? mine : mine.session.id, child.id)
      assert.strictEqual(
        yield* asked(Time.remind({ at, text: "x", session: "parent" }, as.child)),
        `only lead (${lead.id}) itself and its parent may change what it is reminded of`
      )
      yield* asked(Time.remind({ at: at - 1000, text: "y", session: "child", every: 60_000 }, as.lead))
      const all = yield* asked(Time.reminders({ session: "child" }, human))
      assert.deepStrictEqual(
        typeof all === "string" ? all : all.reminders.map(({ by, every, text }) => [text, every, by.name]),
        [
          ["y", 60_000, "lead"],
          ["x", null, "child"]
        ]
      )
      const gone = yield* asked(Time.cancelReminder({ session: "child" }, as.lead))
      assert.lengthOf(typeof gone === "string" ? gone : gone.cancelled, 2)
      assert.strictEqual(
        yield* asked(Time.remind({ at, text: "x" }, human)),
        "this shell is not a session, so it has no reminders"
      )
    }))

  it("has limits, each told in a sentence", () => {
    const decode = Schema.decodeUnknownExit(verbs.remind.input)
    const good = { at: 1, text: "x" }
    const table: ReadonlyArray<readonly [object, string | undefined]> = [
      [good, undefined],
      [{ ...good, every: 60_000, id: "r0000001", session: "x" }, undefined],
      [{ ...good, text: "ü".repeat(MAX_REMINDER_BYTES / 2) }, undefined],
      [{ ...good, text: "ü".repeat(MAX_REMINDER_BYTES / 2 + 1) }, "text is larger than 4096 bytes"],
      [{ ...good, text: "" }, "length of at least 1"],
      [{ ...good, every: 59_999 }, "every is a minute at least and a year at most"],
      [{ ...good, every: YEAR_MS + 1 }, "every is a minute at least and a year at most"],
      [{ ...good, at: Number.NaN }, "finite"],
      [{ ...good, id: "x" }, "r[0-9a-z]{7}"],
      [{ text: "x" }, "at"]
    ]
    for (const [input, words] of table) {
      const exit = decode(input)
      const said = Exit.isFailure(exit) ? String(exit.cause) : undefined
      if (words === undefined) assert.isUndefined(said, JSON.stringify(input))
      else assert.include(said, words)
    }
  })
})

describe("a wait", () => {
  test("belongs to a session: a shell blocks instead", (lead, child, as) =>
    Effect.gen(function* () {
      const none = "this shell is not a session, so it cannot be told later"
      assert.strictEqual(yield* asked(Time.watch({ session: "child" }, human)), none)
      assert.strictEqual(yield* asked(Time.unwatch({ session: "child" }, human)), none)
      yield* child.send("work")
      yield* child.is("working")
      const began = yield* Clock.currentTimeMillis
      const watch = yield* asked(Time.watch({ session: "child" }, as.lead))
      assert.deepInclude(watch, { told: false, state: "working" })
      assert.isAtLeast(typeof watch === "string" ? 0 : watch.until, began + 3_600_000)
      child.agent.finish()
      yield* lead.takes(1)
      assert.match(lead.agent.prompts[0] ?? "", /^\[sm wait · m[0-9a-z]{15}\] child is now idle/u)
    }))

  test("in a shell ends when the session is idle or gone, or with its slice of time", (_, child) =>
    Effect.gen(function* () {
      const outcome = (timeoutMs: number) =>
        Effect.map(asked(Time.awaitIdle({ session: "child", timeoutMs }, human)), (answer) =>
          typeof answer === "string" ? answer : answer.outcome
        )
      assert.strictEqual(yield* outcome(0), "idle")
      yield* child.send("work")
      yield* child.is("working")
      assert.strictEqual(yield* outcome(0), "active")
      assert.strictEqual(yield* outcome(3000), "active")
      child.agent.finish()
      assert.strictEqual(yield* outcome(3000), "idle")
      yield* moving(child.session.ask("Kill", { by: person, reason: "test" }))
      assert.strictEqual(yield* outcome(3000), "gone")
      assert.strictEqual(
        yield* asked(Time.awaitIdle({ session: "nobody", timeoutMs: 0 }, human)),
        "there is no session nobody"
      )
    }))
})
