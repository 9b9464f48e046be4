/** A job from a template, as it reaches an agent: who may give it, and that nothing else happens. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Roster } from "../../src/agents/Roster.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { MessageId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { SessionCard } from "../../src/domain/Session.ts"
import type { Input } from "../../src/gateway/Api.ts"
import * as Dispatch from "../../src/gateway/DispatchVerbs.ts"
import * as Feed from "../../src/gateway/Feed.ts"
import { moving, pass, withWorld, type World } from "../support/SessionTest.ts"

const places = { user: "/nowhere/user.yaml", shipped: join(import.meta.dirname, "../../templates/dispatch.yaml") }
const human = { name: "human", card: undefined }
const EM = SessionId.make("0000000e")

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker | Roster>) =>
  it.effect(title, () => withWorld(body))

/** What the verb answers; `order` is what differs from a plain one. */
const asked = (order: Partial<Input<"dispatch">>, caller: Parameters<typeof Dispatch.dispatch>[1]) =>
  moving(
    Dispatch.dispatch({ to: "x", role: "engineer", params: { task: "Build it" }, cwd: "/", ...order }, caller, places)
  ).pipe(Effect.provide(Layer.mergeAll(Directory.layer, Feed.layer)))

/** How often the agent's context was cleared. */
const clears = ({ describe: look }: World) => Effect.map(look, ({ card }) => card.epoch)

/** A session that gives jobs; only its id and name matter. */
const emLike = (card: SessionCard) => ({ name: EM, card: { ...card, id: EM, name: SessionName.make("em-epic") } })

/** The session of the world, as a child of an EM; answers the EM. */
const spawnChild = ({ is, spawn }: World) =>
  Effect.gen(function* () {
    yield* spawn("x", null, { parentId: EM })
    return emLike(yield* is("idle"))
  })

