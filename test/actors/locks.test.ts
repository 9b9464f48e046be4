/** Leases: who gets them in which order, what ends them, and what a session does with its own. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Schema } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Locks, type Standing } from "../../src/actors/locks/Locks.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import { Holder, Ticket } from "../../src/domain/Lock.ts"
import { eventually, HOST, type Member, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const locks = ref(Locks, SWARM, "main")
const decodeRecord = Schema.decodeSync(Schema.fromJsonString(EventRecord))
const ticket = (name: string): Ticket => Ticket.make(`l${name.padStart(15, "0")}`)
const guest = (name: string): Holder => Holder.cases.Guest.make({ id: name, name })
const PERSON = Holder.cases.Person.make({ name: "human" })
const ROOT = { host: HOST, workspace: "/repo" }

interface Ask {
  /** Asked for by a write. */
  readonly auto?: boolean
  readonly path?: string
  readonly narrow?: string
  readonly workspace?: string
  /** Seconds. */
  readonly ttl?: number
  readonly wait?: number
  /** Unix ms; default: now. */
  readonly at?: number
}

const ask = (
  name: string,
  holder: Holder,
  { at, auto = false, narrow, path, ttl = 60, wait = 0, workspace = "/repo" }: Ask = {}
) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    moving(
      locks.ask("Acquire", {
        ticket: ticket(name),
        host: HOST,
        workspace,
        path: path ?? null,
        narrow: narrow ?? null,
        holder,
        reason: `why ${name}`,
        ttl: ttl * 1000,
        wait: wait * 1000,
        auto,
        at: at ?? now
      })
    )
  )

const described = moving(locks.ask("Describe", {}))
/** Tickets that hold, and those that wait, short. */
const standing = Effect.map(described, ({ leases, waiting }) => {
  const short = (items: ReadonlyArray<{ readonly ticket: string }>) =>
    items.map((item) => item.ticket.replace(/^l0*/u, "")).join()
  return `${short(leases)}|${short(waiting)}`
})
const stands = (wanted: string) =>
  eventually(
    `it stands ${wanted}`,
    Effect.map(standing, (now) => (now === wanted ? true : undefined))
  )
const fenceOf = (answer: Standing) => (answer._tag === "Granted" ? answer.lease.fence : undefined)
const release = (holder: Holder, options: { path?: string; force?: boolean } = {}) =>
  moving(
    locks.ask("Release", {
      ...ROOT,
      path: options.path ?? null,
      holder,
      force: options.force ?? false,
      why: "released"
    })
  )
/** What the public was told of a ticket. */
const told = (world: World, name: string) =>
  Effect.map(world.broker.facts("lock", ticket(name)), (facts) =>
    facts.map(({ body }) => {
      const { event } = decodeRecord(body)
      return event._tag === "LeaseEnded" ? event.why : event._tag
    })
  )

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const asHolder = (member: Member, epoch = 0): Holder =>
  Holder.cases.Session.make({ id: member.id, host: HOST, name: "ann", epoch })

/** Its card's leases, short. */
const shown = (member: Member) => Effect.map(member.describe, ({ card }) => card.leases.map(({ reason }) => reason))
const shows = (member: Member, ...reasons: ReadonlyArray<string>) =>
  eventually(
    `it shows ${reasons.join()}`,
    Effect.map(shown(member), (now) => (now.join() === reasons.join() ? true : undefined))
  )

