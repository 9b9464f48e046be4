/** The verbs around messages, asked by sessions and by a person, in virtual time. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Roster } from "../../src/agents/Roster.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { MessageId } from "../../src/domain/Ids.ts"
import type { SessionCard } from "../../src/domain/Session.ts"
import { Refusal } from "../../src/gateway/Api.ts"
import * as Feed from "../../src/gateway/Feed.ts"
import { queue, unsend } from "../../src/gateway/LineVerbs.ts"
import { send, trace, wait } from "../../src/gateway/MessageVerbs.ts"
import { type Member, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

type Needs = Broker | Directory.Directory | Feed.Feed | Roster

/** ann, and her child ben. */
const test = (title: string, body: (ben: World, ann: Member) => Effect.Effect<void, unknown, Needs>) =>
  it.effect(title, () =>
    withWorld((ben) =>
      Effect.gen(function* () {
        const ann = yield* ben.another
        yield* ann.spawn("ann")
        yield* ann.is("idle")
        yield* ben.spawn("ben", null, { parentId: ann.id })
        yield* ben.is("idle")
        yield* body(ben, ann)
      }).pipe(Effect.provide(Layer.mergeAll(Directory.layer, Feed.layer)))
    )
  )

const person = { name: "human", card: undefined }
/** A session as the gateway sees it once its card is out. */
const asCaller = (id: string, holds: (card: SessionCard) => boolean = () => true) =>
  Effect.flatMap(Directory.Directory, (directory) =>
    Effect.map(moving(directory.until(id, holds)), (card) => ({ name: id, card }))
  )
const refusal = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(moving(effect)), (error) => (error instanceof Refusal ? error : undefined))
const ids = (sent: ReadonlyArray<{ readonly messageId: string }>) => sent.map(({ messageId }) => messageId)

describe("sm send", () => {
  test("gives each of several recipients a message of its own, again the same ones, and nothing when one is nobody", (ben, ann) =>
    Effect.gen(function* () {
      const messageId = MessageId.make("mmany0000zzzzzzz")
      const input = { to: "ann,ben, 00000001", text: "to all", messageId }
      const sent = yield* moving(send(input, person))
      assert.deepStrictEqual(
        sent.map(({ to }) => to.name),
        ["ann", "ben"]
      )
      assert.strictEqual(new Set(ids(sent)).size, 2)
      assert.deepStrictEqual(ids(yield* moving(send(input, person))), ids(sent))
      yield* ben.takes(1)
      yield* ann.takes(1)
      const no = yield* refusal(send({ to: "ann,bem", text: "to nobody" }, person))
      assert.deepStrictEqual([no?.code, no?.message], ["not-found", "there is no session bem; did you mean ben?"])
      for (const to of ["ann,", ",ann", "ann,,ben"]) {
        const gap = yield* refusal(send({ to, text: "to nobody" }, person))
        assert.strictEqual(gap?.message, "the list of recipients has an empty place")
      }
      yield* pass(5)
      assert.deepStrictEqual([ann.agent.prompts, ben.agent.prompts], [["to all"], ["to all"]])
    }))

  test("tells of several which was not taken", (ben, ann) =>
    Effect.gen(function* () {
      yield* moving(ann.session.ask("Kill", { reason: "x", by: { kind: "human", name: "human" } }))
      const sent = yield* moving(send({ to: "ann,ben", text: "hello" }, person))
      const [first, second] = sent
      assert.strictEqual(first !== undefined && "error" in first ? first.error.code : "", "wrong-state")
      assert.strictEqual(second !== undefined && "state" in second ? second.state : "", "accepted")
      yield* ben.takes(1)
    }))

  test("tells an agent how the turn it asked for ended, but no child how its parent's did; a person may not ask for it", (ben, ann) =>
    Effect.gen(function* () {
      const boss = yield* asCaller(ann.id)
      yield* moving(send({ to: "ben", text: "do it" }, boss))
      yield* moving(send({ to: "ben", text: "and nothing of this", notifyOnStop: false }, boss))
      yield* moving(send({ to: "parent", text: "I do" }, yield* asCaller(ben.id)))
      const notified = (member: Member) =>
        Effect.map(member.describe, ({ queue: waiting, way }) =>
          [...way.map(({ letter }) => letter), ...waiting].map(({ notify }) => notify)
        )
      assert.deepStrictEqual(yield* notified(ben), [{ delivery: false, stop: true }, undefined])
      assert.deepStrictEqual(yield* notified(ann), [undefined])
      const no = yield* refusal(send({ to: "ben", text: "x", notifyOnDelivery: true }, person))
      assert.strictEqual(no?.message, "a person has no mailbox to be notified in")
    }))

  test("types a command of the agent's own bare only for a person and for its parent", (ben, ann) =>
    Effect.gen(function* () {
      const boss = yield* asCaller(ann.id)
      const child = yield* asCaller(ben.id)
      yield* moving(send({ to: "ben", text: "/compact" }, boss))
      yield* moving(send({ to: "ann", text: "/compact" }, child))
      yield* ben.takes(1)
      yield* ann.takes(1)
      assert.strictEqual(ben.agent.prompts[0], "/compact")
      assert.match(ann.agent.prompts[0] ?? "", /^\[Input from: ben .*\]\n\/compact$/u)
    }))

  test("notes what a message answers, through every hop", (ben, ann) =>
    Effect.gen(function* () {
      const [first] = ids(yield* moving(send({ to: "ann", text: "begin" }, person)))
      yield* ann.takes(1)
      const boss = yield* asCaller(ann.id, ({ carries }) => carries !== null)
      const [second] = ids(yield* moving(send({ to: "ben", text: "go on" }, boss)))
      yield* ben.takes(1)
      const child = yield* asCaller(ben.id, ({ carries }) => carries !== null)
      const [third] = ids(yield* moving(send({ to: "parent", text: "done" }, child)))
      const causes = yield* Effect.forEach([first, second, third], (id) =>
        Effect.map(trace(id as never), ({ cause }) => cause)
      )
      assert.deepStrictEqual(causes, [
        null,
        { id: first, root: first, hops: 1 },
        { id: second, root: first, hops: 2 }
      ] as never)
    }))
})

