/** Pure: the agent's provider takes no more work. Its mail waits until the limit is over; that is no crash. */
import { span } from "../../domain/Span.ts"
import { Out, publish, timer } from "../Out.ts"
import { idOf, type Move, stay } from "./Move.ts"
import { called, notice } from "./Notices.ts"
import { overseers } from "./Overseers.ts"
import type { Reflex } from "./Reflex.ts"
import { Session } from "./Session.ts"
import type { State } from "./State.ts"

const MINUTE = 60_000
/** Where nobody says when the limit is over (an overload may pass in a moment), it is tried again after this long, then twice as long. */
const SHORTEST = MINUTE / 2
const LONGEST = 30 * MINUTE
const TIMER = "limit"
/** A provider that says "in 11 s" names another end at each try: what is no further off, ms, is the same. */
const SAME = 30 * MINUTE

/** Nobody was told of this end, or of one near it. `told`: none where none was known. */
export const isNewEnd = (told: number | null | undefined, until: number | null): boolean =>
  until !== null && Math.abs(until - (told ?? -Infinity)) > SAME

const retryAt = (state: State, resetsAt: number | null, now: number): number =>
  resetsAt ?? now + Math.min(LONGEST, SHORTEST * 2 ** Math.min(state.limits, 10))

/** The EM is told once: not again when a try after an unknown time fails as well. The person learns it from the monitor. */
const announced = (state: State, reason: string, until: number | null, at: number, now: number): ReadonlyArray<Out> => {
  const when = until === null ? "it is tried again in" : "it resets in"
  const unit = at - now < MINUTE ? 1000 : MINUTE
  const left = span(Math.ceil((at - now) / unit) * unit)
  const text = `${called(state)} met a usage limit: ${reason}. Its turn is over and its messages wait; ${when} ${left}.`
  const about = `limit ${until ?? now}`
  return [
    publish({ _tag: "UsageLimited", id: idOf(state), reason, until }),
    ...overseers(state, "parent").flatMap((to) => notice(state, to, { about, at: now, text: `[sm] ${text}` }))
  ]
}

/** The agent met a limit in this turn, whose end is told by a signal of its own. */
export const limitedBy = (
  state: State,
  limit: { readonly turn: string; readonly reason: string; readonly resetsAt: number | null },
  now: number
): Move => {
  const until = limit.resetsAt !== null && limit.resetsAt > now ? limit.resetsAt : null
  const reason = limit.reason.replaceAll(/\s+/gu, " ").trim().slice(0, 300) || "no reason given"
  const known = state.limited
  // The same limit, said once more: only a time that was not known is news.
  if (known !== null && (until === null || until === known.until)) return stay(state)
  const at = retryAt(state, until, now)
  const limited = { until, reason, turn: limit.turn }
  const fresh = known === null && (state.limits === 0 || isNewEnd(state.vigil.limit?.until, until))
  return {
    state: { ...state, limited, limits: known === null ? state.limits + 1 : state.limits },
    out: [timer(Session, TIMER, at, "LimitOver", {}), ...(fresh ? announced(state, reason, until, at, now) : [])]
  }
}

/** The line moves again. `proven`: the agent did work, so that the next limit is a new one. */
const lifted = (state: State, proven: boolean): Move => {
  const next = { ...state, limited: null, limits: proven ? 0 : state.limits }
  if (state.limited === null) return stay(proven && state.limits > 0 ? next : state)
  return {
    state: next,
    out: [Out.cases.CancelTimer.make({ name: TIMER }), publish({ _tag: "LimitLifted", id: idOf(state) })]
  }
}

/** Its time has come. Nobody is told: whether the agent works again shows when it is given something. */
export const limitOver = (state: State, now: number): Move => {
  const until = state.limited?.until ?? null
  // It was set for a time that has been corrected since.
  return until !== null && now < until ? stay(state) : lifted(state, false)
}

/** A turn ended well: there is no limit, unless it is the very one that met it. */
export const succeeded = (state: State, turn: string): Move =>
  state.limited !== null && state.limited.turn === turn ? stay(state) : lifted(state, true)

/** A person knows better: what is urgent to one is tried at once. So is an agent that was started anew. */
export const limits: Reflex = (before, after) => {
  if (before.limited === null || after.limited === null) return stay(after)
  const waiting = new Set(before.queue.map(({ id }) => id))
  const pressed = after.queue.some(
    ({ from, id, kind, mode }) => mode === "urgent" && kind === "message" && from.kind === "human" && !waiting.has(id)
  )
  const restarted = before.pane === null && after.pane !== null
  return pressed || restarted ? lifted(after, false) : stay(after)
}
