/** `sm worktree` and `sm spawn --worktree`, as the gateway answers. */
import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { ref } from "../../../src/actors/ActorRef.ts"
import { Worktrees } from "../../../src/actors/worktrees/Worktrees.ts"
import * as Roster from "../../../src/agents/Roster.ts"
import type { Broker } from "../../../src/broker/Broker.ts"
import * as Directory from "../../../src/broker/Directory.ts"
import { GivenName } from "../../../src/domain/GivenName.ts"
import { SessionId } from "../../../src/domain/Ids.ts"
import { WorktreeId } from "../../../src/domain/Worktree.ts"
import { identify } from "../../../src/gateway/Caller.ts"
import * as Feed from "../../../src/gateway/Feed.ts"
import { kill } from "../../../src/gateway/SessionVerbs.ts"
import { restoreSession, spawn } from "../../../src/gateway/worktrees/WorktreeSpawn.ts"
import { health, list, remove, restore } from "../../../src/gateway/worktrees/WorktreeVerbs.ts"
import { Git, GitError } from "../../../src/git/Git.ts"
import { SHA } from "../../support/FakeGit.ts"
import { eventually, HOST, moving, type World, withWorld } from "../../support/SessionTest.ts"

const NAME = GivenName.make("eng")
const human = { name: "human", card: undefined }
const kinds = Layer.succeed(Roster.Roster, {
  register: () => Effect.void,
  find: () => Effect.succeedNone,
  kinds: Effect.succeed(["scripted", "absent"])
})
type Needs = Broker | Directory.Directory | Feed.Feed | Git | Roster.Roster

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Needs>) =>
  it.effect(title, () =>
    withWorld((world) =>
      Effect.provide(
        body(world),
        Layer.mergeAll(Directory.layer, Feed.layer, kinds, Layer.succeed(Git, world.git.service))
      )
    )
  )

const callerOf = (id: string) =>
  eventually(`the directory knows ${id}`, Effect.option(identify(id)).pipe(Effect.map(Option.getOrUndefined)))

/** One that is there, of this session. */
const made = (number: number, session: string, more: { readonly branch?: string; readonly repo?: string } = {}) => {
  const { branch = "sm/eng", repo = "/api/.git" } = more
  const id = WorktreeId.make(`w000000${number}`)
  const order = {
    id,
    host: HOST,
    repo,
    name: "api",
    path: `/trees/${number}`,
    branch,
    base: SHA,
    made: true,
    follows: null,
    session: SessionId.make(session),
    sessionName: "eng"
  }
  return Effect.andThen(
    moving(ref(Worktrees, HOST, HOST).ask("Add", order)),
    eventually(
      `${id} is ready`,
      Effect.map(moving(list({}, HOST)), (all) => all.find((one) => one.id === id && one.phase === "ready"))
    )
  )
}

const sentence = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(moving(Effect.flip(effect)), (error) => (error as { readonly message: string }).message)

