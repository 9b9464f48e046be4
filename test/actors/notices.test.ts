/** What sm tells the senders of messages, as the sessions that get it read it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { eventually, type Member, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World, ann: Member) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () =>
    withWorld((world) =>
      Effect.gen(function* () {
        const ann = yield* world.another
        yield* ann.spawn("ann")
        yield* ann.is("idle")
        yield* world.spawn("ben")
        yield* world.is("idle")
        yield* body(world, ann)
      })
    )
  )

/** What ann was told, without the ids of the notices. */
const told = ({ agent }: Member) => agent.prompts.map((prompt) => prompt.replace(/ · m[0-9a-z]{15}\]/u, "]"))
const hears = (member: Member, count: number) =>
  Effect.gen(function* () {
    yield* member.takes(count)
    member.agent.finish()
    yield* member.is("idle")
    return told(member).at(-1)
  })

describe("a sender is told", () => {
  test("how the turn that carried its message ended, once, with its answer", (ben, ann) =>
    Effect.gen(function* () {
      const notify = { delivery: true, stop: true }
      const id = yield* ben.send("do it", { from: ann.sender(), more: { notify } })
      yield* ben.takes(1)
      assert.strictEqual(yield* hears(ann, 1), `[sm] Message ${id} was delivered to ben (${ben.id})`)
      ben.agent.finish("it is done")
      assert.strictEqual(yield* hears(ann, 2), `[sm] ben (${ben.id}) stopped:\nit is done`)
      // A turn of somebody else's is none of ann's business.
      yield* ben.send("something else")
      yield* ben.takes(2)
      ben.agent.finish("not for ann")
      yield* pass(60)
      assert.lengthOf(ann.agent.prompts, 2)
    }))

  test("once of a turn that carried several of its messages", (ben, ann) =>
    Effect.gen(function* () {
      const more = { notify: { delivery: false, stop: true } }
      yield* ben.send("keeps it busy")
      yield* ben.takes(1)
      for (const text of ["one", "two", "three"]) yield* ben.send(text, { from: ann.sender(), more })
      ben.agent.finish()
      yield* ben.takes(2)
      ben.agent.finish("all three")
      assert.strictEqual(yield* hears(ann, 1), `[sm] ben (${ben.id}) stopped:\nall three`)
      yield* pass(60)
      assert.lengthOf(ann.agent.prompts, 1)
    }))

  test("that its message expired, was parked, or died with the session; each once, and not of a person's", (ben, ann) =>
    Effect.gen(function* () {
      const from = ann.sender()
      ben.agent.show("dialog")
      yield* ben.is("waiting-permission")
      const late = yield* ben.send("late", { from, ttl: 5 })
      yield* ben.send("a person's", { ttl: 5 })
      assert.include(yield* hears(ann, 1), `[sm] Message ${late} to ben (${ben.id}) did not arrive (expired): `)
      ben.agent.show("ready")
      yield* ben.is("idle")
      ben.agent.deaf = true
      const stuck = yield* ben.send("stuck", { from })
      assert.include(yield* hears(ann, 2), `[sm] Message ${stuck} to ben (${ben.id}) did not arrive (parked): `)
      ben.agent.show("dialog")
      yield* ben.is("waiting-permission")
      const lost = yield* ben.send("lost", { from })
      const order = { reason: "killed by human", by: { kind: "human", name: "human" } } as const
      yield* moving(ben.session.ask("Kill", order))
      yield* moving(ben.session.ask("Kill", order))
      assert.include(yield* hears(ann, 3), `[sm] Message ${lost} to ben (${ben.id}) did not arrive (dead): killed by`)
      yield* pass(60)
      assert.lengthOf(ann.agent.prompts, 3)
    }))

  test("that a person took its message back, but not what it took back itself", (ben, ann) =>
    Effect.gen(function* () {
      ben.agent.show("dialog")
      yield* ben.is("waiting-permission")
      const own = yield* ben.send("own", { from: ann.sender() })
      const other = yield* ben.send("other", { from: ann.sender() })
      const person = { kind: "human", name: "human" } as const
      yield* moving(ben.session.ask("Unsend", { id: own, by: ann.sender() }))
      yield* moving(ben.session.ask("Unsend", { id: own, by: ann.sender() }))
      yield* moving(ben.session.ask("Unsend", { id: other, by: person }))
      assert.include(yield* hears(ann, 1), `[sm] Message ${other} to ben (${ben.id}) did not arrive (withdrawn)`)
      yield* pass(60)
      assert.lengthOf(ann.agent.prompts, 1)
      for (const id of [own, other]) yield* ben.reaches(id, "withdrawn")
    }))

  test("nothing of notices: those to a stopped session end there", (ben, ann) =>
    Effect.gen(function* () {
      const more = { notify: { delivery: true, stop: true } }
      const id = yield* ben.send("do it", { from: ann.sender(), more })
      yield* moving(ann.session.ask("Kill", { reason: "x", by: { kind: "human", name: "human" } }))
      yield* ben.takes(1)
      ben.agent.finish()
      yield* ben.reaches(id, "answered")
      yield* pass(60)
      assert.deepStrictEqual(yield* ben.broker.deadLetters(10), [])
      assert.lengthOf(ben.agent.prompts, 1)
      yield* eventually(
        "ben is idle",
        Effect.map(ben.describe, ({ card }) => (card.state === "idle" ? true : undefined))
      )
    }))
})
