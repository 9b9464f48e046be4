/** How the lock manager answers its mail. */
import { Effect } from "effect"
import { holderKey, holderName, type Lease, type InLine, type Ticket, type Waiting } from "../../domain/Lock.ts"
import type { Behavior, Mail } from "../Behavior.ts"
import { andThen, stay } from "../Move.ts"
import { against, cycleIn, least, meet, within } from "./Conflicts.ts"
import {
  askedAgain,
  each,
  endAll,
  expired,
  free,
  granted,
  leaseEnds,
  type Move,
  renewed,
  type Request,
  settled,
  toldAgain,
  waitEnds,
  waits
} from "./Granting.ts"
import { Deadlock, LockHeld, Locks, NotHolder, Standing, type State } from "./Locks.ts"

const standing = (state: State, ticket: Ticket): Standing => {
  const lease = state.leases.find((other) => other.ticket === ticket)
  if (lease !== undefined) return Standing.cases.Granted.make({ lease })
  const place = state.waiting.findIndex((other) => other.ticket === ticket)
  const waiting = state.waiting[place]
  if (waiting !== undefined) return Standing.cases.Waits.make({ ticket, behind: against(state, least(waiting), place) })
  return Standing.cases.Over.make({
    why: state.ended.find((other) => other.ticket === ticket)?.why ?? "nobody asked for it"
  })
}

const queued = (state: State): ReadonlyArray<InLine> =>
  state.waiting.map((waiting, place) => {
    const behind = against(state, least(waiting), place).map(({ holder }) => holderName(holder))
    return { ...waiting, behind: [...new Set(behind)] }
  })

const isKnown = (state: State, ticket: Ticket): boolean =>
  [...state.leases, ...state.waiting, ...state.ended].some((other) => other.ticket === ticket)

/** A ticket stands in lists that all may read: it gives nobody what another has. */
const isOfAnother = ({ leases, waiting }: State, { holder, ticket }: Request): boolean =>
  [...leases, ...waiting].some((other) => other.ticket === ticket && holderKey(other.holder) !== holderKey(holder))
const NOT_ITS_TICKET = Standing.cases.Over.make({ why: "the ticket is another's" })

/** A lease of its own that has all it asks for, or all that it is content with. */
const ownOver = (state: State, request: Request): Lease | undefined =>
  state.leases.find(
    (lease) =>
      holderKey(lease.holder) === holderKey(request.holder) &&
      (within(lease, request) || (request.narrow !== null && within(lease, { ...request, path: request.narrow })))
  )

/** Each commit writes them all. */
const MOST_OF_ONE = 200
const MOST_WAITING = 1000

const crowd = ({ leases, waiting }: State, { holder }: Request): string | undefined => {
  const own = [...leases, ...waiting].filter((other) => holderKey(other.holder) === holderKey(holder)).length
  if (own >= MOST_OF_ONE) return `${holderName(holder)} has ${own} locks and requests for one already`
  return waiting.length >= MOST_WAITING ? `${waiting.length} requests wait already` : undefined
}

const ending = <A>(move: Move, mail: Mail, reply: (state: State) => A) => {
  const { out, state } = settled(move, mail.now)
  return { state, reply: reply(state), out }
}

const word =
  <P>(step: (payload: P, state: State, mail: Mail) => Move) =>
  (payload: P, state: State, mail: Mail) =>
    Effect.sync(() => ending(step(payload, state, mail), mail, () => null))

export const behavior: Behavior<typeof Locks> = {
  initial: () => ({ fence: 0, leases: [], waiting: [], ended: [], due: null }),
  handlers: {
    Acquire: ({ at, wait, ...asks }, state, mail) =>
      Effect.gen(function* () {
        const { ticket } = asks
        const request: Request = { ...asks, asked: at }
        if (isOfAnother(state, request)) return { state, reply: NOT_ITS_TICKET }
        const held = state.leases.find((other) => other.ticket === ticket) ?? ownOver(state, request)
        if (held !== undefined)
          return ending(askedAgain(state, held, request, mail.now), mail, (after) => standing(after, held.ticket))
        if (isKnown(state, ticket)) return ending(stay(state), mail, (after) => standing(after, ticket))
        const most = crowd(state, request)
        if (most !== undefined) return { state, reply: Standing.cases.Over.make({ why: most }) }
        const path = free(state, request, state.waiting.length)
        if (path !== undefined)
          return ending(granted(state, request, path, mail.now), mail, (after) => standing(after, ticket))
        const last = waits(state, request, mail.now + wait, mail.now)
        if (wait <= 0) {
          const wish = { ...request, path: request.narrow ?? request.path }
          return yield* new LockHeld({ by: against(state, wish, state.waiting.length) })
        }
        const cycle = cycleIn(last.state)
        if (cycle !== undefined) return yield* new Deadlock({ cycle: [...cycle.names, ...cycle.names.slice(0, 1)] })
        return ending(last, mail, (after) => standing(after, ticket))
      }),
    GiveUp: ({ ticket, why }, state, mail) =>
      Effect.sync(() => {
        const waiting = state.waiting.find((other) => other.ticket === ticket)
        const move = waiting === undefined ? stay(state) : waitEnds(state, waiting, why)
        return ending(move, mail, (after) => standing(after, ticket))
      }),
    Release: ({ force, holder, why, ...scope }, state, mail) =>
      Effect.gen(function* () {
        const met = state.leases.filter((lease) => meet(lease, scope))
        const isOwn = (lease: Lease) => holderKey(lease.holder) === holderKey(holder)
        const ends = met.filter((lease) => force || isOwn(lease))
        if (ends.length === 0 && met.length > 0) return yield* new NotHolder({ by: met })
        return ending(
          each(state, ends, (next, lease) => leaseEnds(next, lease, why, isOwn(lease) ? "own" : "taken")),
          mail,
          () => ends
        )
      }),
    SessionOver: word(({ before, epoch, id, why }, state) => {
      const isIts = ({ holder }: Lease | Waiting) =>
        holder._tag === "Session" && holder.id === id && holder.epoch === epoch
      const theirs = ({ asked, holder }: Lease | Waiting) =>
        holder._tag === "Session" &&
        holder.id === id &&
        (holder.epoch < epoch || (holder.epoch === epoch && asked <= before))
      // It has forgotten what stays, where it knew of that from before: a lease that nobody renews or gives back.
      return andThen(endAll(state, theirs, why, "known"), (next) => toldAgain(next, isIts))
    }),
    GuestOver: word(({ id, why }, state) =>
      endAll(state, ({ holder }) => holder._tag === "Guest" && holder.id === id, why, "known")
    ),
    Renew: word(({ epoch, id }, state, { now }) =>
      stay(
        state.leases
          .filter(({ holder }) => holder._tag === "Session" && holder.id === id && holder.epoch === epoch)
          .reduce((next, { ticket }) => renewed(next, ticket, now), state)
      )
    ),
    Describe: (_, state) => Effect.sync(() => ({ state, reply: { leases: state.leases, waiting: queued(state) } })),
    Tick: word(({ at }, state, { now }) => expired(state, at, now))
  }
}
