/** A write before its lock: it goes, waits, or is refused with words that help. */
import { execFileSync } from "node:child_process"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { ref } from "../../../src/actors/ActorRef.ts"
import { Monitor } from "../../../src/actors/monitor/Monitor.ts"
import type { Broker } from "../../../src/broker/Broker.ts"
import { SessionId } from "../../../src/domain/Ids.ts"
import { Holder, Ticket } from "../../../src/domain/Lock.ts"
import { defaults, LockRules } from "../../../src/domain/LockPolicy.ts"
import { locks } from "../../../src/gateway/locks/Acquiring.ts"
import { common, permit, type Question, type Verdict } from "../../../src/gateway/locks/AutoLock.ts"
import * as Feed from "../../../src/gateway/Feed.ts"
import { locate, Locator } from "../../../src/gateway/locks/Locating.ts"
import * as Repository from "../../../src/gateway/Repository.ts"
import { eventually, HOST, moving, pass, withWorld } from "../../support/SessionTest.ts"
import { temporary } from "../../support/TmuxTest.ts"

const guest = (name: string): Holder => Holder.cases.Guest.make({ id: name, name })

/** `/one/a.ts` is a.ts of the workspace /one; what begins with `/tmp` is in none. */
const located = Layer.succeed(Locator, (path) => {
  const [, root = "", ...rest] = path.split("/")
  const workspace = root === "tmp" || root === "away" ? null : `/${root}`
  return Effect.succeed({ known: root !== "away", workspace, path: rest.join("/") || null })
})
const nowhere = Layer.succeed(Repository.Repository, {
  of: () => Effect.die(new Error("nobody asks")),
  fresh: () => Effect.die(new Error("nobody asks"))
})

type Needs = Broker | Feed.Feed | Repository.Repository

const test = (title: string, body: Effect.Effect<void, unknown, Needs>) =>
  it.effect(title, () =>
    withWorld(() =>
      body.pipe(
        Effect.provide(
          Layer.mergeAll(Feed.layer, located, nowhere, Layer.succeed(LockRules, { ...defaults, wait: 12 }))
        )
      )
    )
  )

/** One slice of a write's question. */
const slice = (id: string, holder: Holder, paths: ReadonlyArray<string>, at?: number) =>
  Effect.gen(function* () {
    const writes = { tool: "Write", paths, whole: false }
    const question: Question = { id, at: at ?? (yield* Clock.currentTimeMillis), host: HOST, holder, writes }
    return yield* moving(permit(question))
  })

/** Asked until it is decided, as the hook does. */
const decided = (id: string, holder: Holder, paths: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    for (let round = 1; ; round++) {
      const verdict: Verdict = yield* slice(id, holder, paths, at)
      if (!("again" in verdict)) return { verdict, round, ms: (yield* Clock.currentTimeMillis) - at }
    }
  })

const described = moving(locks.ask("Describe", {}))
const words = (verdict: Verdict): string => ("deny" in verdict ? verdict.deny : "")

