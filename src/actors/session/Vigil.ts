/** Pure: tells the monitor what a person should know of this session, each thing once, and when it is over. */
import { HostId } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import { Monitor } from "../monitor/Monitor.ts"
import { type Out, tell } from "../Out.ts"
import { alarm } from "./Alarm.ts"
import { type Finding, findings } from "./Findings.ts"
import { isNewEnd } from "./Limits.ts"
import { idOf, isAtWork, type Move } from "./Move.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

/** Compactions that are remembered. */
const REMEMBERED = 50

/** What has just happened, as far as it counts here. */
const noted = (before: State, after: State, now: number): State => {
  const { vigil } = after
  let next = vigil
  // A question that stands before the first turn is no work.
  const working = isAtWork(after) && (after.phase !== "waiting-permission" || next.worked !== null)
  if (working && (!isAtWork(before) || vigil.worked === null))
    next = { ...next, worked: next.worked ?? now, failed: null }
  if (isAtWork(before) && !isAtWork(after) && next.worked !== null)
    next = { ...next, rested: isLive(after.phase) ? now : null }
  if (before.phase === "compacting" && after.phase !== "compacting") {
    const compactions = [...next.compactions, now].slice(-REMEMBERED)
    next = { ...next, compactions, compacted: after.context?.used ?? null }
  }
  if (next.compacted !== null && after.context?.used !== next.compacted) next = { ...next, compacted: null }
  if (before.epoch !== after.epoch)
    next = { ...next, worked: working ? now : null, rested: null, failed: null, compactions: [], compacted: null }
  if (after.limited === null && after.limits === 0) next = next.limit === null ? next : { ...next, limit: null }
  else if (after.limited !== null) {
    const { until } = after.limited
    if (next.limit === null || isNewEnd(next.limit.until, until))
      next = { ...next, limit: { at: next.limit?.at ?? now, until } }
    // The turn failed of that; when the limit is over, that is no news.
    if (next.failed !== null) next = { ...next, failed: null }
  }
  return next === vigil ? after : { ...after, vigil: next }
}

const saw = (state: State, { cause, common, kind, severity, text }: Finding, now: number): Out =>
  tell(Monitor, state.host, state.host, "Saw", {
    cause,
    kind,
    severity,
    host: HostId.make(state.host),
    session: common === true ? null : idOf(state),
    name: common === true ? null : state.name,
    text,
    at: now
  })

const over = (state: State, cause: string): Out => {
  const why = `${state.name} is ${state.phase}${state.detail === "" ? "" : `: ${state.detail}`}`
  return tell(Monitor, state.host, state.host, "Over", { causes: cause, why: why.slice(0, 300) })
}

/**
 * When to look again. A later time than is set already changes nothing: it is found out then. So an agent that says a lot
 * costs no more timers than one that says nothing.
 */
const lookAgain = (set: number | undefined, due: number | undefined): number | undefined =>
  set !== undefined && due !== undefined && set <= due ? set : due

export const vigil: Reflex = (before, after, now): Move => {
  const state = noted(before, after, now)
  const { policy } = state.vigil
  if (policy === null || state.spec === null) return { state, out: [] }
  const all = findings(state, policy, now)
  const current = all.filter(({ from, until }) => from <= now && (until === undefined || now < until))
  const due = all
    .flatMap(({ from, until }) => (from > now ? [from] : until !== undefined && until > now ? [until] : []))
    .reduce<number | undefined>((least, at) => Math.min(least ?? Infinity, at), undefined)
  const known = state.vigil.open
  const news = current.filter(
    (finding) => !known.some(({ cause, severity }) => cause === finding.cause && severity === finding.severity)
  )
  const gone = known.filter(({ cause }) => !current.some((finding) => finding.cause === cause))
  // One that has fired is gone.
  const running = state.vigil.alarm !== null && state.vigil.alarm > now ? state.vigil.alarm : undefined
  const set = lookAgain(running, due)
  if (news.length === 0 && gone.length === 0 && (set ?? null) === state.vigil.alarm) return { state, out: [] }
  const open = current.map(({ cause, severity }) => ({ cause, severity }))
  return {
    state: { ...state, vigil: { ...state.vigil, open, alarm: set ?? null } },
    out: [
      ...gone.map(({ cause }) => over(state, cause)),
      ...news.map((finding) => saw(state, finding, now)),
      ...alarm("vigil", running, set)
    ]
  }
}
