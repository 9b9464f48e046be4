import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import fc from "fast-check"
import type { Outcome } from "../../src/actors/Behavior.ts"
import { Pool, type State } from "../../src/actors/pool/Pool.ts"
import { behavior } from "../../src/actors/pool/PoolBehavior.ts"
import { HostId, MessageId, SessionId } from "../../src/domain/Ids.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { human } from "../support/SessionTest.ts"

const host = HostId.make("h")
const sessions = ["0000000a", "0000000b", "0000000c"].map((id) => SessionId.make(id))
const letterId = (number: number) => MessageId.make(`m${String(number).padStart(15, "0")}`)

const step = fc.record({
  what: fc.constantFrom("Accept", "Again", "Ready", "Busy", "Gone", "Done", "Returned", "Unsend", "Late"),
  which: fc.nat(20),
  ttl: fc.option(fc.integer({ min: 1, max: 20 }), { freq: 5 })
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Plays the mail of a pool and of its sessions against it, and looks at each letter after every step. */
const play = (steps: ReadonlyArray<Step>) => {
  let state: State = behavior.initial("engineer")
  let now = 0
  const accepted: Array<Letter> = []
  /** What sessions were given and have not answered for, as the mail to them says. */
  const given: Array<{ readonly id: MessageId; readonly to: SessionId }> = []
  const over = new Set<MessageId>()

  const handle = (tag: keyof typeof behavior.handlers, payload: unknown): boolean => {
    const handler = behavior.handlers[tag] as (
      ...args: ReadonlyArray<unknown>
    ) => Effect.Effect<Outcome<State, unknown>, unknown>
    const exit = Effect.runSyncExit(handler(payload, state, { key: "engineer", id: "x", tag, now, activation: "a" }))
    if (Exit.isFailure(exit)) {
      assert.notInclude(JSON.stringify(exit.cause), '"Die"')
      return false
    }
    state = exit.value.state
    for (const out of exit.value.out ?? []) {
      if (out._tag === "Tell" && out.tag === "Accept") {
        // A promise holds its payload as JSON; what the pool tells a session is a letter.
        const { id } = out.payload as unknown as Letter
        assert.isFalse(
          given.some((other) => other.id === id),
          `${id} is given to two`
        )
        assert.isFalse(over.has(id), `${id} is given again after its end`)
        given.push({ id, to: SessionId.make(out.to.key) })
      }
      if (out._tag === "Publish" && out.event._tag === "MessageMoved" && out.event.status !== "accepted")
        over.add(out.event.id)
    }
    return true
  }
  const answer = (which: number, tag: "Done" | "Returned") => {
    const [one] = given.splice(which % Math.max(1, given.length), 1)
    if (one === undefined) return
    if (tag === "Done") {
      over.add(one.id)
      handle("Done", { id: one.id, by: one.to, status: "answered" })
    } else handle("Returned", { id: one.id, by: one.to, evidence: "it ended" })
  }

  for (const { ttl, what, which } of steps) {
    now += 1
    const id = sessions[which % sessions.length] ?? sessions[0]
    if (what === "Accept") {
      const limit = ttl === null ? {} : { expiresAt: now + ttl }
      const sole = { from: human, mode: "sequential", kind: "message", at: now, bytes: 1, tries: 0 } as const
      const letter: Letter = { id: letterId(accepted.length), ...sole, ...limit }
      accepted.push(letter)
      handle("Accept", letter)
    } else if (what === "Again") {
      const letter = accepted[which % Math.max(1, accepted.length)]
      if (letter !== undefined) handle("Accept", letter)
    } else if (what === "Ready" || what === "Busy") handle(what, { id, host, name: `n${which}` })
    else if (what === "Gone") handle("Gone", { id })
    else if (what === "Done" || what === "Returned") answer(which, what)
    else if (what === "Unsend") {
      const known = state.waiting[which % Math.max(1, state.waiting.length)]
      if (known !== undefined) assert.isTrue(handle("Unsend", { id: known.id, by: human }))
    } else {
      now += which
      handle("Tick", {})
    }

    for (const letter of accepted) {
      const places = [...state.waiting, ...state.handed.map((other) => other.letter)].filter(
        (other) => other.id === letter.id
      )
      assert.strictEqual(places.length, over.has(letter.id) ? 0 : 1, `${letter.id} after ${what}`)
    }
    const order = state.waiting.map((letter) => letter.id)
    assert.deepStrictEqual(order, order.toSorted(), "the order of acceptance")
    assert.deepStrictEqual(
      state.handed.map(({ letter, to }) => `${letter.id} ${to}`).toSorted(),
      given.map((one) => `${one.id} ${one.to}`).toSorted()
    )
    const idle = state.members.some(({ ready }) => ready)
    assert.isFalse(idle && state.waiting.length > 0, "somebody is idle while something waits")
    const json = Effect.runSync(Pool.compiled.state.encode(state))
    assert.deepStrictEqual(Effect.runSync(Pool.compiled.state.decode(json)), state)
  }
}

describe("a work queue under any sequence of mail", () => {
  it("has each letter in one place, gives it to one at a time and in order, and brings it to one end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => play(steps)),
      { numRuns: 150 }
    )
  })
})
