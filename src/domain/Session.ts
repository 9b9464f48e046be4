/** A session as everyone may see it: what `sm list` prints and what the directory stores. */
import { Effect, Schema } from "effect"
import { HostId, SessionId, SessionName } from "./Ids.ts"

/**
 * Where a session is in its life. `stopped` is ended on purpose, `crashed` is a pane that went away by itself;
 * both keep their record and can be restored.
 */
export const SessionPhase = Schema.Literals([
  "starting",
  "idle",
  "working",
  "waiting-permission",
  "human-composing",
  "compacting",
  "crashed",
  "stopped"
])
export type SessionPhase = typeof SessionPhase.Type

export const isLive = (phase: SessionPhase): boolean => phase !== "stopped" && phase !== "crashed"

/** How much of its context window an agent has used, in tokens, as it says itself. */
export const Context = Schema.Struct({ used: Schema.Int, window: Schema.Int, percent: Schema.Finite })
export type Context = typeof Context.Type

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
  createdAt: Schema.Finite,
  /** When the state last changed, Unix milliseconds. */
  since: Schema.Finite,
  stoppedAt: Schema.NullOr(Schema.Finite)
})
export type SessionCard = typeof SessionCard.Type
