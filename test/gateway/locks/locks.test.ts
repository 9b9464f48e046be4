/** `sm lock`, `sm unlock`, `sm locks` as the gateway answers: what a directory means, who waits, and what is refused how. */
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, type Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import type { Broker } from "../../../src/broker/Broker.ts"
import * as Directory from "../../../src/broker/Directory.ts"
import { Ticket } from "../../../src/domain/Lock.ts"
import { defaults, LockRules } from "../../../src/domain/LockPolicy.ts"
import type { Input } from "../../../src/gateway/Api.ts"
import { identify } from "../../../src/gateway/Caller.ts"
import * as Feed from "../../../src/gateway/Feed.ts"
import { giveUpLock, lock, locks, unlock } from "../../../src/gateway/locks/LockVerbs.ts"
import { refusalOf } from "../../../src/gateway/Refusing.ts"
import * as Repository from "../../../src/gateway/Repository.ts"
import { status } from "../../../src/gateway/ViewVerbs.ts"
import { scopeOf } from "../../../src/gateway/locks/Workspace.ts"
import { eventually, HOST, moving, type World, withWorld } from "../../support/SessionTest.ts"
import { temporary } from "../../support/TmuxTest.ts"

/** It looks at real files, in real time. */
const repository = Layer.effect(
  Repository.Repository,
  Effect.map(Repository.Repository, ({ fresh, of }) => ({
    fresh: (directory) => TestClock.withLive(fresh(directory)),
    of: (directory) => TestClock.withLive(of(directory))
  }))
).pipe(Layer.provide(Repository.layer))
const projections = Layer.mergeAll(Directory.layer, repository, Feed.layer)
type Needs = Broker | Directory.Directory | Repository.Repository | Feed.Feed | Scope.Scope

const callerOf = (id: string) =>
  eventually(`the directory knows ${id}`, Effect.option(identify(id)).pipe(Effect.map(Option.getOrUndefined)))

/** A repository with a worktree; and an agent at work. */
const withRepository = (
  body: (
    world: World,
    dirs: { readonly main: string; readonly tree: string; readonly plain: string }
  ) => Effect.Effect<void, unknown, Needs>
) =>
  withWorld((world) =>
    Effect.gen(function* () {
      const root = yield* temporary("locks")
      const [main, tree, plain] = [join(root, "main"), join(root, "tree"), join(root, "plain")]
      for (const path of [join(main, "src/deep"), plain]) mkdirSync(path, { recursive: true })
      const git = (...args: ReadonlyArray<string>) =>
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example", "-C", main, ...args], {
          env: { PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
          stdio: "pipe"
        })
      git("init", "-q")
      git("commit", "-q", "--allow-empty", "-m", "first")
      git("worktree", "add", "-q", tree)
      yield* world.spawn("ann", "work", { workingDir: main })
      yield* world.is("working")
      yield* body(world, { main, tree, plain })
    }).pipe(Effect.scoped, Effect.provide(projections))
  )

let count = 0
const asked = (cwd: string, more: Partial<Input<"lock">> = {}): Input<"lock"> => ({
  cwd,
  reason: "why",
  ticket: Ticket.make(`l${String(++count).padStart(15, "0")}`),
  ...more
})

