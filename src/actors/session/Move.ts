/** Pure building blocks of the session's state machine: a state, and what it promises to the world. */
import type { Event } from "../../domain/Event.ts"
import type { MessageId } from "../../domain/Ids.ts"
import { HostId, SessionId, SessionName } from "../../domain/Ids.ts"
import type { Cause, MessageStatus } from "../../domain/Message.ts"
import { SessionCard, type SessionPhase } from "../../domain/Session.ts"
import { Schema } from "effect"
import { andThen, type Move as Step, stay as stays } from "../Move.ts"
import { Out, publish } from "../Out.ts"
import type { Letter } from "../../domain/Letter.ts"
import type { State } from "./State.ts"

export type Move = Step<State>
export { andThen }
export const stay: (state: State) => Move = stays

export const tellWorld = (state: State, ...events: ReadonlyArray<Event>): Move => ({ state, out: events.map(publish) })

export const idOf = (state: State): SessionId => SessionId.make(state.id)

/** Moves to a phase; the public is told when it changes. */
export const enter = (state: State, phase: SessionPhase, detail: string, now: number): Move => {
  if (state.phase === phase) return stay(state.detail === detail ? state : { ...state, detail })
  return tellWorld(
    { ...state, phase, detail, since: now },
    { _tag: "SessionPhaseChanged", id: idOf(state), phase, detail }
  )
}

/** How many accepted messages are remembered, so that a retry by the same id is the same message. */
const REMEMBERED = 200

/** Letters being typed, or typed and not confirmed yet. */
export const onItsWay = ({ flying, typing }: State): ReadonlyArray<Letter> => [
  ...(typing?.letters ?? []),
  ...flying.flatMap(({ letters }) => letters)
]

/** The same and what the running turn carries, with the place of each. */
export const wayOf = ({ carried, flying, typing }: State) => [
  ...(typing?.letters ?? []).map((letter) => ({ letter, place: "typing" as const })),
  ...flying.flatMap(({ letters }) => letters.map((letter) => ({ letter, place: "flying" as const }))),
  ...carried.map((letter) => ({ letter, place: "carried" as const }))
]

/** Letters that have not come to their end, wherever they are. */
export const held = (state: State): ReadonlyArray<Letter> => [...state.queue, ...onItsWay(state), ...state.carried]

/** Remembers one more. What is held is never forgotten: by this order a letter goes back to its place in the line. */
export const remember = (state: State, id: MessageId, status: MessageStatus): State["seen"] => {
  const seen = [...state.seen, [id, status] as const]
  const most = seen.length - REMEMBERED
  if (most <= 0) return seen
  const kept = new Set(held(state).map((letter) => letter.id))
  return seen.filter(([old], index) => index >= most || kept.has(old))
}

/** A message's next hop. */
export const hop = (state: State, id: MessageId, status: MessageStatus, evidence: string): Move => {
  const known = state.seen.some(([seen]) => seen === id)
  const seen = known
    ? state.seen.map((entry): typeof entry => (entry[0] === id ? [id, status] : entry))
    : remember(state, id, status)
  return tellWorld({ ...state, seen }, { _tag: "MessageMoved", id, to: idOf(state), status, evidence })
}

/** Doing something, or held up in the middle of it, for all that is known. */
const AT_WORK: ReadonlySet<SessionPhase> = new Set(["working", "compacting", "waiting-permission", "unknown"])
export const isAtWork = ({ phase }: State): boolean => AT_WORK.has(phase)
/** The public word that a letter is taken. */
export const acceptance = (state: State, { bytes, cause, from, id, mode }: Letter): Out =>
  publish({
    _tag: "MessageAccepted",
    id,
    to: idOf(state),
    from,
    mode,
    bytes,
    ...(cause === undefined ? {} : { cause })
  })

const cardKey = (id: string): string => `session.${id}`

export const cardOf = (state: State): SessionCard => ({
  v: 1,
  id: idOf(state),
  name: SessionName.make(state.name),
  provider: state.spec?.provider ?? "unknown",
  state: state.phase,
  detail: state.detail,
  parentId: state.spec?.parentId ?? null,
  workingDir: state.spec?.workingDir ?? "/",
  host: HostId.make(state.host),
  model: state.spec?.model ?? null,
  agentSessionId: state.agentSessionId,
  transcript: state.transcript,
  context: state.context,
  queued: state.queue.length + (state.typing?.letters.length ?? 0),
  typed: state.flying.reduce((sum, { letters }) => sum + letters.length, 0),
  createdAt: state.createdAt,
  since: state.since,
  stoppedAt: state.stoppedAt,
  role: state.role,
  em: state.em,
  task: state.task,
  status: state.status,
  completed: completionOf(state),
  epoch: state.epoch,
  carries: carriedBy(state),
  stopping:
    [...onItsWay(state), ...state.queue].find(
      ({ after, kind, mode }) => mode === "urgent" && kind === "message" && after === undefined
    )?.id ?? null,
  limited: state.limited === null ? null : { until: state.limited.until, reason: state.limited.reason },
  leases: state.leasing.held.map(({ asked: _asked, ttl: _ttl, ...lease }) => lease),
  monitor:
    state.gauge === null
      ? null
      : { warning: state.gauge.warning, critical: state.gauge.critical, notify: state.gauge.notify?.name ?? null },
  worktree: state.spec?.worktree ?? null
})

const completionOf = ({ completed }: State): SessionCard["completed"] =>
  completed === null ? null : { task: completed.task, note: completed.note, at: completed.at }

/** What the running turn answers: of several messages the one with the longest history. */
const carriedBy = ({ carried }: State): Cause | null =>
  carried
    .map(causeOf)
    .reduce<Cause | null>((longest, cause) => (longest === null || cause.hops > longest.hops ? cause : longest), null)

/** What an answer to this letter is caused by. */
export const causeOf = ({ cause, id }: Letter): Cause => ({
  id,
  root: cause?.root ?? id,
  hops: (cause?.hops ?? 0) + 1
})

const cardJson = Schema.encodeSync(Schema.fromJsonString(SessionCard))

/** Adds the card when the move changed what it shows. */
export const showing = (before: State, move: Move): Move => {
  if (move.state.spec === null) return move
  const value = cardJson(cardOf(move.state))
  if (before.spec !== null && value === cardJson(cardOf(before))) return move
  return { state: move.state, out: [...move.out, Out.cases.Card.make({ key: cardKey(move.state.id), value })] }
}
