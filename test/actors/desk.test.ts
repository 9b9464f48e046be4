import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Desk } from "../../src/actors/desk/Desk.ts"
import { type Item, type State } from "../../src/actors/desk/Desk.ts"
import { settled } from "../../src/actors/desk/Keeping.ts"
import { MessageId, SessionId } from "../../src/domain/Ids.ts"
import { SYSTEM, type Sender } from "../../src/domain/Message.ts"
import { human, moving, withWorld } from "../support/SessionTest.ts"

const desk = ref(Desk, SWARM, "human")
const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }
const unread = Effect.map(moving(desk.ask("Describe", {})), (items) =>
  items.filter(({ readAt }) => readAt === null).map(({ id }) => id)
)

describe("the person's desk", () => {
  it.effect("keeps a letter until the person has read it, over restarts, and says so once", () =>
    withWorld((world) =>
      Effect.gen(function* () {
        const one = yield* world.letter("one", { from: ann })
        const two = yield* world.letter("two", { from: ann })
        assert.deepStrictEqual(yield* moving(desk.ask("Accept", one)), { state: "accepted", unread: 1 })
        yield* moving(desk.ask("Accept", two))
        yield* world.stop
        yield* world.boot
        assert.deepStrictEqual(yield* moving(desk.ask("Accept", one)), { state: "accepted", unread: 2 })
        const strange = MessageId.make(`m${"9".repeat(15)}`)
        const { read, unknown } = yield* moving(desk.ask("Read", { ids: [one.id, strange], how: "sm inbox" }))
        assert.deepStrictEqual([read.map(({ id }) => id), unknown], [[one.id], [strange]])
        yield* moving(desk.ask("Read", { ids: [one.id], how: "sm inbox" }))
        assert.deepStrictEqual(yield* world.hops(one.id), ["accepted", "submitted"])
        assert.deepStrictEqual(yield* world.evidence(one.id), ["read by the person (sm inbox)"])
        assert.deepStrictEqual(yield* unread, [two.id])
        yield* moving(desk.ask("Read", { ids: null, how: "sm inbox" }))
        assert.deepStrictEqual(yield* unread, [])
        assert.strictEqual((yield* moving(desk.ask("Accept", one))).state, "submitted")
      })
    )
  )

  it.effect("takes back and lets expire what nobody has read, and takes the same news once", () =>
    withWorld((world) =>
      Effect.gen(function* () {
        const late = yield* world.letter("late", { from: ann, ttl: 10 })
        const sorry = yield* world.letter("sorry", { from: ann })
        yield* moving(desk.ask("Accept", late))
        yield* moving(desk.ask("Accept", sorry))
        const no = yield* moving(
          Effect.flip(desk.ask("Unsend", { id: sorry.id, by: { ...ann, id: SessionId.make("0000000b") } }))
        )
        assert.strictEqual(no._tag, "NotAllowed")
        yield* moving(desk.ask("Unsend", { id: sorry.id, by: ann }))
        yield* world.reaches(sorry.id, "withdrawn")
        yield* world.reaches(late.id, "expired")
        assert.include(
          (yield* moving(Effect.flip(desk.ask("Unsend", { id: late.id, by: human })))).message,
          "it is expired"
        )

        const news = { about: "limit of ann", at: 1000, text: "ann has reached its limit" }
        yield* moving(desk.ask("News", news))
        yield* moving(desk.ask("News", news))
        const [only, more] = yield* unread
        assert.isUndefined(more)
        assert.deepStrictEqual(yield* world.broker.getText(only ?? ""), yield* Effect.succeedSome(news.text))
        assert.deepStrictEqual(yield* world.hops(only ?? ""), ["accepted"])
      })
    )
  )

  it("keeps the newest 500 that were read and the newest 500 of unread news, and every unread letter", () => {
    const item = (number: number, from: Sender, readAt: number | null): Item => ({
      id: MessageId.make(`m${String(number).padStart(15, "0")}`),
      from,
      at: 0,
      bytes: 1,
      readAt
    })
    const many = (first: number, from: Sender, readAt: number | null) =>
      Array.from({ length: 600 }, (_, index) => item(first + index, from, readAt))
    const state: State = {
      items: [...many(1000, ann, 1), ...many(2000, SYSTEM, null), ...many(3000, ann, null)],
      gone: []
    }
    const move = settled(state, { state, out: [] }, 0)
    assert.strictEqual(move.state.items.length, 500 + 500 + 600)
    assert.strictEqual(move.state.items[0]?.id, "m000000000001100")
    assert.strictEqual(move.out.length, 100)
  })
})
