import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Pool } from "../../src/actors/pool/Pool.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { membership } from "../../src/actors/session/Membership.ts"
import type { State } from "../../src/actors/session/State.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { RoleName } from "../../src/domain/Ids.ts"
import {
  eventually,
  human,
  type Member,
  moving,
  pass,
  type Send,
  type World,
  withWorld
} from "../support/SessionTest.ts"

const role = RoleName.make("engineer")
const pool = ref(Pool, SWARM, role)

interface Crew {
  readonly ann: Member
  readonly ben: Member
  readonly queue: (text: string, options?: Send) => Effect.Effect<string, unknown, Broker>
  /** Waits until so many of the role are known to be idle. */
  readonly idle: (count: number) => Effect.Effect<unknown, unknown, Broker>
}

/** Two sessions, spawned as engineers. */
const withCrew = (body: (world: World, crew: Crew) => Effect.Effect<void, unknown, Broker>) =>
  withWorld((world) =>
    Effect.gen(function* () {
      const ben = yield* world.another
      const queue = (text: string, options: Send = {}) =>
        Effect.gen(function* () {
          const letter = yield* world.letter(text, options)
          yield* moving(pool.ask("Accept", letter))
          return letter.id
        })
      const idle = (count: number) =>
        eventually(
          `${count} engineers are idle`,
          Effect.map(moving(pool.ask("Describe", {})), ({ members }) =>
            members.filter(({ ready }) => ready).length === count ? true : undefined
          )
        )
      yield* world.spawn("ann", null, { role })
      yield* idle(1)
      yield* ben.spawn("ben", null, { role })
      yield* idle(2)
      yield* body(world, { ann: world, ben, idle, queue })
    })
  )

const HOPS = ["accepted", "accepted", "injected", "submitted", "answered"]

describe("the work queue of a role", () => {
  it.effect("gives each letter to one idle session, longest idle first, in the order of acceptance", () =>
    withCrew((world, { ann, ben, queue }) =>
      Effect.gen(function* () {
        const one = yield* queue("one")
        yield* ann.takes(1)
        const two = yield* queue("two")
        yield* ben.takes(1)
        const three = yield* queue("three")
        const four = yield* queue("four")
        yield* pass(5)
        assert.deepStrictEqual([ann.agent.prompts, ben.agent.prompts], [["one"], ["two"]])

        ben.agent.finish()
        yield* ben.takes(2)
        ann.agent.finish()
        yield* ann.takes(2)
        ann.agent.finish()
        ben.agent.finish()
        for (const id of [one, two, three, four]) {
          yield* world.reaches(id, "answered")
          assert.deepStrictEqual(yield* world.hops(id), HOPS)
        }

        assert.deepStrictEqual(
          [ann.agent.prompts, ben.agent.prompts],
          [
            ["one", "four"],
            ["two", "three"]
          ]
        )
        assert.include(yield* world.evidence(one), "handed to ann (00000001), idle longest of 2")
        assert.deepStrictEqual((yield* moving(pool.ask("Describe", {}))).handed, [])
      })
    )
  )

  it.effect("waits while nobody of the role is there, also over a restart, and expires", () =>
    withWorld((world) =>
      Effect.gen(function* () {
        const letter = yield* world.letter("anybody?", {})
        const soon = yield* world.letter("at once", { ttl: 10, from: world.sender() })
        yield* world.spawn("ann")
        yield* world.is("idle")
        assert.deepStrictEqual(yield* moving(pool.ask("Accept", letter)), { state: "accepted", members: 0, ready: 0 })
        yield* moving(pool.ask("Accept", soon))
        yield* world.stop
        yield* world.boot
        yield* world.reaches(soon.id, "expired")
        yield* world.takes(1)
        assert.match(world.agent.prompts[0] ?? "", /to @engineer did not arrive \(expired\)/u)

        const ben = yield* world.another
        yield* ben.spawn("ben", null, { role })
        yield* ben.takes(1)
        assert.deepStrictEqual(ben.agent.prompts, ["anybody?"])
        ben.agent.finish()
        yield* world.reaches(letter.id, "answered")
      })
    )
  )

  it.effect("gives back only what nobody has taken", () =>
    withCrew((world, { ann, ben, queue }) =>
      Effect.gen(function* () {
        const taken = yield* queue("one")
        yield* ann.takes(1)
        yield* ben.send("busy")
        yield* ben.takes(1)
        const waits = yield* world.letter("two", {})
        yield* moving(pool.ask("Accept", waits))
        yield* moving(pool.ask("Unsend", { id: waits.id, by: human }))
        assert.deepStrictEqual(yield* world.hops(waits.id), ["accepted", "withdrawn"])
        const refused = yield* moving(Effect.flip(pool.ask("Unsend", { id: waits.id, by: human })))
        assert.include(refused.message, "it is withdrawn")
        ben.agent.finish()
        yield* pass(5)
        assert.deepStrictEqual(ben.agent.prompts, ["busy"])
        ann.agent.finish()
        yield* world.reaches(taken, "answered")
      })
    )
  )

  it.effect("never gives a letter back to the session that sent it", () =>
    withCrew((world, { ann, ben, queue }) =>
      Effect.gen(function* () {
        const id = yield* queue("who of you?", { from: ann.sender() })
        yield* ben.takes(1)
        ben.agent.finish()
        yield* world.reaches(id, "answered")
        assert.deepStrictEqual(ann.agent.prompts, [])
      })
    )
  )

  it.effect("passes on what a session has not begun when it takes on other work at that moment", () =>
    withCrew((world, { ann, ben, queue }) =>
      Effect.gen(function* () {
        // Both at once: ann's own work comes first, the queue believes her idle.
        const own = yield* world.letter("for ann herself", {})
        yield* ann.session.tell("Accept", own)
        const id = yield* queue("for anybody")
        yield* ben.takes(1)
        yield* ann.takes(1)
        assert.deepStrictEqual([ann.agent.prompts, ben.agent.prompts], [["for ann herself"], ["for anybody"]])
        ben.agent.finish()
        yield* world.reaches(id, "answered")
        assert.deepStrictEqual(
          (yield* world.evidence(id)).filter((word) => word.startsWith("taken back")),
          ["taken back from ann (00000001): it works on something else"]
        )
      })
    )
  )
})

