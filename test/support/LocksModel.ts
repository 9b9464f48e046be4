/** The lock manager under made-up sequences of mail, and what must hold after each of them, told by its facts alone. */
import { matchesGlob } from "node:path"
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Option } from "effect"
import type { Outcome } from "../../src/actors/Behavior.ts"
import { Deadlock, Locks, type State } from "../../src/actors/locks/Locks.ts"
import { behavior } from "../../src/actors/locks/LocksBehavior.ts"
import type { Out } from "../../src/actors/Out.ts"
import { HostId, SessionId } from "../../src/domain/Ids.ts"
import { Holder, holderKey, type Lease, Ticket, type Waiting } from "../../src/domain/Lock.ts"

const host = HostId.make("h")
const session = (digit: string, epoch: number) =>
  Holder.cases.Session.make({ id: SessionId.make(`0000000${digit}`), host, name: `s${digit}`, epoch })
export const HOLDERS: ReadonlyArray<Holder> = [
  session("a", 0),
  session("b", 0),
  session("b", 1),
  Holder.cases.Guest.make({ id: "g", name: "guest" }),
  Holder.cases.Person.make({ name: "human" })
]
/** Every pattern of the model, and paths that tell them apart. */
export const GLOBS = [null, "a/**", "a/x", "b", "*", "**/x"] as const
const PATHS = ["x", "a/x", "a/y", "a/b/x", "b", "c", "b/x", "b/c"]
const WORKSPACES = ["/one", "/one", "/one", "/two"]

const pathsOf = (glob: string | null) =>
  PATHS.filter((path) => glob === null || matchesGlob(path, glob) || path.startsWith(`${glob}/`))
interface Place {
  readonly workspace: string
  readonly path: string | null
}
export const share = (one: Place, two: Place): boolean =>
  one.workspace === two.workspace && pathsOf(one.path).some((path) => pathsOf(two.path).includes(path))

const strangers = (one: { readonly holder: Holder }, two: { readonly holder: Holder }) =>
  holderKey(one.holder) !== holderKey(two.holder)

export interface Happening {
  readonly what:
    | "acquire"
    | "again"
    | "give up"
    | "release"
    | "force"
    | "session over"
    | "guest over"
    | "renew"
    | "time passes"
    | "was down"
  readonly one: number
  readonly two: number
  readonly three: number
}

