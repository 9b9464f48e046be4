/** Pure: who gets a lease when, and how each ends. */
import { holderName, type Lease, type Scope, type Ticket, type Waiting } from "../../domain/Lock.ts"
import { andThen, type Move as Step, stay } from "../Move.ts"
import { type Out, publish, tell, timer } from "../Out.ts"
import { Session } from "../session/Session.ts"
import { against, cycleIn, isFree, least } from "./Conflicts.ts"
import { Locks, type State } from "./Locks.ts"

export type Move = Step<State>

/** Tickets at their end that are remembered. */
const REMEMBERED = 300

const remembered = (state: State, ticket: Ticket, why: string): State["ended"] =>
  [...state.ended, { ticket, why }].slice(-REMEMBERED)

const over = ({ holder, ticket }: Lease | Waiting, why: string): Out =>
  publish({ _tag: "LeaseEnded", id: ticket, ticket, holder: holderName(holder), why })

/** Who ended a lease: its session by what befell it, which it knows; its holder by a word; or somebody else. */
export type Ending = "known" | "own" | "taken"

export const leaseEnds = (state: State, lease: Lease, why: string, ending: Ending): Move => {
  const { holder, ticket } = lease
  const lost =
    ending === "known" || holder._tag !== "Session"
      ? []
      : [tell(Session, holder.host, holder.id, "LeaseLost", { ticket, why, own: ending === "own" })]
  return {
    state: {
      ...state,
      leases: state.leases.filter((other) => other.ticket !== ticket),
      ended: remembered(state, ticket, why)
    },
    out: [over(lease, why), ...lost]
  }
}

export const waitEnds = (state: State, waiting: Waiting, why: string): Move => ({
  state: {
    ...state,
    waiting: state.waiting.filter((other) => other.ticket !== waiting.ticket),
    ended: remembered(state, waiting.ticket, why)
  },
  out: [over(waiting, why)]
})

/** One after the other. */
export const each = <A>(state: State, items: ReadonlyArray<A>, step: (state: State, item: A) => Move): Move =>
  items.reduce((move, item) => andThen(move, (next) => step(next, item)), stay(state))

export type Request = Omit<Waiting, "until" | "since">

/** The scope that is free for it now: all that it wishes, or what it is content with. */
export const free = (state: State, request: Request, place: number): Scope["path"] | undefined => {
  if (isFree(state, request, place)) return request.path
  if (request.narrow === null) return undefined
  return isFree(state, { ...request, path: request.narrow }, place) ? request.narrow : undefined
}

/** Its session knows what it has. */
const known = (lease: Lease): ReadonlyArray<Out> => {
  const { holder } = lease
  return holder._tag === "Session" ? [tell(Session, holder.host, holder.id, "Leased", { lease })] : []
}

const awaited = ({ asked, holder }: Waiting): ReadonlyArray<Out> =>
  holder._tag === "Session"
    ? [tell(Session, holder.host, holder.id, "LeaseAwaited", { epoch: holder.epoch, asked })]
    : []

/** Sessions learn once more what they have and wait for. */
export const toldAgain = (state: State, whose: (held: Lease | Waiting) => boolean): Move => ({
  state,
  out: [...state.leases.filter(whose).flatMap(known), ...state.waiting.filter(whose).flatMap(awaited)]
})

/** It has the lease. */
export const granted = (state: State, request: Request, path: Scope["path"], now: number): Move => {
  const { asked, auto, holder, host, reason, ticket, ttl, workspace } = request
  const fence = state.fence + 1
  const lease: Lease = {
    ticket,
    host,
    workspace,
    path,
    holder,
    reason,
    fence,
    asked,
    since: now,
    until: now + ttl,
    ttl,
    auto
  }
  return {
    state: { ...state, fence, leases: [...state.leases, lease] },
    out: [publish({ _tag: "LeaseGranted", id: ticket, lease }), ...known(lease)]
  }
}

/** One more term, asked for at `asked`. */
export const renewed = (state: State, ticket: Ticket, now: number, asked?: number): State => ({
  ...state,
  leases: state.leases.map((lease) =>
    lease.ticket === ticket
      ? { ...lease, until: Math.max(lease.until, now + lease.ttl), asked: Math.max(lease.asked, asked ?? lease.asked) }
      : lease
  )
})