describe("sm queue and sm unsend", () => {
  test("show what waits and what is on its way, and take back what waits, and only that", (ben, ann) =>
    Effect.gen(function* () {
      const boss = yield* asCaller(ann.id)
      const [running] = ids(yield* moving(send({ to: "ben", text: "runs" }, boss)))
      yield* ben.takes(1)
      yield* ben.is("working")
      yield* moving(send({ to: "ben", text: "1 of 3", key: "progress" }, boss))
      const [waits] = ids(yield* moving(send({ to: "ben", text: "2 of 3", key: "progress", ttl: 600 }, boss)))
      const [ahead] = ids(yield* moving(send({ to: "ben", text: "x".repeat(300), mode: "important" }, person)))
      const seen = yield* moving(queue({ session: "ben" }, person))
      assert.deepStrictEqual(
        seen.messages.map(({ from, id, key, mode, place }) => [id, place, from.name, mode, key]),
        [
          [running, "carried", "ann", "sequential", null],
          [ahead, "waiting", "human", "important", null],
          [waits, "waiting", "ann", "sequential", "progress"]
        ] as never
      )
      assert.strictEqual(seen.messages[1]?.text, `${"x".repeat(100)}…`)
      assert.isAbove(seen.messages[2]?.expiresAt ?? 0, seen.messages[2]?.at ?? 0)

      const other = yield* asCaller(ben.id)
      const forbidden = yield* Effect.flip(moving(unsend({ messageId: waits as never }, other)))
      assert.strictEqual(forbidden._tag, "NotAllowed")
      const taken = yield* moving(unsend({ messageId: waits as never }, boss))
      assert.deepStrictEqual([taken.state, (yield* ben.hops(waits ?? "")).at(-1)], ["withdrawn", "withdrawn"])
      const late = yield* Effect.flip(moving(unsend({ messageId: running as never }, boss)))
      assert.include(late.message, `${running} does not wait for ben any more: it is submitted`)
    }))

  test("end the waiting for what was taken back", (ben) =>
    Effect.gen(function* () {
      ben.agent.show("dialog")
      yield* ben.is("waiting-permission")
      const [id] = ids(yield* moving(send({ to: "ben", text: "never mind" }, person)))
      const waiting = wait({ messageId: id as never, until: "answered", timeoutMs: 60_000 })
      const back = Effect.andThen(pass(1), unsend({ messageId: id as never }, person))
      const [end] = yield* Effect.all([moving(waiting), back], { concurrency: 2 })
      assert.strictEqual(end.status, "withdrawn")
    }))
})

describe("a kind of agent that confirms nothing", () => {
  test("is at work once it was typed into, until its screen shows it at rest; the waiting ends with that nothing better will come", (ben) =>
    Effect.gen(function* () {
      ben.agent.confirms = false
      ben.agent.turns = false
      yield* pass(1)
      const sent = yield* moving(send({ to: "ben", text: "make" }, person))
      const [end] = yield* Effect.forEach(ids(sent), (id) =>
        moving(wait({ messageId: id as never, until: "answered", timeoutMs: 600_000 }))
      )
      assert.deepInclude(end, { status: "injected", final: true })
      assert.include(end?.hops.at(-1)?.evidence, "confirms nothing; sm wait --block ben waits until it is idle")
      assert.strictEqual((yield* ben.describe).card.state, "working")
    }))
})
