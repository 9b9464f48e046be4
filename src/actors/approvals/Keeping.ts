/** Pure: what becomes of an approval, and who is told. */
import type { ApprovalPolicy } from "../../domain/ApprovalPolicy.ts"
import { type Approval, type ApprovalId, describeApproval } from "../../domain/Approval.ts"
import type { Notice, Severity } from "../../domain/Notice.ts"
import { span } from "../../domain/Span.ts"
import type { Move as Step } from "../Move.ts"
import { Monitor } from "../monitor/Monitor.ts"
import { type Out, publish, tell, timer } from "../Out.ts"
import { Session } from "../session/Session.ts"
import { Approvals, type State } from "./Approvals.ts"

export type Move = Step<State>

/** Answered ones that are remembered. */
const KEPT = 200
/** Most that may be open: each commit writes them all. One is let go then, with its dialog. */
const FULL = 500
/** Most that end in one commit, which holds each of them several times. */
const AT_ONCE = 50

const EMPHASIS: ReadonlyArray<Severity> = ["attention", "problem", "critical"]

type Outcome = NonNullable<Approval["outcome"]>

export const find = ({ closed, open }: State, id: ApprovalId): Approval | undefined =>
  open.find((other) => other.id === id) ?? closed.findLast((other) => other.id === id)

const causeOf = ({ id }: Approval): string => `approval ${id}`

/** Everyone learns of the answer: the session carries it out or lets it be, reminders end. */
export const closed = (state: State, approval: Approval, outcome: Outcome): Move => {
  const answered: Approval = { ...approval, outcome }
  const over = { causes: causeOf(approval), why: `${outcome.what} by ${outcome.by}` }
  return {
    state: {
      ...state,
      open: state.open.filter(({ id }) => id !== approval.id),
      closed: [...state.closed, answered].slice(-KEPT)
    },
    out: [
      publish({ _tag: "ApprovalAnswered", id: approval.session, approval: answered }),
      ...(approval.escalations > 0 ? [tell(Monitor, approval.host, approval.host, "Over", over)] : [])
    ]
  }
}

const decided = ({ host, session }: Approval, approval: Approval): Out =>
  tell(Session, host, session, "Decided", { approval })

/** The same, and its session, where it stands, is to do what was said. */
export const answered = (state: State, approval: Approval, outcome: Outcome): Move => {
  const { out, state: next } = closed(state, approval, outcome)
  return { state: next, out: [...out, decided(approval, { ...approval, outcome })] }
}

/** The oldest of the session that asks most: who asks without end pushes out no one else's. */
const crowding = (open: State["open"]): Approval | undefined => {
  const counts = new Map<string, number>()
  for (const { session } of open) counts.set(session, (counts.get(session) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return open.find(({ session }) => counts.get(session) === most)
}

/** Recorded; `outcome` where a rule has one. */
export const asked = (state: State, approval: Approval, outcome: Outcome | undefined, now: number): Move => {
  const told = publish({ _tag: "ApprovalAsked", id: approval.session, approval })
  if (outcome !== undefined) {
    const { out, state: next } = closed(state, approval, outcome)
    return { state: next, out: [told, ...out] }
  }
  const oldest = crowding(state.open)
  const full = state.open.length >= FULL && oldest !== undefined
  const why = { what: "expired", by: "sm", reason: `${FULL} others were open`, at: now } as const
  const room: Move = full ? answered(state, oldest, why) : { state, out: [] }
  return { state: { ...room.state, open: [...room.state.open, approval] }, out: [...room.out, told] }
}

const reminder = (approval: Approval, nth: number, now: number): Notice => {
  const { host, id, kind, name, session } = approval
  const waits = kind === "question" ? "an answer" : "permission"
  const how = kind === "question" ? `sm attach ${name}` : `sm approve ${id}, or sm deny ${id}`
  return {
    cause: `${causeOf(approval)} ${nth}`,
    kind,
    severity: EMPHASIS[Math.min(nth, EMPHASIS.length) - 1] ?? "attention",
    host,
    session,
    name,
    text: `has waited ${span(now - approval.at)} for ${waits}: ${describeApproval(approval)}; ${how}`,
    at: now
  }
}

/** How many reminders of it should have been by now. */
const dueBy = ({ escalate }: ApprovalPolicy, { at }: Approval, now: number): number =>
  escalate.filter((seconds) => at + seconds * 1000 <= now).length

const reminded = (state: State, approval: Approval, nth: number, now: number): Move => ({
  state: {
    ...state,
    open: state.open.map((other) => (other.id === approval.id ? { ...other, escalations: nth } : other))
  },
  // Those that were missed while everything was down are said once, with the emphasis of the last.
  out: [tell(Monitor, approval.host, approval.host, "Saw", reminder(approval, nth, now))]
})

const expired = (policy: ApprovalPolicy, approval: Approval, now: number): Outcome | undefined => {
  const { expire, expire_as } = policy
  if (expire === null || approval.at + expire * 1000 > now) return undefined
  const reason = `nobody answered within ${span(expire * 1000)}`
  return { what: expire_as === "deny" ? "denied" : "expired", by: "approvals.expire", reason, at: now }
}

/** What time has changed; what is too much for once is due still. */
export const ticked = (state: State, policy: ApprovalPolicy, now: number): Move => {
  let ended = 0
  return state.open.reduce<Move>(
    (move, approval) => {
      const end = expired(policy, approval, now)
      if (end !== undefined && ++ended > AT_ONCE) return move
      const nth = dueBy(policy, approval, now)
      const next =
        end !== undefined
          ? answered(move.state, approval, end)
          : nth > approval.escalations
            ? reminded(move.state, approval, nth, now)
            : undefined
      return next === undefined ? move : { state: next.state, out: [...move.out, ...next.out] }
    },
    { state: { ...state, rules: state.rules.filter(({ until }) => until === null || until > now) }, out: [] }
  )
}

const nextDue = (state: State, policy: ApprovalPolicy): number | undefined => {
  const times = state.open.flatMap(({ at, escalations }) => {
    const next = policy.escalate.toSorted((one, two) => one - two)[escalations]
    return [next, policy.expire ?? undefined].flatMap((seconds) => (seconds === undefined ? [] : [at + seconds * 1000]))
  })
  return times.length === 0 ? undefined : Math.min(...times)
}

/** One timer for all of them, at the earliest; set again where that has moved. `fired`: the one before is gone. */
export const timed = (before: State, move: Move, policy: ApprovalPolicy, fired = false): Move => {
  const due = nextDue(move.state, policy)
  if (due === undefined || (!fired && due === nextDue(before, policy))) return move
  return { state: move.state, out: [...move.out, timer(Approvals, "due", due, "Tick", {})] }
}
