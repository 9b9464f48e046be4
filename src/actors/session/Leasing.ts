/** Pure: a session's leases last while its turn does. It has them renewed, and says when it is over with them. */
import { HostId } from "../../domain/Ids.ts"
import type { SessionPhase } from "../../domain/Session.ts"
import { SWARM } from "../ActorSystem.ts"
import { Locks } from "../locks/Locks.ts"
import { type Out, tell } from "../Out.ts"
import { alarm } from "./Alarm.ts"
import { idOf, type Move, stay } from "./Move.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

type Leasing = State["leasing"]

/** No turn runs in these. */
const AT_REST: ReadonlySet<SessionPhase> = new Set(["starting", "idle", "human-composing", "crashed", "stopped"])

export const isAtRest = ({ phase }: State): boolean => AT_REST.has(phase)

const locks = (tag: "SessionOver", payload: { epoch: number; before: number; why: string }, state: State): Out =>
  tell(Locks, SWARM, "main", tag, { id: idOf(state), ...payload })

const renew = (state: State): Out =>
  tell(Locks, SWARM, "main", "Renew", { id: idOf(state), host: HostId.make(state.host), epoch: state.epoch })

/** When that which ended the turn was, Unix ms: its own word of it may have come long after. */
const endOf = (before: State, after: State, now: number): number =>
  before.signals.at(-1) === after.signals.at(-1) ? now : Math.min(now, after.heardAt)

const whyOver = (before: State, after: State): string => {
  if (after.epoch !== before.epoch) return "its context was cleared"
  if (after.phase === "stopped" || after.phase === "crashed") return `it is ${after.phase}`
  return "its turn is over"
}

/** It holds and waits for nothing that it asked for until then. */
const givesUp = (state: State, epoch: number, before: number, why: string): Move => {
  const { awaits, held } = state.leasing
  const kept = epoch === state.epoch ? held.filter(({ asked }) => asked > before) : []
  const leasing: Leasing = {
    held: kept,
    awaits: epoch === state.epoch && awaits !== null && awaits > before ? awaits : null,
    renewal: null,
    over: Math.max(state.leasing.over, before)
  }
  const said = held.length > kept.length || awaits !== leasing.awaits
  return { state: { ...state, leasing }, out: said ? [locks("SessionOver", { epoch, before, why }, state)] : [] }
}

const overWith = (before: State, after: State, now: number): Move => {
  const cleared = after.epoch !== before.epoch
  const rested = isAtRest(after) && !isAtRest(before)
  const ended = after.phase !== before.phase && (after.phase === "stopped" || after.phase === "crashed")
  if (!cleared && !rested && !ended) return stay(after)
  return givesUp(after, before.epoch, endOf(before, after, now), whyOver(before, after))
}

/** A third of the shortest term: two may be late. */
const pause = ({ held }: Leasing): number => Math.min(...held.map(({ ttl }) => ttl)) / 3

const renewing = (state: State, now: number): Move => {
  const { leasing } = state
  const wanted = leasing.held.length > 0 && !isAtRest(state)
  if (!wanted)
    return leasing.renewal === null ? stay(state) : stay({ ...state, leasing: { ...leasing, renewal: null } })
  const due = leasing.renewal !== null && leasing.renewal <= now
  const renewal =
    leasing.renewal === null || due ? now + pause(leasing) : Math.min(leasing.renewal, now + pause(leasing))
  const next = renewal === leasing.renewal ? state : { ...state, leasing: { ...leasing, renewal } }
  return { state: next, out: due ? [renew(state)] : [] }
}

export const leasing: Reflex = (before, after, now) => {
  const over = overWith(before, after, now)
  const { out, state } = renewing(over.state, now)
  const timer = alarm("renew", before.leasing.renewal ?? undefined, state.leasing.renewal ?? undefined)
  return { state, out: [...over.out, ...out, ...timer] }
}

/** A lease, or a wait for one, that the lock manager tells of: kept, unless the turn that asked is over. */
export const taken = (state: State, epoch: number, asked: number, keep: (leasing: Leasing) => Leasing): Move => {
  const void_ = epoch !== state.epoch || state.phase === "stopped" || state.phase === "crashed"
  const late = isAtRest(state) && asked <= state.leasing.over
  const known: State = { ...state, leasing: keep(state.leasing) }
  if (!void_ && !late) return stay(known)
  const why = epoch === state.epoch ? "its turn was over before" : "its context was cleared before"
  return { state, out: [locks("SessionOver", { epoch, before: asked, why }, state)] }
}