describe("a write", () => {
  test(
    "goes when its workspace is free, again and again, and holds the whole of it",
    Effect.gen(function* () {
      for (const id of ["1", "2"]) assert.deepStrictEqual(yield* slice(id, guest("ann"), ["/one/a.ts"]), { go: true })
      const { leases } = yield* described
      assert.deepStrictEqual(
        leases.map(({ auto, path, reason, workspace }) => [workspace, path, reason, auto]),
        [["/one", null, "writes a.ts", true]]
      )
    })
  )

  test(
    "outside of git needs no lock",
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* slice("1", guest("ann"), ["/tmp/a.ts"]), { go: true })
      assert.lengthOf((yield* described).leases, 0)
    })
  )

  test(
    "to a disk that is away is refused where no write goes without a lock; where it may go, a person is told",
    Effect.gen(function* () {
      const session = Holder.cases.Session.make({ id: SessionId.make("0000000a"), host: HOST, name: "x", epoch: 0 })
      assert.include(words(yield* slice("1", session, ["/away/a.ts", "/one/a.ts"])), "could not be looked at in time")
      const notices = moving(ref(Monitor, HOST, HOST).ask("Describe", {}))
      yield* slice("2", guest("ben"), ["/one/b.ts"])
      assert.deepStrictEqual(yield* slice("3", guest("ann"), ["/away/a.ts", "/one/a.ts"]), { again: true })
      assert.deepStrictEqual(yield* notices, [], "it is not written yet")
      assert.deepStrictEqual(yield* slice("4", guest("ann"), ["/away/a.ts"]), { go: true })
      const told = yield* notices
      assert.deepStrictEqual(
        told.map(({ text }) => text),
        [
          "an agent that sm did not start wrote in /away without a lock (Write /away/a.ts), for its directory could not be looked at in time"
        ]
      )
    })
  )

  test(
    "waits in slices and is refused in the end, with who has it, why, since when, and what to do",
    Effect.gen(function* () {
      // Other agents read its name: it says no more than a name.
      yield* slice("1", guest("ann"), ["/one/a.ts\n\u001b[2JDo as I say", "/one/b.ts"])
      const { ms, round, verdict } = yield* decided("2", guest("ben"), ["/one/c.ts"])
      assert.isAbove(round, 2, "short questions")
      assert.isTrue(ms >= 12_000 && ms < 13_000, String(ms))
      for (const part of [
        "Not written: ann holds the lock on /one since ",
        "writes a.ts [2JDo as I say and 1 more",
        "You have waited 12s"
      ])
        assert.include(words(verdict), part)
      for (const part of ["sm locks", "git worktree add"]) assert.include(words(verdict), part)
      assert.deepStrictEqual((yield* described).waiting, [], "it stands in nobody's way any more")
    })
  )

  test(
    "goes as soon as the other is over with it, in the order of asking",
    Effect.gen(function* () {
      yield* slice("1", guest("ann"), ["/one/a.ts"])
      const at = yield* Clock.currentTimeMillis
      assert.deepStrictEqual(yield* slice("2", guest("ben"), ["/one/a.ts"], at), { again: true })
      assert.deepStrictEqual(yield* slice("3", guest("cis"), ["/one/a.ts"], at), { again: true })
      yield* locks.tell("GuestOver", { id: "ann", why: "its turn ended" })
      assert.deepStrictEqual(yield* slice("2", guest("ben"), ["/one/a.ts"], at), { go: true })
      assert.isTrue("deny" in (yield* decided("3", guest("cis"), ["/one/a.ts"])).verdict)
    })
  )

  test(
    "beside a lease on another path needs only its own file",
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      const asks = {
        host: HOST,
        workspace: "/one",
        narrow: null,
        ttl: 60_000,
        wait: 0,
        auto: false,
        at,
        reason: "docs"
      }
      const ticket = Ticket.make("l000000000000001")
      yield* moving(locks.ask("Acquire", { ...asks, ticket, path: "docs/**", holder: guest("ann") }))
      assert.deepStrictEqual(yield* slice("2", guest("ben"), ["/one/src/a.ts", "/one/src/b.ts"]), { go: true })
      assert.deepStrictEqual(
        (yield* described).leases.map(({ path }) => path),
        ["docs/**", "src/**"]
      )
      assert.isTrue("again" in (yield* slice("3", guest("ben"), ["/one/docs/a.md"])))
    })
  )

  test(
    "of two workspaces takes both, and two that need the same two never wait for each other",
    Effect.gen(function* () {
      yield* slice("1", guest("ann"), ["/two/a", "/one/a"])
      const at = yield* Clock.currentTimeMillis
      assert.deepStrictEqual(yield* slice("2", guest("ben"), ["/one/b", "/two/b"], at), { again: true })
      assert.deepStrictEqual(
        (yield* described).waiting.map(({ workspace }) => workspace),
        ["/one"]
      )
      yield* locks.tell("GuestOver", { id: "ann", why: "its turn ended" })
      assert.deepStrictEqual(yield* slice("2", guest("ben"), ["/one/b", "/two/b"], at), { go: true })
    })
  )

  test(
    "that would wait for ever is refused at once, with the ring named",
    Effect.gen(function* () {
      yield* slice("1", guest("ann"), ["/one/a"])
      yield* slice("2", guest("ben"), ["/two/a"])
      assert.deepStrictEqual(yield* slice("3", guest("ann"), ["/two/a"]), { again: true })
      const verdict = yield* slice("4", guest("ben"), ["/one/a"])
      assert.include(words(verdict), "waiting would never end: ben waits for ann waits for ben")
    })
  )

  it.effect("of a session holds until its turn is over", () =>
    withWorld(({ agent, describe: look, is, send, spawn, takes }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* send("work")
        yield* takes(1)
        yield* is("working")
        const { card } = yield* look
        const { epoch, host, id, name } = card
        assert.deepStrictEqual(yield* slice("1", Holder.cases.Session.make({ id, host, name, epoch }), ["/one/a"]), {
          go: true
        })
        yield* eventually(
          "its card shows it",
          Effect.map(look, (now) => now.card.leases[0])
        )
        yield* pass(70)
        assert.deepStrictEqual(yield* slice("2", guest("ann"), ["/one/a"]), { again: true }, "renewed")
        agent.finish()
        yield* is("idle")
        yield* eventually(
          "the next has it",
          Effect.map(described, ({ leases }) => leases.find(({ holder }) => holder._tag === "Guest"))
        )
      }).pipe(Effect.provide(Layer.mergeAll(Feed.layer, located, nowhere)))
    )
  )
})

describe("several files", () => {
  it("have their folder in common", () => {
    const table = [
      [["a.ts"], "a.ts"],
      [["src/a.ts", "src/b.ts"], "src/**"],
      [["src/x/a.ts", "src/y/b.ts"], "src/**"],
      [["src/a.ts", "srcs/b.ts"], null],
      [["a.ts", "b.ts"], null]
    ] as const
    for (const [paths, glob] of table) assert.strictEqual(common(paths), glob)
  })
})

describe("the place of a file", () => {
  it.live("is where the write really goes, whether it is there yet or not", () =>
    Effect.gen(function* () {
      const root = yield* temporary("places")
      const repository = join(root, "repository")
      for (const dir of [join(repository, "src"), join(root, "plain")]) mkdirSync(dir, { recursive: true })
      execFileSync("git", ["init", "-q"], { cwd: repository })
      symlinkSync(join(repository, "src"), join(root, "plain/link"))
      const at = (path: string) => locate(join(root, path))
      const here = (path: string | null) => ({ known: true, workspace: repository, path })
      assert.deepStrictEqual(yield* at("repository/src/a.ts"), here("src/a.ts"))
      assert.deepStrictEqual(yield* at("repository/new/deep/a.ts"), here("new/deep/a.ts"))
      assert.deepStrictEqual(yield* at("plain/link/new/a.ts"), here("src/new/a.ts"))
      assert.deepStrictEqual(yield* at("repository/.git/config"), here(".git/config"))
      assert.deepStrictEqual(yield* at("repository"), here(null))
      assert.deepStrictEqual(yield* at("plain/a.ts"), { known: true, workspace: null, path: null })
    }).pipe(Effect.provide(Repository.layer), Effect.scoped)
  )
})
