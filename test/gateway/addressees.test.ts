import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import type { Roster } from "../../src/agents/Roster.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { MessageId, RoleName } from "../../src/domain/Ids.ts"
import { inbox, markRead } from "../../src/gateway/DeskVerbs.ts"
import * as Feed from "../../src/gateway/Feed.ts"
import { queue, unsend } from "../../src/gateway/LineVerbs.ts"
import { send, trace, wait } from "../../src/gateway/MessageVerbs.ts"
import { eventually, moving, type World, withWorld } from "../support/SessionTest.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { Refusal } from "../../src/gateway/Api.ts"
import type { Sent } from "../../src/gateway/Messages.ts"

const person = { name: "human", card: undefined }
const engineer = RoleName.make("engineer")
const layers = Layer.mergeAll(Directory.layer, Feed.layer)

const test = (
  title: string,
  body: (world: World) => Effect.Effect<void, unknown, Broker | Directory.Directory | Feed.Feed | Roster>
) => it.effect(title, () => withWorld((world) => body(world).pipe(Effect.provide(layers))))

/** What was accepted of one message. */
const sent = (to: string, text: string, more: { readonly messageId?: MessageId; readonly key?: string } = {}) =>
  Effect.flatMap(moving(send({ to, text, ...more }, person)), ([only]) =>
    only !== undefined && "state" in only
      ? Effect.succeed<typeof Sent.Type>(only)
      : Effect.die(new Error(`${to} did not take it`))
  )

describe("the person's inbox", () => {
  test("has word of what did not reach an agent, and of its provider's limits", (world) =>
    Effect.gen(function* () {
      const { id, is, reaches, say, spawn } = world
      yield* spawn("ben")
      yield* is("idle")
      yield* reaches(yield* world.send("work"), "submitted")
      const late = yield* world.send("too late", { ttl: 5 })
      yield* reaches(late, "expired")
      yield* say({ _tag: "Limited", turn: "t1", reason: "overloaded", resetsAt: null })
      const texts = yield* eventually(
        "both are told",
        Effect.map(inbox({}), ({ letters }) => (letters.length === 2 ? letters.map(({ text }) => text) : undefined))
      )
      const why = "(expired): its time to live ran out before it was typed"
      assert.strictEqual(texts[0], `Message ${late} to ben (${id}) did not arrive ${why}`)
      assert.include(texts[1] ?? "", `ben (${id}) met a usage limit: overloaded.`)
    }))
})

describe("messages to a role", () => {
  test("wait for somebody and say so, are seen and taken back there, and show who had them", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("arc", null, { role: RoleName.make("architect") })
      yield* world.is("idle")
      const first = yield* sent("@enginer", "to nobody")
      assert.deepStrictEqual(first.to, { id: "@enginer", name: "@enginer" })
      assert.strictEqual(first.note, "nobody of role enginer is alive to take it: it waits")
      const close = yield* sent("@architec", "almost")
      assert.include(close.note ?? "", "did you mean @architect?")
      yield* moving(unsend({ messageId: first.messageId }, person))
      assert.strictEqual((yield* trace(first.messageId)).status, "withdrawn")

      const messageId = MessageId.make("mtask00000000000")
      const task = yield* sent("@engineer", "the task", { messageId })
      yield* sent("@engineer", "first news", { key: "news" })
      const news = yield* sent("@engineer", "second news", { key: "news" })
      const line = yield* moving(queue({ session: "@engineer" }, person))
      assert.deepStrictEqual(
        [line.name, line.state, line.messages.map(({ text }) => text)],
        ["@engineer", "0 alive, 0 idle", ["the task", "second news"]]
      )
      assert.strictEqual((yield* sent("@engineer", "the task", { messageId })).state, "accepted")

      const ben = yield* world.another
      yield* ben.spawn("ben", null, { role: engineer })
      yield* ben.takes(1)
      const taken = yield* eventually(
        "it is submitted",
        Effect.map(trace(task.messageId), (found) => (found.status === "submitted" ? found : undefined))
      )
      assert.deepStrictEqual(taken.to, { id: "@engineer", name: "@engineer" })
      assert.deepStrictEqual(taken.holder, { id: ben.id, name: "ben" })
      const late = yield* moving(Effect.flip(unsend({ messageId: task.messageId }, person)))
      assert.include(late.message, "does not wait for ben any more: it is submitted")
      assert.deepStrictEqual(
        (yield* moving(queue({ session: "@engineer" }, person))).messages.map(({ place }) => place),
        ["handed", "waiting"]
      )
      ben.agent.finish()
      yield* ben.takes(2)
      ben.agent.finish()
      yield* world.reaches(news.messageId, "answered")
      assert.deepStrictEqual(ben.agent.prompts, ["the task", "second news"])
    }))

  test("are refused under a word that is no role", () =>
    Effect.gen(function* () {
      const refused = yield* moving(Effect.flip(send({ to: "@two words", text: "x" }, person)))
      assert.include(refused.message, "@two words is no role")
    }))
})

describe("messages to the person", () => {
  test("lie in the inbox until they are read, which ends the wait for them", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann")
      const card = yield* world.is("idle")
      const ann = { name: card.id, card }
      const [asked] = yield* moving(send({ to: "human", text: "this or that?" }, ann))
      const other = yield* sent("@human", "note to self")
      const messageId = asked?.messageId ?? other.messageId
      assert.deepStrictEqual(
        (yield* moving(inbox({}))).letters.map(({ from, text }) => [from.name, text]),
        [
          ["ann", "this or that?"],
          ["human", "note to self"]
        ]
      )
      const never = yield* moving(Effect.flip(wait({ messageId, until: "answered", timeoutMs: 1000 })))
      assert.instanceOf(never, Refusal)
      const waiting = yield* Effect.forkChild(wait({ messageId, until: "submitted", timeoutMs: 60_000 }))
      const { letters, read } = yield* moving(markRead({ ids: [messageId] }))
      assert.deepStrictEqual([read, letters[0]?.text], [1, "this or that?"])
      assert.strictEqual(
        (yield* moving(Fiber.join(waiting))).hops.at(-1)?.evidence,
        "read by the person (sm inbox --read)"
      )
      assert.strictEqual((yield* moving(inbox({}))).unread, 1)
      assert.strictEqual((yield* moving(inbox({ all: true }))).letters.length, 2)
      const strange = MessageId.make("mstrange00000000")
      assert.include((yield* moving(Effect.flip(markRead({ ids: [strange] })))).message, strange)
    }))
})