describe("sm worktree", () => {
  test("takes an id, a path, a branch or a session, and asks which one when there are several", (world) =>
    Effect.gen(function* () {
      yield* made(1, "0000000a")
      yield* made(2, "0000000b", { repo: "/web/.git" })
      assert.include(yield* sentence(remove({ worktree: "nobody" }, human, HOST)), "there is no worktree nobody")
      assert.match(yield* sentence(remove({ worktree: "sm/eng" }, human, HOST)), /w0000002 .*w0000001/u)
      assert.strictEqual((yield* moving(remove({ worktree: "/trees/1/" }, human, HOST))).phase, "gone")
      world.git.dirty.add("/trees/2")
      assert.strictEqual((yield* moving(remove({ worktree: "eng" }, human, HOST))).phase, "kept")
      // Of the same branch, one that is there and one that is kept: the one that is there is meant.
      yield* made(3, "0000000b", { repo: "/web/.git" })
      assert.strictEqual((yield* moving(remove({ worktree: "0000000b" }, human, HOST))).id, "w0000003")
      assert.strictEqual((yield* moving(restore({ worktree: "sm/eng" }, human, HOST))).path, "/trees/2")
    }))

  test("waits for what is forgotten, and not for what fails again and again", (world) =>
    Effect.gen(function* () {
      const { git } = world
      yield* made(1, "0000000a")
      git.dirty.add("/trees/1")
      yield* moving(remove({ worktree: "w0000001" }, human, HOST))
      git.slow = "forget"
      const forgotten = yield* moving(remove({ worktree: "w0000001", force: true }, human, HOST))
      assert.strictEqual(forgotten.phase, "gone")
      yield* made(2, "0000000a")
      const error = new GitError({ problem: "the disk is full", fix: "make room", refused: false })
      git.fails = { step: "drop", error }
      assert.include(yield* sentence(remove({ worktree: "w0000002" }, human, HOST)), "the disk is full; make room")
      assert.include(yield* moving(health(HOST)), { state: "warn", fix: "sm worktree list" })
    }))

  test("lets an agent rule over its own and its children's, and force nothing", (world) =>
    Effect.gen(function* () {
      const child = yield* world.another
      yield* world.spawn("boss")
      yield* child.spawn("eng", null, { parentId: world.id })
      yield* child.is("idle")
      const boss = yield* callerOf(world.id)
      const eng = yield* callerOf(child.id)
      yield* made(1, world.id)
      yield* made(2, child.id, { branch: "sm/two" })
      assert.include(yield* sentence(remove({ worktree: "w0000001" }, eng, HOST)), "only eng, its parent and a person")
      assert.include(
        yield* sentence(remove({ worktree: "w0000002", force: true }, boss, HOST)),
        "only a person may force"
      )
      for (const worktree of ["w0000001", "w0000002"])
        assert.strictEqual((yield* moving(remove({ worktree }, boss, HOST))).phase, "gone")
    }))

  test("says how each stands, and the doctor what needs somebody", (world) =>
    Effect.gen(function* () {
      yield* made(1, "0000000a")
      world.git.linked.set("/trees/1", { root: "/trees/1", branch: "sm/eng", changes: [" M a", "?? b"] })
      assert.include((yield* moving(list({ changes: true }, HOST)))[0], { changes: 2, living: null })
      assert.include(yield* moving(health(HOST)), {
        state: "ok",
        detail: "1 there, 1 of them without a session; 0 kept in a bundle"
      })
    }))
})

describe("sm spawn --worktree", () => {
  const surveys = (world: World) =>
    Object.assign(world.git.service, {
      survey: (_: string, branch: string) => Effect.succeed({ ...base, branch, path: tmpdir(), below: "not/there/" })
    })
  const base = { repo: "/api/.git", name: "api", base: SHA, made: true, follows: null }
  const input = { provider: "scripted", cwd: "/api", worktree: true } as const

  test("starts the agent in it, on a branch of its own name", (world) =>
    Effect.gen(function* () {
      surveys(world)
      const card = yield* moving(spawn({ ...input, name: NAME }, human, HOST))
      assert.include(card, { name: NAME, workingDir: tmpdir(), worktree: tmpdir() })
      const [tree] = yield* moving(list({}, HOST))
      assert.include(tree, { branch: "sm/eng", session: card.id, living: NAME })
      const taken = yield* sentence(spawn({ ...input, name: NAME }, human, HOST))
      assert.include(taken, "the name eng belongs to session")
      assert.strictEqual(world.git.steps.length, 1, "asked before git is")
    }))

  test("goes on there after its end, but not where the worktree is gone", (world) =>
    Effect.gen(function* () {
      surveys(world)
      yield* moving(spawn({ ...input, name: NAME }, human, HOST))
      yield* moving(kill({ session: "eng" }, human))
      world.git.dirty.add(tmpdir())
      const { id } = yield* moving(remove({ worktree: "sm/eng" }, human, HOST))
      const error = yield* moving(Effect.flip(restoreSession({ session: "eng" }, human, HOST)))
      assert.include(error, {
        message: `the worktree of eng is removed: ${tmpdir()}`,
        hint: `sm worktree restore ${id} brings it back`
      })
      yield* moving(restore({ worktree: id }, human, HOST))
      assert.strictEqual((yield* moving(restoreSession({ session: "eng" }, human, HOST))).state, "starting")
    }))

  test("leaves no worktree when the agent cannot be started", (world) =>
    Effect.gen(function* () {
      surveys(world)
      const why = yield* sentence(spawn({ ...input, provider: "absent" }, human, HOST))
      assert.include(why, "absent could not be started")
      yield* eventually(
        "it is gone",
        Effect.map(moving(list({}, HOST)), (all) => (all.length === 0 ? true : undefined))
      )
    }))
})