const deaths: ReadonlyArray<{
  readonly when: string
  readonly before: (world: World, ann: Member) => Effect.Effect<unknown, unknown, Broker>
}> = [
  { when: "typed and not confirmed", before: (_, ann) => Effect.andThen(ann.takes(1), pass(1)) },
  { when: "confirmed", before: (_, ann) => Effect.andThen(ann.takes(1), ann.is("working")) }
]

/** What a session tells the queues of two states of it, one after the other. */
const told = (before: State, after: State) =>
  membership(before, after, 0).out.map((out) => (out._tag === "Tell" ? `${out.to.key} ${out.tag}` : out._tag))

describe("what a session tells of itself", () => {
  const spec = { provider: "p", workingDir: "/", parentId: null, model: null, effort: null, permissionMode: null }
  const born: State = { ...emptyState("0000000a"), host: "h", spec: { ...spec, args: [], env: {} } }
  const plain: State = { ...born, phase: "idle", pane: { id: "%1", server: "s", pid: 1 } }
  const idle: State = { ...plain, role: "engineer" }
  const cases: ReadonlyArray<readonly [string, State, State, ReadonlyArray<string>]> = [
    ["nothing without a role", born, plain, []],
    ["that it is free when it gets one", plain, idle, ["engineer Ready"]],
    ["nothing of a role that cannot be addressed", plain, { ...idle, role: "two words" }, []],
    ["that it works", idle, { ...idle, phase: "working" }, ["engineer Busy"]],
    ["once", { ...idle, phase: "working" }, { ...idle, phase: "compacting" }, []],
    [
      "that its provider takes nothing",
      idle,
      { ...idle, limited: { until: null, reason: "", turn: "" } },
      ["engineer Busy"]
    ],
    ["its new name", idle, { ...idle, name: "ann" }, ["engineer Ready"]],
    ["both roles when it changes", idle, { ...idle, role: "scout" }, ["engineer Gone", "scout Ready"]],
    ["that it ended", idle, { ...idle, phase: "crashed" }, ["engineer Gone"]]
  ]
  for (const [title, before, after, expected] of cases)
    it(title, () => assert.deepStrictEqual(told(before, after), expected))
})