describe("the lock manager", () => {
  test("gives each workspace to one holder, the next in the order of asking, with growing fences", (world) =>
    Effect.gen(function* () {
      assert.strictEqual(fenceOf(yield* ask("a", guest("ann"))), 1)
      assert.strictEqual(fenceOf(yield* ask("a", guest("ann"))), 1, "the same ticket")
      assert.strictEqual(fenceOf(yield* ask("a2", guest("ann"))), 1, "the same holder")
      assert.strictEqual(fenceOf(yield* ask("x", guest("ben"), { workspace: "/other" })), 2)
      const held = yield* Effect.flip(ask("b", guest("ben")))
      assert.strictEqual(held._tag === "LockHeld" ? held.by[0]?.reason : held._tag, "why a2")
      const waits = yield* ask("b", guest("ben"), { wait: 30 })
      assert.strictEqual(waits._tag, "Waits")
      yield* ask("c", guest("cat"), { wait: 30 })
      yield* ask("d", guest("dan"), { wait: 30, path: "docs/**" })
      assert.deepStrictEqual(
        (yield* described).waiting.map(({ behind }) => behind),
        [["ann"], ["ann", "ben"], ["ann", "ben", "cat"]]
      )

      assert.lengthOf(yield* release(guest("ann")), 1)
      assert.strictEqual(yield* standing, "x,b|c,d")
      yield* moving(locks.ask("GiveUp", { ticket: ticket("c"), why: "given up" }))
      yield* release(guest("ben"))
      assert.strictEqual(yield* standing, "x,d|")
      assert.strictEqual(fenceOf(yield* ask("d", guest("dan"))), 4)
      assert.deepStrictEqual(yield* told(world, "b"), ["LeaseAwaited", "LeaseGranted", "released"])
      assert.deepStrictEqual(yield* told(world, "c"), ["LeaseAwaited", "given up"])
      const over = yield* ask("c", guest("cat"))
      assert.deepStrictEqual(over, { _tag: "Over", why: "given up" })
    }))

  test("is asked again for the same place: with another reason and term, but not by a write", () =>
    Effect.gen(function* () {
      const shown = Effect.map(described, ({ leases }) => leases.map(({ reason, ttl }) => `${reason} ${ttl / 1000}`))
      yield* ask("write", guest("ann"), { auto: true })
      yield* ask("word", guest("ann"), { ttl: 300 })
      assert.deepStrictEqual(yield* shown, ["why word 300"], "what it says itself tells others more than a file's name")
      yield* ask("other", guest("ann"), { auto: true })
      yield* ask("part", guest("ann"), { path: "src", ttl: 10 })
      assert.deepStrictEqual(yield* shown, ["why word 300"])
      assert.strictEqual(fenceOf(yield* ask("again", guest("ann"), { ttl: 20 })), 1)
      assert.deepStrictEqual(yield* shown, ["why again 20"])
      const [lease] = (yield* described).leases
      assert.isAtLeast(lease?.until ?? 0, 300_000, "no term that was given is cut short")
    }))

  test("gives nobody what another has by its ticket, and leaves that as it is", () =>
    Effect.gen(function* () {
      yield* ask("a", guest("ann"))
      yield* ask("b", guest("ben"), { wait: 30 })
      yield* pass(1)
      const before = yield* described
      for (const name of ["a", "b"])
        assert.deepStrictEqual(yield* ask(name, guest("eve"), { wait: 30 }), {
          _tag: "Over",
          why: "the ticket is another's"
        })
      assert.deepStrictEqual(yield* described, before)
    }))

  test("gives parts that have no path in common to different holders, and a path where not all is free", () =>
    Effect.gen(function* () {
      yield* ask("a", guest("ann"), { path: "src/**" })
      yield* ask("b", guest("ben"), { path: "docs/*.md" })
      const held = yield* Effect.flip(ask("c", guest("cat"), { path: "**/a.md" }))
      assert.lengthOf(held._tag === "LockHeld" ? held.by : [], 2)
      // A write asks for all of the workspace, and is content with its file.
      yield* ask("d", guest("dan"), { narrow: "lib/x.ts" })
      assert.strictEqual((yield* described).leases.at(-1)?.path, "lib/x.ts")
      assert.strictEqual((yield* Effect.flip(ask("e", guest("eve"), { narrow: "src/x.ts" })))._tag, "LockHeld")
      // Its own lease over the file is enough.
      yield* ask("f", guest("ann"), { narrow: "src/deep/x.ts" })
      assert.strictEqual(yield* standing, "a,b,d|")
      yield* ask("e", guest("eve"), { narrow: "src/x.ts", wait: 30 })
      for (const name of ["ann", "ben", "dan"]) yield* release(guest(name))
      const { leases } = yield* described
      assert.deepStrictEqual(
        leases.map(({ path }) => path),
        ["src/x.ts"],
        "it had the file as soon as that was free"
      )
    }))

  test("refuses the request that would close a ring, and names it; not one for more by whom others wait for", () =>
    Effect.gen(function* () {
      yield* ask("a", guest("ann"), { path: "a" })
      yield* ask("b", guest("ben"), { path: "b" })
      yield* ask("c", guest("cat"), { path: "c" })
      yield* ask("a1", guest("ann"), { path: "b", wait: 30 })
      yield* ask("b1", guest("ben"), { path: "c", wait: 30 })
      const ring = yield* Effect.flip(ask("c1", guest("cat"), { path: "a", wait: 30 }))
      assert.strictEqual(ring.message, "waiting would never end: cat waits for ann waits for ben waits for cat")
      // It holds c, for which ben waits: ben's request does not stand in its way.
      yield* ask("d1", guest("dan"), { wait: 30 })
      assert.strictEqual((yield* ask("c2", guest("cat"), { path: "c2" }))._tag, "Granted")
      // A request that waits for nobody of the ring does.
      assert.strictEqual((yield* Effect.flip(ask("e", guest("eve"), { path: "e" })))._tag, "LockHeld")
    }))

  test("takes no more of one holder than can be stored with every change", () =>
    Effect.gen(function* () {
      const path = (number: number) => ({ path: `p${number}` })
      const asks = Array.from({ length: 200 }, (_, number) => ask(`a${number}`, guest("ann"), path(number)))
      yield* Effect.forEach(asks, (one) => one, { concurrency: 50 })
      assert.deepStrictEqual(yield* ask("more", guest("ann"), { path: "q" }), {
        _tag: "Over",
        why: "ann has 200 locks and requests for one already"
      })
      assert.strictEqual((yield* ask("b", guest("ben"), { path: "q" }))._tag, "Granted")
    }))

  test("is released by its holder only, or by force", () =>
    Effect.gen(function* () {
      yield* ask("a", guest("ann"), { path: "src/**" })
      yield* ask("b", PERSON, { path: "docs/**" })
      const no = yield* Effect.flip(release(guest("ben")))
      assert.lengthOf(no._tag === "NotHolder" ? no.by : [], 2)
      assert.lengthOf(yield* release(PERSON, { path: "src/x", force: true }), 1)
      assert.strictEqual(yield* standing, "b|")
      assert.lengthOf(yield* release(PERSON), 1)
      assert.lengthOf(yield* release(PERSON), 0)
    }))

  test("ends with its term, also over a restart, and hands over", (world) =>
    Effect.gen(function* () {
      yield* ask("a", guest("ann"), { ttl: 10 })
      yield* ask("b", guest("ben"), { wait: 30 })
      yield* ask("c", guest("cat"), { wait: 5 })
      yield* pass(8)
      assert.strictEqual(yield* standing, "a|b")
      assert.deepStrictEqual(yield* told(world, "c"), ["LeaseAwaited", "it was not free in the time given"])
      yield* world.stop
      yield* world.boot
      yield* stands("b|")
      assert.deepStrictEqual(yield* told(world, "a"), ["LeaseGranted", "its time ran out without being renewed"])
      assert.isAtLeast(yield* Clock.currentTimeMillis, 10_000)
    }))

  test("lets leases live one term more when everything was down as they ended", (world) =>
    Effect.gen(function* () {
      yield* ask("a", guest("ann"), { ttl: 10 })
      yield* world.stop
      yield* pass(60)
      yield* world.boot
      yield* pass(2)
      assert.strictEqual(yield* standing, "a|")
      yield* pass(10)
      assert.strictEqual(yield* standing, "|")
    }))
})