describe("sm lock", () => {
  it.effect("locks the workspace of a directory for an agent's turn; others are told who has it, or wait", () =>
    withRepository((world, { main, tree }) =>
      Effect.gen(function* () {
        const ann = yield* callerOf(world.id)
        const person = yield* identify("human")
        const short = Effect.provideService(lock(asked(join(main, "src")), ann, HOST), LockRules, {
          ...defaults,
          ttl: 20
        })
        const first = yield* moving(short)
        assert.deepStrictEqual([first.lease?.workspace, first.lease?.path, first.lease?.fence], [main, null, 1])
        assert.strictEqual(first.lease?.ttl, 20_000, "locks.ttl")
        const refused = refusalOf(yield* moving(Effect.flip(lock(asked(main), person, HOST))))
        assert.strictEqual(refused.code, "wrong-state")
        assert.match(refused.message, /^ann \(00000001\) has had \/.*\/main for \d+s \(why\), until its turn ends$/u)
        assert.include(refused.hint, 'sm send ann "<text>" asks its holder')
        // Each worktree is its own.
        assert.strictEqual((yield* moving(lock(asked(tree), person, HOST))).outcome, "granted")

        const waiting = asked(main, { waitMs: 60_000 })
        const slow = yield* moving(lock({ ...waiting, forMs: 100 }, person, HOST))
        assert.strictEqual(slow.outcome, "waits")
        const fiber = yield* Effect.forkScoped(lock(waiting, person, HOST))
        yield* eventually(
          "the person waits, and status says so",
          Effect.map(moving(status({ cwd: main }, person, HOST)), ({ leases, waiting: line }) =>
            leases.length === 2 && line[0]?.behind.join() === "ann (00000001)" ? true : undefined
          )
        )
        world.agent.finish()
        const late = yield* moving(Fiber.join(fiber))
        assert.deepStrictEqual([late.outcome, late.lease?.ticket], ["granted", waiting.ticket])

        const not = refusalOf(yield* moving(Effect.flip(unlock({ cwd: main }, ann, HOST))))
        assert.deepStrictEqual(
          [not.code, not.message.startsWith("only its holder may release it: the person has")],
          ["not-allowed", true]
        )
        const force = refusalOf(yield* moving(Effect.flip(unlock({ cwd: main, force: true }, ann, HOST))))
        assert.strictEqual(force.message, "only a person may take a lease away from its holder")
        assert.lengthOf(yield* moving(unlock({ cwd: main }, person, HOST)), 1)
        assert.lengthOf((yield* moving(locks(tree, HOST))).leases, 1)
      })
    )
  )

  it.effect("is given up by who asked, and refused where it would wait for ever", () =>
    withRepository((world, { main, tree }) =>
      Effect.gen(function* () {
        const ann = yield* callerOf(world.id)
        const person = yield* identify("human")
        yield* moving(lock(asked(main), ann, HOST))
        yield* moving(lock(asked(tree), person, HOST))
        const waiting = asked(main, { waitMs: 60_000, forMs: 0 })
        yield* moving(lock(waiting, person, HOST))
        const ring = refusalOf(yield* moving(Effect.flip(lock(asked(tree, { waitMs: 1000 }), ann, HOST))))
        assert.strictEqual(
          ring.message,
          "waiting would never end: ann (00000001) waits for the person waits for ann (00000001)"
        )
        const no = refusalOf(yield* moving(Effect.flip(giveUpLock({ ticket: waiting.ticket }, ann))))
        assert.strictEqual(no.code, "not-allowed")
        assert.deepStrictEqual(yield* moving(giveUpLock({ ticket: waiting.ticket }, person)), { outcome: "over" })
        const again = yield* moving(lock(waiting, person, HOST))
        assert.deepStrictEqual([again.outcome, again.why], ["over", "given up by the person"])
      })
    )
  )

  it.effect("takes a glob from where the shell is", () =>
    withRepository((_, { main, plain, tree }) =>
      Effect.gen(function* () {
        const src = join(main, "src")
        const pathOf = (cwd: string, glob: string) =>
          Effect.match(scopeOf(cwd, glob, HOST), {
            onFailure: (error) => refusalOf(error).code,
            onSuccess: (found) => found.path
          })
        const table: ReadonlyArray<readonly [string, string, string | null]> = [
          [src, "*.ts", "src/*.ts"],
          [src, "../docs/**", "docs/**"],
          [src, "deep", "src/deep"],
          [src, "new", "src/new"],
          [src, ".", "src"],
          [src, "..", null],
          [main, "**", null],
          [main, "src/", "src"],
          [src, "../../..", "invalid"],
          [src, join(main, "a.txt"), "a.txt"],
          [main, join(tree, "a.txt"), "invalid"],
          [main, "x".repeat(300), "invalid"],
          [plain, "a", "wrong-state"]
        ]
        for (const [cwd, glob, expected] of table) assert.strictEqual(yield* pathOf(cwd, glob), expected, glob)
      })
    )
  )
})