export const makeModel = () => {
  let state: State = behavior.initial("main")
  let now = 1_000_000
  let timer: number | undefined
  let count = 0
  let fence = 0
  /** By the facts. */
  const held = new Map<string, Lease>()
  const waiting = new Map<string, Waiting>()
  const asked: Array<Parameters<typeof send>[1]> = []
  let granted: Array<Lease> = []
  const figures = { granted: 0, waited: 0, expired: 0, deadlocks: 0 }

  const send = (tag: keyof typeof behavior.handlers, payload: unknown): Exit.Exit<Outcome<State, unknown>, unknown> => {
    const handler = behavior.handlers[tag] as (
      ...args: ReadonlyArray<unknown>
    ) => Effect.Effect<Outcome<State, unknown>, unknown>
    const exit = Effect.runSyncExit(handler(payload, state, { key: "main", id: "x", now, activation: "a" }))
    granted = []
    if (Exit.isFailure(exit)) {
      const refused = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
      assert.isDefined(refused, String(Cause.squash(exit.cause)))
      if (refused instanceof Deadlock) figures.deadlocks++
      return exit
    }
    state = exit.value.state
    const outs = exit.value.out ?? []
    for (const out of outs) take(out, outs)
    check()
    return exit
  }

  const take = (out: Out, all: ReadonlyArray<Out>): void => {
    if (out._tag === "Timer") timer = out.at
    if (out._tag !== "Publish") return
    const { event } = out
    const told = (ticket: string, tag: string) =>
      all.some((other) => other._tag === "Tell" && other.tag === tag && JSON.stringify(other.payload).includes(ticket))
    if (event._tag === "LeaseAwaited") waiting.set(event.id, event.waiting)
    if (event._tag === "LeaseGranted") {
      const { lease } = event
      assert.isAbove(lease.fence, fence, "a fence that does not grow")
      fence = lease.fence
      const against = [...held.values()].filter((other) => strangers(other, lease) && share(other, lease))
      assert.deepStrictEqual(against, [], "two hold what they share")
      if (lease.holder._tag === "Session") assert.isTrue(told(lease.ticket, "Leased"), "its session does not know")
      held.set(event.id, lease)
      waiting.delete(event.id)
      granted.push(lease)
      figures.granted++
    }
    if (event._tag === "LeaseEnded") {
      const lease = held.get(event.ticket)
      assert.isTrue(lease !== undefined || waiting.has(event.ticket), "what ends had not begun")
      if (event.why.startsWith("its time ran out")) {
        figures.expired++
        const known = state.leases.find(({ ticket }) => ticket === event.ticket)
        assert.isUndefined(known)
      }
      if (lease?.holder._tag === "Session" && !event.why.endsWith("(said by itself)"))
        assert.isTrue(told(event.ticket, "LeaseLost"), "its session does not know that it ended")
      held.delete(event.ticket)
      waiting.delete(event.ticket)
    }
  }

  const least = (one: Waiting): Waiting => ({ ...one, path: one.narrow ?? one.path })

  const check = (): void => {
    const tickets = (items: Iterable<{ readonly ticket: string }>) => [...items].map(({ ticket }) => ticket).toSorted()
    assert.deepStrictEqual(tickets(state.leases), tickets(held.values()))
    assert.deepStrictEqual(tickets(state.waiting), tickets(waiting.values()))
    const ends = [...state.leases, ...state.waiting].map(({ until }) => until)
    if (ends.length > 0) {
      assert.isDefined(timer, "nobody looks at the time")
      assert.isAtMost(timer ?? Infinity, Math.min(...ends), "the timer is too late")
    }
    for (const [place, one] of state.waiting.entries()) {
      const wish = least(one)
      assert.isAbove(one.until, now, "it waits for ever")
      const leases = state.leases.filter((other) => strangers(other, one) && share(other, wish))
      const before = state.waiting.slice(0, place).filter((other) => strangers(other, one) && share(least(other), wish))
      assert.isAbove(leases.length + before.length, 0, "it waits for nothing")
    }
    // Whoever has nothing for which others could wait overtakes nobody.
    for (const lease of granted) {
      const own = state.leases.filter((other) => !strangers(other, lease))
      if (own.length > 1) continue
      const age = (one: { readonly asked: number; readonly ticket: string }) => one.ticket
      const older = state.waiting.filter(
        (other) =>
          strangers(other, lease) &&
          age(other) < age(lease) &&
          share(least(other), { ...lease, path: pathAskedOf(lease) })
      )
      assert.deepStrictEqual(older, [], "it overtakes")
    }
    if (count % 20 === 0) {
      const json = Effect.runSync(Locks.compiled.state.encode(state))
      assert.deepStrictEqual(Effect.runSync(Locks.compiled.state.decode(json)), state)
    }
  }

  /** What it was content with. */
  const pathAskedOf = (lease: Lease): string | null => {
    const request = asked.find((other) => (other as { ticket: string }).ticket === lease.ticket)
    const { narrow, path } = request as { narrow: string | null; path: string | null }
    return narrow ?? path
  }

  const pick = <T>(from: ReadonlyArray<T>, number: number): T => from[number % from.length] as T

  const tick = (late: number): void => {
    if (timer === undefined) return
    const at = timer
    now = Math.max(now, at) + late
    timer = undefined
    const over = state.leases.filter(({ until }) => until <= now)
    send("Tick", { at })
    for (const lease of over) {
      const still = state.leases.find(({ ticket }) => ticket === lease.ticket)
      if (late > 5000) assert.isAbove(still?.until ?? 0, now, "everything was down: one more term")
      else assert.isUndefined(still, "its time is over")
    }
  }

  const step = ({ one, three, two, what }: Happening): void => {
    count++
    now += 1 + (three % 7)
    const holder = pick(HOLDERS, one)
    switch (what) {
      case "acquire": {
        const path = pick(GLOBS, two)
        const narrow = path === null && three % 3 === 0 ? pick(["a/x", "b"], two + three) : null
        const ticket = Ticket.make(`l${String(count).padStart(15, "0")}`)
        const wait = three % 4 === 0 ? 0 : 200 + (three % 5) * 400
        const request = {
          ticket,
          host,
          workspace: pick(WORKSPACES, three),
          path,
          narrow,
          holder,
          reason: "r",
          ttl: 500 + (two % 5) * 500,
          wait,
          auto: false,
          at: now
        }
        asked.push(request)
        if (Exit.isSuccess(send("Acquire", request)) && waiting.has(ticket)) figures.waited++
        return
      }
      case "again": {
        if (asked.length === 0) return
        const request = pick(asked, one * 7 + two) as { ticket: string; holder: Holder }
        const known = held.get(request.ticket)
        if (known === undefined && !waiting.has(request.ticket)) return
        send("Acquire", request)
        if (known !== undefined)
          assert.strictEqual(held.get(request.ticket)?.fence, known.fence, "asked again it is new")
        return
      }
      case "give up": {
        const [ticket] = pick(
          [...waiting.keys(), ""].map((known) => [known]),
          one
        ) as [string]
        if (ticket !== "") send("GiveUp", { ticket, why: "given up" })
        assert.isFalse(waiting.has(ticket))
        return
      }
      case "release":
      case "force": {
        const scope = { host, workspace: pick(WORKSPACES, three), path: pick(GLOBS, two) }
        send("Release", { ...scope, holder, force: what === "force", why: "released" })
        return
      }
      case "session over":
        if (holder._tag !== "Session") return
        send("SessionOver", {
          id: holder.id,
          epoch: holder.epoch,
          before: now - (three % 5),
          why: "over (said by itself)"
        })
        return
      case "guest over":
        if (three % 3 === 0) send("GuestOver", { id: "g", why: "over" })
        return
      case "renew":
        if (holder._tag === "Session") send("Renew", { id: holder.id, host, epoch: holder.epoch })
        return
      case "time passes":
        tick(two % 300)
        return
      case "was down":
        if (three % 4 === 0) tick(5001 + two * 10)
    }
  }

  /** Whoever waits for nobody gives back what it has: in the end nobody waits. Else some would wait for each other. */
  const drain = (): void => {
    for (let round = 0; state.waiting.length > 0; round++) {
      assert.isBelow(round, 100, "some wait for each other for ever")
      const stuck = new Set(state.waiting.map(({ holder }) => holderKey(holder)))
      for (const lease of state.leases.filter(({ holder }) => !stuck.has(holderKey(holder))))
        send("Release", {
          host,
          workspace: lease.workspace,
          path: null,
          holder: lease.holder,
          force: false,
          why: "done"
        })
    }
  }

  return { step, drain, figures }
}