describe("the work queue when a session dies", () => {
  for (const { before, when } of deaths) {
    it.effect(`lets the next take what was ${when}, and the dead one not again when it is restored`, () =>
      withCrew((world, { ann, ben, queue }) =>
        Effect.gen(function* () {
          ann.agent.mute = when !== "confirmed"
          yield* ben.send("other work")
          yield* ben.takes(1)
          const id = yield* queue("the task")
          yield* before(world, ann)
          yield* world.panes.kill(ann.id)
          yield* ann.is("crashed")
          yield* pass(2)
          assert.deepStrictEqual((yield* world.hops(id)).at(-1), "accepted")

          ben.agent.finish()
          yield* ben.takes(2)
          yield* moving(ann.session.ask("Restore", { by: human }))
          yield* ann.is("idle")
          yield* pass(30)
          assert.deepStrictEqual([ann.agent.prompts, ben.agent.prompts[1]], [["the task"], "the task"])
          ben.agent.finish()
          yield* world.reaches(id, "answered")
          assert.deepStrictEqual(
            (yield* world.evidence(id)).filter((word) => word.startsWith("taken back")),
            ["taken back from ann (00000001): it ended before it had answered (the agent's process ended)"]
          )
          assert.strictEqual((yield* world.hops(id)).filter((status) => status === "answered").length, 1)
        })
      )
    )
  }

  it.effect("passes on what was on its way to a session that is killed at that moment", () =>
    withCrew((world, { ann, ben, queue }) =>
      Effect.gen(function* () {
        // The kill goes ahead of it in ann's mailbox.
        const id = yield* Effect.tap(world.letter("the task", {}), (letter) => pool.tell("Accept", letter))
        yield* ann.session.tell("Kill", { reason: "enough", by: human })
        yield* ben.takes(1)
        ben.agent.finish()
        yield* world.reaches(id.id, "answered")
        assert.deepStrictEqual(ben.agent.prompts, ["the task"])

        // And to one whose agent has just died, which nobody has seen yet.
        yield* world.panes.kill(ben.id)
        const next = yield* queue("the next")
        yield* ben.is("crashed")
        yield* pass(2)
        assert.deepStrictEqual((yield* world.hops(next)).at(-1), "accepted")
        yield* moving(ann.session.ask("Restore", { by: human }))
        yield* ann.takes(1)
        ann.agent.finish()
        yield* world.reaches(next, "answered")
        assert.deepStrictEqual([ann.agent.prompts, ben.agent.prompts], [["the next"], ["the task"]])
      })
    )
  )

  it.effect("drops what comes back when a newer one has taken its place meanwhile", () =>
    withCrew((world, { ann, ben, queue }) =>
      Effect.gen(function* () {
        yield* ben.send("other work")
        yield* ben.takes(1)
        const old = yield* queue("3 of 7 done", { more: { key: "progress" } })
        yield* ann.takes(1)
        const newer = yield* queue("5 of 7 done", { more: { key: "progress" } })
        yield* world.panes.kill(ann.id)
        yield* world.reaches(old, "withdrawn")
        ben.agent.finish()
        yield* ben.takes(2)
        ben.agent.finish()
        yield* world.reaches(newer, "answered")
        assert.deepStrictEqual(ben.agent.prompts, ["other work", "5 of 7 done"])
      })
    )
  )

  it.effect("takes back what a killed session had, and gives it to the same one when it is the only one again", () =>
    withWorld((world) =>
      Effect.gen(function* () {
        yield* world.spawn("ann", null, { role })
        const letter = yield* world.letter("the task", {})
        yield* moving(pool.ask("Accept", letter))
        yield* world.takes(1)
        yield* moving(world.session.ask("Kill", { reason: "enough", by: human }))
        yield* eventually(
          "it waits again",
          Effect.map(moving(pool.ask("Describe", {})), ({ members, waiting }) =>
            waiting.length === 1 && members.length === 0 ? true : undefined
          )
        )
        yield* world.stop
        yield* world.boot
        yield* moving(world.session.ask("Restore", { by: human }))
        yield* world.takes(2)
        world.agent.finish()
        yield* world.reaches(letter.id, "answered")
        assert.deepStrictEqual(world.agent.prompts, ["the task", "the task"])
      })
    )
  )
})
