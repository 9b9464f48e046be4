/** Worktrees of a host: what is made, kept, removed and brought back, whatever happens meanwhile. */
import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Locks } from "../../src/actors/locks/Locks.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import type { State } from "../../src/actors/session/State.ts"
import { workLeft } from "../../src/actors/session/WorkLeft.ts"
import { Worktrees } from "../../src/actors/worktrees/Worktrees.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import { Ticket } from "../../src/domain/Lock.ts"
import { type Worktree, WorktreeId } from "../../src/domain/Worktree.ts"
import { GitError } from "../../src/git/Git.ts"
import { SHA } from "../support/FakeGit.ts"
import { eventually, HOST, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const basis = {
  provider: "scripted",
  workingDir: "/",
  parentId: null,
  model: null,
  effort: null,
  permissionMode: null,
  args: [],
  env: {}
}
const actor = ref(Worktrees, HOST, HOST)
const ID = WorktreeId.make("w0000001")
const decodeRecord = Schema.decodeSync(Schema.fromJsonString(EventRecord))

const orderOf = (id = ID, branch = "sm/eng") => ({
  id,
  host: HOST,
  repo: "/api/.git",
  name: "api",
  // Sessions are spawned there.
  path: branch === "sm/eng" ? tmpdir() : `/trees/api/${branch}`,
  branch,
  base: SHA,
  made: true,
  follows: null,
  session: SessionId.make("0000000e"),
  sessionName: "eng"
})
const PATH = orderOf().path
const failure = (refused: boolean) => new GitError({ problem: "the disk is full", fix: "make room", refused })

const all = moving(actor.ask("Describe", {}))
const is = (phase: Worktree["phase"], id = ID) =>
  eventually(
    `${id} is ${phase}`,
    Effect.map(all, (worktrees) => worktrees.find((worktree) => worktree.id === id && worktree.phase === phase))
  )
const isGone = eventually(
  "it is gone",
  Effect.map(all, (worktrees) => (worktrees.length === 0 ? true : undefined))
)
const add = (id = ID, branch = "sm/eng") => moving(actor.ask("Add", orderOf(id, branch)))
const remove = (force = false) => moving(actor.ask("Remove", { id: ID, force }))
const restore = (branch: string | null = null) => moving(actor.ask("Restore", { id: ID, branch }))

/** What was told of it. */
const told = ({ broker }: World) =>
  Effect.map(broker.facts("worktree", ID), (facts) =>
    facts.flatMap(({ body }) => {
      const { event } = decodeRecord(body)
      return event._tag === "WorktreeMoved" ? [event.worktree] : []
    })
  )

/** Why what was asked last did not come about. */
const why = (world: World) =>
  eventually(
    "it is said why",
    Effect.map(told(world), (all) => all.at(-1)?.problem ?? undefined)
  )

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

describe("the worktrees of a host", () => {
  test("are made, removed with their work kept, brought back, and forgotten when nothing of them is left", (world) =>
    Effect.gen(function* () {
      const { git } = world
      yield* add()
      yield* is("ready")
      git.dirty.add(PATH)
      yield* remove()
      const { kept } = yield* is("kept")
      assert.isNotNull(kept)
      assert.include(yield* Effect.flip(remove()), { _tag: "NotNow" })
      yield* restore()
      assert.isNull((yield* is("ready")).kept)
      git.dirty.clear()
      yield* eventually(
        "what was kept is forgotten",
        Effect.sync(() => (git.steps.at(-1) === `forget ${ID}` ? true : undefined))
      )
      yield* eventually("it is at rest", Effect.option(remove()).pipe(Effect.map(Option.getOrUndefined)))
      yield* isGone
      assert.deepStrictEqual(git.steps, [
        "add sm/eng again",
        "keep sm/eng",
        "drop sm/eng",
        "bring sm/eng again",
        `forget ${ID}`,
        "keep sm/eng",
        "drop sm/eng"
      ])
      assert.strictEqual((yield* told(world)).at(-1)?.phase, "gone")
    }))

  test("a person may forget for good what was kept", ({ git }) =>
    Effect.gen(function* () {
      yield* add()
      yield* is("ready")
      git.dirty.add(PATH)
      yield* remove()
      yield* is("kept")
      yield* remove(true)
      yield* isGone
      assert.strictEqual(git.steps.at(-1), `forget ${ID}`)
    }))

  test("of two at once for one branch the second is refused, and those of other branches are made", ({ git }) =>
    Effect.gen(function* () {
      const [one, two, three] = [1, 2, 3].map((number) => WorktreeId.make(`w000000${number}`))
      const results = yield* Effect.all([add(one), Effect.flip(add(two)), add(three, "sm/other"), add(one)], {
        concurrency: "unbounded"
      })
      assert.include(String(results[1]), "the worktree of sm/eng in api is there already (for eng)")
      yield* is("ready", one)
      yield* is("ready", three)
      assert.strictEqual(git.steps.length, 2)
    }))

  test("one that cannot be made is told with the reason, and leaves no record", (world) =>
    Effect.gen(function* () {
      world.git.fails = { step: "add", error: failure(false) }
      yield* add()
      yield* isGone
      assert.include((yield* told(world)).at(-1), { phase: "failed", problem: "the disk is full; make room" })
    }))

  test("what stands at its place is not touched", ({ git }) =>
    Effect.gen(function* () {
      git.there.add(PATH)
      yield* add()
      yield* is("ready")
      assert.deepStrictEqual(git.steps, ["add sm/eng"], "not again: git refuses what is there")
    }))

  test("one in which a session lives stays, unless a person forces it", (world) =>
    Effect.gen(function* () {
      const { is: session, spawn } = world
      yield* add()
      yield* is("ready")
      yield* spawn("eng", null, { workingDir: PATH, worktree: PATH })
      yield* session("idle")
      yield* remove()
      assert.include(yield* why(world), `eng (00000001) works in ${PATH}: sm kill eng first`)
      assert.isNull((yield* is("ready")).problem, "that is true only now")
      yield* remove(true)
      yield* isGone
    }))

  test("one that somebody leases stays, and nobody leases one that is being removed", (world) =>
    Effect.gen(function* () {
      const { git } = world
      const locks = ref(Locks, SWARM, "main")
      const acquire = (number: number) =>
        moving(
          locks.ask("Acquire", {
            ticket: Ticket.make(`l${String(number).padStart(15, "0")}`),
            host: HOST,
            workspace: PATH,
            path: "src/**",
            narrow: null,
            holder: { _tag: "Person", name: "me" },
            reason: "looking",
            ttl: 3_600_000,
            wait: 0,
            auto: false,
            at: 1
          })
        )
      yield* add()
      yield* is("ready")
      yield* acquire(1)
      yield* remove()
      assert.include(yield* why(world), `${PATH} is leased by a person (looking)`)
      assert.deepStrictEqual(git.steps, ["add sm/eng again"])
      const scope = { host: HOST, workspace: PATH, path: null, holder: { _tag: "Person", name: "me" } as const }
      yield* moving(locks.ask("Release", { ...scope, force: false, why: "done" }))
      git.hangs = "keep"
      yield* remove()
      yield* eventually(
        "it is being kept",
        Effect.sync(() => (git.steps.at(-1) === "keep sm/eng" ? true : undefined))
      )
      assert.include(String(yield* Effect.flip(acquire(2))), "held")
      git.hangs = undefined
      yield* world.stop
      yield* world.boot
      yield* isGone
      yield* eventually(
        "nobody leases it any more",
        Effect.map(moving(locks.ask("Describe", {})), ({ leases }) => (leases.length === 0 ? true : undefined))
      )
    }))

  test("one whose files change while they are kept is kept once more", ({ git }) =>
    Effect.gen(function* () {
      yield* add()
      yield* is("ready")
      git.dirty.add(PATH)
      git.restless.set(PATH, 1)
      yield* remove()
      yield* is("kept")
      assert.deepStrictEqual(git.steps.slice(1), ["keep sm/eng", "drop sm/eng", "keep sm/eng", "drop sm/eng"])
    }))

  test("one whose files never rest stays", (world) =>
    Effect.gen(function* () {
      yield* add()
      yield* is("ready")
      world.git.restless.set(PATH, Infinity)
      yield* remove()
      assert.include(yield* why(world), "change all the while: end what writes there")
      assert.isNull((yield* is("ready")).kept)
    }))

  test("what fails while it goes is said, and tried again", (world) =>
    Effect.gen(function* () {
      const { git } = world
      yield* add()
      yield* is("ready")
      git.dirty.add(PATH)
      git.fails = { step: "drop", error: failure(false) }
      yield* remove()
      assert.strictEqual(yield* why(world), "the disk is full; make room")
      const noticed = moving(ref(Monitor, HOST, HOST).ask("Describe", {}))
      const text = "git does not get on with the worktree of sm/eng in api: the disk is full; make room"
      yield* eventually(
        "a person is told",
        Effect.map(noticed, ([notice]) => (notice?.text === text ? true : undefined))
      )
      git.fails = undefined
      assert.isNull((yield* is("kept")).problem)
      yield* eventually(
        "that is over",
        Effect.map(noticed, (open) => (open.length === 0 ? true : undefined))
      )
    }))

  test("what may not go stays as it is, with the reason", (world) =>
    Effect.gen(function* () {
      const { git } = world
      yield* add()
      yield* is("ready")
      git.dirty.add(PATH)
      for (const step of ["keep", "drop"]) {
        git.fails = { step, error: failure(true) }
        yield* remove()
        assert.strictEqual(yield* why(world), "the disk is full; make room")
        assert.isNull((yield* is("ready")).kept)
        yield* pass(1)
      }
      assert.strictEqual(git.steps.at(-1), `forget ${ID}`, "the bundle of what stays")
    }))
})

describe("a daemon that is killed in the middle", () => {
  for (const step of ["add", "keep", "drop", "bring", "forget"])
    test(`of ${step} goes on with it at the next start`, (world) =>
      Effect.gen(function* () {
        const { git } = world
        const reached = eventually(
          `${step} is under way`,
          Effect.sync(() => (git.steps.at(-1)?.startsWith(step) === true ? true : undefined))
        )
        const killed = Effect.gen(function* () {
          yield* reached
          yield* world.stop
          git.hangs = undefined
          yield* world.boot
        })
        const dies = (at: string) => {
          if (at !== step) return Effect.void
          return killed
        }
        git.hangs = step
        git.dirty.add(PATH)
        yield* add()
        yield* dies("add")
        yield* is("ready")
        yield* remove()
        yield* dies("keep")
        yield* dies("drop")
        yield* is("kept")
        yield* restore()
        yield* dies("bring")
        yield* is("ready")
        yield* dies("forget")
        yield* eventually(
          "it is forgotten",
          Effect.sync(() => (git.steps.at(-1) === `forget ${ID}` ? true : undefined))
        )
        assert.strictEqual(git.steps.filter((done) => done.startsWith(step)).length, 2)
        assert.isTrue(git.there.has(PATH))
      }))
})

describe("the end of a turn", () => {
  const letters = ({ agent }: World) => agent.prompts.filter((prompt) => prompt.includes("[sm worktree"))
  const changed = ({ git }: World, ...changes: ReadonlyArray<string>) =>
    void git.linked.set(PATH, { root: PATH, branch: "sm/eng", changes })

  /** One turn, and whatever is told at its end. */
  const turn = (world: World, text: string) =>
    Effect.gen(function* () {
      const before = world.agent.prompts.length
      yield* world.send(text)
      yield* world.takes(before + 1)
      world.agent.finish()
      yield* pass(2)
      if (letters(world).at(-1) === world.agent.prompts.at(-1)) world.agent.finish()
      yield* pass(2)
    })

  test("with uncommitted work in a worktree is told to the agent, once for each state of its files", (world) =>
    Effect.gen(function* () {
      changed(world, " M a.txt", "?? b.txt")
      yield* world.spawn("eng", null, { workingDir: PATH, worktree: PATH })
      yield* world.is("idle")
      yield* turn(world, "one")
      assert.strictEqual(letters(world).length, 1)
      for (const word of [
        PATH,
        "branch sm/eng",
        " M a.txt",
        "?? b.txt",
        "git push -u origin sm/eng",
        "pull request",
        "2 files"
      ])
        assert.include(letters(world)[0], word)
      yield* turn(world, "two")
      assert.strictEqual(letters(world).length, 1, "the same files")
      changed(world, " M a.txt")
      yield* turn(world, "three")
      assert.strictEqual(letters(world).length, 2, "others")
      changed(world)
      yield* turn(world, "four")
      assert.strictEqual(letters(world).length, 2, "none")
      changed(world, " M a.txt")
      yield* turn(world, "five")
      assert.strictEqual(letters(world).length, 3, "the same as before, but they had been clean")
    }))

  it("is told of where the session works and where it has written, from whatever work it comes", () => {
    const ID_ = "0000000e"
    const lease = {
      host: HOST,
      path: null,
      ticket: Ticket.make(`l${"0".repeat(15)}`),
      reason: "",
      fence: 1,
      since: 1,
      ttl: 1,
      asked: 1
    }
    const born: State = {
      ...emptyState(ID_),
      host: HOST,
      spec: { ...basis, worktree: "/trees/one" },
      leasing: {
        ...emptyState(ID_).leasing,
        held: ["/trees/one", "/two"].map((workspace) => ({ ...lease, workspace }))
      }
    }
    const directories = (from: State["phase"], to: State["phase"], state = born) =>
      workLeft({ ...state, phase: from }, { ...state, phase: to }, 5).out.flatMap((out) =>
        out._tag === "Tell" && out.to.kind === "worktrees"
          ? [(out.payload as { directories: unknown }).directories]
          : []
      )
    for (const from of ["working", "compacting", "waiting-permission", "unknown"] as const)
      assert.deepStrictEqual(directories(from, "idle"), [["/trees/one", "/two"]])
    for (const [from, to] of [
      ["starting", "idle"],
      ["human-composing", "idle"],
      ["working", "stopped"],
      ["crashed", "idle"],
      ["working", "waiting-permission"]
    ] as const)
      assert.deepStrictEqual(directories(from, to), [])
    assert.deepStrictEqual(
      directories("working", "idle", { ...born, spec: basis, leasing: emptyState(ID_).leasing }),
      []
    )
  })

  test("elsewhere is nobody's business", (world) =>
    Effect.gen(function* () {
      changed(world, " M a.txt")
      yield* world.spawn("eng")
      yield* world.is("idle")
      yield* turn(world, "one")
      assert.strictEqual(letters(world).length, 0)
    }))
})
