/** A session as everyone may see it: what `sm list` prints and what the directory stores. */
import { Effect, Schema } from "effect"
import { HostId, MessageId, SessionId, SessionName } from "./Ids.ts"
import { HeldLease } from "./Lock.ts"
import { Cause } from "./Message.ts"

/**
 * Where a session is in its life. `stopped` is ended on purpose, `crashed` is a pane that went away by itself;
 * both keep their record and can be restored. `unknown` lives, but neither its agent nor its screen has told for a while
 * what it does: that is never idle, and nothing is typed.
 */
export const SessionPhase = Schema.Literals([
  "starting",
  "idle",
  "working",
  "waiting-permission",
  "human-composing",
  "compacting",
  "unknown",
  "crashed",
  "stopped"
])
export type SessionPhase = typeof SessionPhase.Type

export const isLive = (phase: SessionPhase): boolean => phase !== "stopped" && phase !== "crashed"

/** How much of its context window an agent has used, in tokens, as it says itself. */
export const Context = Schema.Struct({ used: Schema.Int, window: Schema.Int, percent: Schema.Finite })
export type Context = typeof Context.Type

/** What an agent says of itself (`sm status "…"`), and when, Unix milliseconds. */
export const StatusText = Schema.Struct({ text: Schema.String, at: Schema.Finite })
export type StatusText = typeof StatusText.Type

/** The agent's provider takes no more work: until when, Unix milliseconds, if it said so, and its words. */
export const Limit = Schema.Struct({ until: Schema.NullOr(Schema.Finite), reason: Schema.String })
export type Limit = typeof Limit.Type

/** The last task that an agent said to be complete (`sm task-complete`), what it said of it, and when, Unix ms. */
export const Completion = Schema.Struct({
  task: Schema.NullOr(Schema.String),
  note: Schema.NullOr(Schema.String),
  at: Schema.Finite
})
export type Completion = typeof Completion.Type
/** Thresholds of context monitoring, percent, and the name of who is told besides the session itself. */
export const Monitor = Schema.Struct({
  warning: Schema.Finite,
  critical: Schema.Finite,
  notify: Schema.NullOr(Schema.String)
})

/** A key that cards of older versions do not have. */
const later = <S extends Schema.Top>(schema: S, value: S["Type"]) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

export const SessionCard = Schema.Struct({
  v: Schema.Literal(1),
  id: SessionId,
  name: SessionName,
  /** The agent kind: `claude`, `codex`, or whatever a plugin registers. */
  provider: Schema.String,
  state: SessionPhase,
  /** What it is doing or why it is in this state, one line. */
  detail: Schema.String,
  parentId: Schema.NullOr(SessionId),
  workingDir: Schema.String,
  host: HostId,
  model: Schema.NullOr(Schema.String),
  /** The agent's own id, with which it can be resumed. */
  agentSessionId: Schema.NullOr(Schema.String),
  transcript: Schema.NullOr(Schema.String),
  /** None until the agent has told it. Cards written before it was known have no such key. */
  context: Schema.NullOr(Context).pipe(Schema.withDecodingDefaultKey(Effect.succeed(null))),
  /** Messages accepted and not yet typed. */
  queued: Schema.Int,
  /** Messages typed that the agent has not confirmed yet. */
  typed: later(Schema.Int, 0),
  createdAt: Schema.Finite,
  /** When the state last changed, Unix milliseconds. */
  since: Schema.Finite,
  stoppedAt: Schema.NullOr(Schema.Finite),
  /** What it was dispatched or spawned as: `engineer`. */
  role: later(Schema.NullOr(Schema.String), null),
  /** It orchestrates: it is woken with digests of its children. */
  em: later(Schema.Boolean, false),
  task: later(Schema.NullOr(Schema.String), null),
  status: later(Schema.NullOr(StatusText), null),
  /** None once it has another task. */
  completed: later(Schema.NullOr(Completion), null),
  /** Grows with each clear of its context. */
  epoch: later(Schema.Int, 0),
  /** What the running turn answers; what its agent sends now is caused by it. */
  carries: later(Schema.NullOr(Cause), null),
  /** An urgent message that the agent has not read yet: it may use no tool before. */
  stopping: later(Schema.NullOr(MessageId), null),
  limited: later(Schema.NullOr(Limit), null),
  /** Is it told how full its context is, from which percentages on, and who else is? */
  monitor: later(Schema.NullOr(Monitor), null),
  /** Workspaces, or parts of them, that are its own to write in until its turn ends. */
  leases: later(Schema.Array(HeldLease), []),
  /** The root of the linked git worktree that it works in. */
  worktree: later(Schema.NullOr(Schema.String), null)
})
export type SessionCard = typeof SessionCard.Type

/** Nothing to do, and nothing on its way. */
export const isQuiet = ({ queued, state, typed }: Pick<SessionCard, "queued" | "state" | "typed">): boolean =>
  state === "idle" && queued === 0 && typed === 0
