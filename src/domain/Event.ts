/** Public facts. Plugins, the phone, the web page and `sm tail -f` are projections of these and of nothing else. */
import { Schema } from "effect"
import { MessageId, SessionId, SessionName } from "./Ids.ts"
import { Addressee, Cause, DeliveryMode, MessageStatus, Sender } from "./Message.ts"
import { Approval } from "./Approval.ts"
import { Lease, Waiting } from "./Lock.ts"
import { Notice } from "./Notice.ts"
import { SessionPhase } from "./Session.ts"
import { Worktree, WorktreeId } from "./Worktree.ts"

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
  /** The context has passed a threshold for the first time since it was emptied. */
  ContextWarned: {
    id: SessionId,
    level: Schema.Literals(["warning", "critical"]),
    percent: Schema.Finite,
    used: Schema.Int
  },
  /** The agent has begun to replace what it knows by a summary. */
  Compacted: { id: SessionId },
  /** Its provider takes no more work; `until`, Unix milliseconds, if it said so. Once per limit. */
  UsageLimited: { id: SessionId, reason: Schema.String, until: Schema.NullOr(Schema.Finite) },
  LimitLifted: { id: SessionId },
  PermissionAsked: { id: SessionId, question: Schema.String },
  MessageAccepted: {
    id: MessageId,
    to: Addressee,
    from: Sender,
    mode: DeliveryMode,
    bytes: Schema.Int,
    cause: Schema.optionalKey(Cause)
  },
  MessageMoved: { id: MessageId, to: Addressee, status: MessageStatus, evidence: Schema.String },
  /** Messages of the session `from` to the session `id` are stopped: `count` of one chain came. */
  EdgeMuted: { id: SessionId, from: SessionId, fromName: Schema.String, root: MessageId, count: Schema.Int },
  EdgeResumed: { id: SessionId, from: SessionId, by: Schema.String },
  LeaseGranted: { id: Schema.String, lease: Lease },
  /** It waits; `behind` names who has it. */
  LeaseAwaited: { id: Schema.String, waiting: Waiting, behind: Schema.Array(Schema.String) },
  /** A lease or a wait is over. */
  LeaseEnded: { id: Schema.String, ticket: Schema.String, holder: Schema.String, why: Schema.String },
  /** A person should know this; once for each cause, which is its `id`. */
  Noticed: { id: Schema.String, notice: Notice },
  NoticeOver: { id: Schema.String, cause: Schema.String, why: Schema.String },
  ApprovalAsked: { id: SessionId, approval: Approval },
  ApprovalAnswered: { id: SessionId, approval: Approval },
  /** A worktree that sm has made is in another phase, or something went wrong with it. */
  WorktreeMoved: { id: WorktreeId, worktree: Worktree },
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
export const filedUnder = (
  event: Event
): { readonly entity: "session" | "message" | "lock" | "notice" | "worktree" | "actor"; readonly id: string } => {
  if (event._tag === "MessageAccepted" || event._tag === "MessageMoved") return { entity: "message", id: event.id }
  if (event._tag === "LeaseGranted" || event._tag === "LeaseAwaited" || event._tag === "LeaseEnded")
    return { entity: "lock", id: event.id }
  if (event._tag === "Noticed" || event._tag === "NoticeOver") return { entity: "notice", id: event.id }
  if (event._tag === "WorktreeMoved") return { entity: "worktree", id: event.id }
  if (event._tag === "ActorFailed") return { entity: "actor", id: event.address }
  return { entity: "session", id: event.id }
}