describe("a session's leases", () => {
  test("last while its turn does: renewed, shown, and over with it", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann", "work")
      yield* world.is("working")
      yield* ask("a", asHolder(world), { ttl: 6 })
      yield* shows(world, "why a")
      yield* ask("b", guest("ben"), { wait: 300 })
      yield* pass(60)
      assert.strictEqual(yield* standing, "a|b")
      world.agent.finish()
      yield* stands("b|")
      yield* shows(world)
      assert.deepStrictEqual(yield* told(world, "a"), ["LeaseGranted", "its turn is over"])
    }))

  test("and waits end with a clear, a kill and the agent's death", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann", "work")
      yield* world.is("working")
      yield* ask("a", asHolder(world))
      yield* world.clear("next")
      yield* stands("|")
      assert.deepStrictEqual((yield* told(world, "a")).slice(0, 1), ["LeaseGranted"])

      yield* world.is("working")
      const { card } = yield* world.describe
      yield* ask("b", asHolder(world, card.epoch))
      yield* ask("x", guest("ben"), { workspace: "/other" })
      yield* ask("y", asHolder(world, card.epoch), { workspace: "/other", wait: 300 })
      yield* stands("b,x|y")
      yield* moving(world.session.ask("Kill", { reason: "enough", by: { kind: "human", name: "human" } }))
      yield* stands("x|")
      assert.deepStrictEqual(yield* told(world, "b"), ["LeaseGranted", "it is stopped"])
      assert.deepStrictEqual(yield* told(world, "y"), ["LeaseAwaited", "it is stopped"])
    }))

  test("are not taken any more when the turn that asked is over, and not lost by the end of an earlier one", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann", "work")
      yield* world.is("working")
      const asked = yield* Clock.currentTimeMillis
      yield* pass(1)
      const ended = yield* Clock.currentTimeMillis
      world.agent.finish()
      yield* world.is("idle")
      yield* ask("a", asHolder(world), { at: asked })
      yield* stands("|")
      // Of a context that is no more.
      yield* ask("b", asHolder(world, 7))
      yield* stands("|")

      yield* world.send("again")
      yield* world.is("working")
      yield* ask("c", asHolder(world))
      yield* shows(world, "why c")
      // The word of the first end comes late: what was asked for after it stays.
      yield* moving(locks.ask("SessionOver", { id: world.id, epoch: 0, before: ended, why: "its turn is over" }))
      assert.strictEqual(yield* standing, "c|")
      yield* release(asHolder(world))
      yield* shows(world)
      assert.lengthOf((yield* world.describe).queue, 0, "it gave it back itself")
      yield* ask("d", asHolder(world))
      yield* shows(world, "why d")
      yield* release(PERSON, { force: true })
      yield* shows(world)
      world.agent.finish()
      yield* world.takes(3)
      assert.match(world.agent.prompts[2] ?? "", /You have lost your lock on \/repo: released/u)
    }))
  test("are known to it also when it asked again before the end of its turn was told", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("ann", "work")
      yield* world.is("working")
      yield* ask("a", asHolder(world), { ttl: 600 })
      yield* shows(world, "why a")
      // The next turn's write is quicker than the word of this one's end.
      yield* ask("b", asHolder(world), { at: (yield* Clock.currentTimeMillis) + 5000 })
      world.agent.finish()
      yield* world.is("idle")
      assert.strictEqual(yield* standing, "a|")
      yield* shows(world, "why b")
      yield* pass(6)
      yield* world.send("again")
      yield* world.is("working")
      world.agent.finish()
      yield* stands("|")
    }))
})