/** One more term of what it has. Who says so itself (no write did) says as well for what, and for how long from now on. */
export const askedAgain = (state: State, lease: Lease, request: Request, now: number): Move => {
  const { asked, auto, path, reason, ticket, ttl } = request
  const reworded = !auto && ticket !== lease.ticket && path === lease.path
  if (!reworded) return stay(renewed(state, lease.ticket, now, asked))
  const again: Lease = { ...lease, reason, ttl, auto, asked: Math.max(lease.asked, asked) }
  const leases = state.leases.map((other) => (other === lease ? again : other))
  // Its session renews by the term that it knows.
  return { state: renewed({ ...state, leases }, lease.ticket, now, asked), out: known(again) }
}

/** It waits, behind those that came before. */
export const waits = (state: State, request: Request, until: number, now: number): Move => {
  const waiting: Waiting = { ...request, since: now, until }
  const next = { ...state, waiting: [...state.waiting, waiting] }
  const behind = against(next, least(waiting), next.waiting.length - 1).map(({ holder }) => holderName(holder))
  return {
    state: next,
    out: [
      publish({ _tag: "LeaseAwaited", id: waiting.ticket, waiting, behind: [...new Set(behind)] }),
      ...awaited(waiting)
    ]
  }
}

/** What ends by time: requests whose wait is over. */
const late = (state: State, now: number): Move =>
  each(
    state,
    state.waiting.filter(({ until }) => until <= now),
    (next, waiting) => waitEnds(next, waiting, "it was not free in the time given")
  )

/** In order of asking, whoever finds nothing in the way. */
const handOver = (state: State, now: number): Move => {
  for (const [place, waiting] of state.waiting.entries()) {
    const path = free(state, waiting, place)
    if (path === undefined) continue
    const left = { ...state, waiting: state.waiting.filter((other) => other !== waiting) }
    return andThen(granted(left, waiting, path, now), (next) => handOver(next, now))
  }
  return stay(state)
}

/** Whoever finds nothing in the way; of a ring that a grant has closed the request that came last is refused, which may free others. */
const movedOn = (state: State, now: number): Move =>
  andThen(handOver(state, now), (next) => {
    const cycle = cycleIn(next)
    if (cycle === undefined) return stay(next)
    return andThen(waitEnds(next, cycle.youngest, ringText(cycle.names)), (then) => movedOn(then, now))
  })

const ringText = (names: ReadonlyArray<string>): string =>
  `waiting would never end: ${[...names, names[0]].join(" waits for ")}`

const nextEnd = ({ leases, waiting }: State): number | null =>
  [...leases, ...waiting].reduce<number | null>((least, { until }) => Math.min(least ?? until, until), null)

/** Ends a move: who waits gets what is free, and the timer is set for what ends next; a later one is found when it fires. */
export const settled = (move: Move, now: number): Move =>
  andThen(
    andThen(move, (state) => andThen(late(state, now), (next) => movedOn(next, now))),
    (state) => {
      const due = nextEnd(state)
      if (due === null || (state.due !== null && state.due <= due)) return stay(state)
      return { state: { ...state, due }, out: [timer(Locks, "expiry", due, "Tick", { at: due })] }
    }
  )

/** Later than this the timer came because everything was down, ms: also those who would have renewed. */
const PATIENCE = 5000

/** The timer: leases whose term is over end. After a time when nobody could renew, they have one more. */
export const expired = (state: State, at: number, now: number): Move => {
  const ends = state.leases.filter(({ until }) => until <= now)
  const woken: State = { ...state, due: null }
  if (now - at > PATIENCE) return stay(ends.reduce<State>((next, { ticket }) => renewed(next, ticket, now), woken))
  return each(woken, ends, (next, lease) => leaseEnds(next, lease, "its time ran out without being renewed", "taken"))
}

/** All that these words are true of ends, leases and waits. */
export const endAll = (state: State, theirs: (held: Lease | Waiting) => boolean, why: string, ending: Ending): Move =>
  andThen(
    each(state, state.leases.filter(theirs), (next, lease) => leaseEnds(next, lease, why, ending)),
    (next) => each(next, next.waiting.filter(theirs), (then, waiting) => waitEnds(then, waiting, why))
  )