describe("a dispatched job", () => {
  test("reaches a child in an empty context, from its EM, with the way to answer", (world) =>
    Effect.gen(function* () {
      const { agent, hops, id, reaches, takes } = world
      const asEm = yield* spawnChild(world)

      const { messageId, source, state, target, text, to } = yield* asked({}, asEm)
      yield* takes(1)

      assert.deepStrictEqual(
        [to, state, target, source],
        [{ id, name: SessionName.make("x") }, "accepted", "idle", places.shipped]
      )
      assert.deepStrictEqual(agent.prompts, [`[Input from: em-epic (0000000e) via sm send · ${messageId}]\n${text}`])
      assert.include(text, "em-epic (0000000e) is your engineering manager")
      assert.include(text, "\n\nBuild it\n\n")
      assert.include(text, 'sm send 0000000e "done: ')
      assert.strictEqual(yield* clears(world), 1)
      agent.finish()
      yield* reaches(messageId ?? "", "answered")
      assert.deepStrictEqual(yield* hops(messageId ?? ""), ["accepted", "injected", "submitted", "answered"])
    }))

  test("waits with its clear until the agent is idle, and carries what is armed when the agent takes it", (world) =>
    Effect.gen(function* () {
      const { agent, is, send, takes } = world
      const asEm = yield* spawnChild(world)
      yield* send("old work")
      yield* takes(1)
      yield* is("working")

      yield* asked({ params: { task: "Build it\nwith care" } }, asEm)
      yield* asked({ clear: false, notifyOnStop: false, params: { pr: "4" } }, asEm)
      yield* asked({ clear: false }, human)
      const { queue } = yield* world.describe
      yield* pass(5)
      const before = [agent.interrupts, agent.prompts.length, yield* clears(world)]
      agent.finish()
      yield* takes(2)

      const armed = { soft: 210_000, hard: 420_000, wake: 210_000, role: "engineer" }
      assert.deepStrictEqual(
        queue.map(({ kind, notify, order }) => [kind, order, notify?.stop]),
        [
          ["clear", undefined, undefined],
          ["message", { ...armed, task: "Build it" }, true],
          ["message", { ...armed, task: "pr 4" }, false],
          ["message", { ...armed, task: "Build it" }, undefined]
        ]
      )
      assert.deepStrictEqual(before, [0, 1, 0])
      assert.include(agent.prompts[1], "with care")
      assert.strictEqual(yield* clears(world), 1)
    }))

  test("is the same under the same id: neither cleared nor told again", (world) =>
    Effect.gen(function* () {
      const asEm = yield* spawnChild(world)
      const order = { messageId: MessageId.make("mretry0000000zzz") }

      const [one, two] = yield* Effect.all([asked(order, asEm), asked(order, asEm)], { concurrency: 2 })
      yield* world.takes(1)
      const later = yield* asked(order, asEm)
      const other = yield* Effect.flip(asked({ ...order, params: { task: "Something else" } }, asEm))
      yield* world.send("next")
      world.agent.finish()
      yield* world.takes(2)

      assert.deepStrictEqual([one.messageId, two.messageId, later.messageId], Array(3).fill(order.messageId))
      assert.strictEqual(later.state, "submitted")
      assert.include(other.message, "belongs to another message")
      assert.strictEqual(world.agent.prompts[1], "next")
      assert.strictEqual(yield* clears(world), 1)
    }))

  test("is the same also when the session has long forgotten it", (world) =>
    Effect.gen(function* () {
      const { agent, broker, is, reaches, send, takes } = world
      const asEm = yield* spawnChild(world)
      const order = { messageId: MessageId.make("mretry0000000zzz") }
      yield* asked(order, asEm)
      yield* takes(1)
      agent.finish()
      yield* reaches(order.messageId, "answered")
      agent.show("dialog")
      yield* is("waiting-permission")
      for (let count = 0; count < 201; count++) yield* send(`other ${count}`)

      assert.strictEqual((yield* asked(order, asEm)).state, "answered")
      assert.lengthOf(
        (yield* broker.facts("message", order.messageId)).filter(({ body }) => body.includes("MessageAccepted")),
        1
      )
    }))

  test("interrupts with urgent, and keeps the context without clear", (world) =>
    Effect.gen(function* () {
      const { agent, is, send, takes } = world
      const asEm = yield* spawnChild(world)
      yield* send("old work")
      yield* takes(1)
      yield* is("working")

      yield* asked({ mode: "urgent", clear: false }, asEm)
      yield* takes(2)

      assert.isAbove(agent.interrupts, 0)
      assert.include(agent.prompts[1], "Build it")
      assert.strictEqual(yield* clears(world), 0)
    }))

  test("comes from a person without words about an EM", ({ agent, is, spawn, takes }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")

      const { text } = yield* asked({}, human)
      yield* takes(1)

      assert.deepStrictEqual(agent.prompts, [text])
      for (const never of ["EM", "sm send", "<unset>"]) assert.notInclude(text, never)
      assert.match(text, /sm task-complete$/u)
    }))

  test("tells the EM how its turn ended, unless it did not want to know", (world) =>
    Effect.gen(function* () {
      const { agent, another, is, spawn, takes } = world
      const em = yield* another
      yield* em.spawn("em")
      const card = yield* em.is("idle")
      const asEm = { name: em.id, card }
      yield* spawn("x", null, { parentId: em.id })
      yield* is("idle")

      yield* asked({ notifyOnStop: false }, asEm)
      yield* takes(1)
      agent.finish("not heard")
      yield* is("idle")
      yield* asked({}, asEm)
      yield* takes(2)
      agent.finish("PR 456 is open")
      yield* em.takes(1)

      assert.match(em.agent.prompts.join(), /^\[sm · m\w{15}\] x \(00000001\) stopped:\nPR 456 is open$/u)
    }))

  test("is refused to who is not the parent, and then nothing is done", (world) =>
    Effect.gen(function* () {
      const { agent, is, send, spawn, takes } = world
      yield* spawn("x")
      const asEm = emLike(yield* is("idle"))

      const refused = yield* Effect.flip(asked({}, asEm))
      yield* send("next")
      yield* takes(1)

      assert.include(refused.message, "only the parent of x (00000001) may dispatch it")
      assert.deepStrictEqual(agent.prompts, ["next"])
      assert.strictEqual(yield* clears(world), 0)
    }))

  test("is refused before anything is cleared when the words are wrong", (world) =>
    Effect.gen(function* () {
      const asEm = yield* spawnChild(world)
      const says = (order: Partial<Input<"dispatch">>) =>
        Effect.map(Effect.flip(asked(order, asEm)), ({ message }) => message)

      assert.include(yield* says({ params: { tsk: "y" } }), "engineer takes no --tsk; did you mean --task?")
      assert.include(yield* says({ role: "engeneer" }), "did you mean engineer?")
      assert.include(yield* says({ to: "y" }), "there is no session y")
      assert.include(yield* says({ params: { task: "x".repeat(1024 * 1024) } }), "larger than 1048576 bytes")
      yield* world.send("next")
      yield* world.takes(1)

      assert.deepStrictEqual(world.agent.prompts, ["next"])
      assert.strictEqual(yield* clears(world), 0)
    }))

  test("is only shown in a dry run, to whomever", (world) =>
    Effect.gen(function* () {
      const asEm = yield* spawnChild(world)

      const shown = yield* asked({ dryRun: true }, human)
      const toNobody = yield* asked({ dryRun: true, to: "nobody" }, asEm)
      yield* world.send("next")
      yield* world.takes(1)

      assert.include(shown.text, 'sm send <unset> "done: ')
      assert.deepInclude(shown, { messageId: null, to: null, state: null, target: null, source: places.shipped })
      assert.include(toNobody.text, 'sm send 0000000e "done: ')
      assert.deepStrictEqual(world.agent.prompts, ["next"])
    }))
})

describe("the roles", () => {
  it.effect("shipped are the seed's four, and each says what it takes", () =>
    Effect.gen(function* () {
      const found = yield* Dispatch.roles("/", places)
      const common = ["extra", "issue", "pr", "repo", "spec", "task"]
      assert.deepStrictEqual(
        found.map(({ optional, required, role }) => [role, required, optional.toSorted()]),
        [
          ["engineer", [], common],
          ["architect", [], common],
          ["scout", [], [...common, "reviewer_id"].toSorted()],
          ["reviewer", [], [...common, "scout_id"].toSorted()]
        ]
      )
    })
  )
})
