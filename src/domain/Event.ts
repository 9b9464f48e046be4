/** Public facts. Plugins, the phone, the web page and `sm tail -f` are projections of these and of nothing else. */
import { Schema } from "effect"
import { MessageId, SessionId, SessionName } from "./Ids.ts"
import { Cause, DeliveryMode, MessageStatus, Sender } from "./Message.ts"
import { SessionPhase } from "./Session.ts"

export const Event = Schema.TaggedUnion({
  SessionSpawned: {
    id: SessionId,
    name: SessionName,
    provider: Schema.String,
    parentId: Schema.NullOr(SessionId),
    workingDir: Schema.String
  },
  SessionRenamed: { id: SessionId, name: SessionName },
  SessionPhaseChanged: { id: SessionId, phase: SessionPhase, detail: Schema.String },
  SessionCleared: { id: SessionId },
  SessionRestored: { id: SessionId },
  SessionStopped: { id: SessionId, reason: Schema.String },
  ToolUsed: { id: SessionId, tool: Schema.String, detail: Schema.String },
  TurnEnded: { id: SessionId, turn: Schema.String, answer: Schema.String },
  StatusReported: { id: SessionId, text: Schema.String },
  TaskSet: { id: SessionId, task: Schema.String, role: Schema.NullOr(Schema.String) },
  TaskCompleted: { id: SessionId, task: Schema.NullOr(Schema.String), note: Schema.NullOr(Schema.String) },
  PermissionAsked: { id: SessionId, question: Schema.String },
  MessageAccepted: {
    id: MessageId,
    to: SessionId,
    from: Sender,
    mode: DeliveryMode,
    bytes: Schema.Int,
    cause: Schema.optionalKey(Cause)
  },
  MessageMoved: { id: MessageId, to: SessionId, status: MessageStatus, evidence: Schema.String },
  ActorFailed: { address: Schema.String, reason: Schema.String }
})
export type Event = typeof Event.Type

/** What travels in the event stream. */
export const EventRecord = Schema.Struct({
  v: Schema.Literal(1),
  /** Unix milliseconds. */
  at: Schema.Finite,
  event: Event
})
export type EventRecord = typeof EventRecord.Type

/** Entity and id under which an event is filed: the two variable tokens of its subject. */
export const filedUnder = (event: Event): { readonly entity: "session" | "message" | "actor"; readonly id: string } => {
  if (event._tag === "MessageAccepted" || event._tag === "MessageMoved") return { entity: "message", id: event.id }
  if (event._tag === "ActorFailed") return { entity: "actor", id: event.address }
  return { entity: "session", id: event.id }
}
