/** A question that an agent may not answer itself: kept until someone does, or its time is over. */
import { Schema } from "effect"
import { HostId, SessionId } from "./Ids.ts"

/** `a` and seven base-36 digits. */
export const ApprovalId = Schema.String.check(
  Schema.isPattern(/^a[0-9a-z]{7}$/u, { message: "an approval's id is `a` and 7 letters or digits" })
).pipe(Schema.brand("ApprovalId"))
export type ApprovalId = typeof ApprovalId.Type

/** pane: a person answered at the agent's own dialog. rule: a rule did. void: the question went away (clear, stop, death). */
export const Outcome = Schema.Literals(["allowed", "denied", "answered-in-pane", "expired", "void"])

export const Approval = Schema.Struct({
  id: ApprovalId,
  session: SessionId,
  host: HostId,
  /** The session's name then. */
  name: Schema.String,
  role: Schema.NullOr(Schema.String),
  /** hook: the agent's own hook waits for the answer. screen: only its dialog does, and keys answer it. */
  from: Schema.Literals(["hook", "screen"]),
  /** permission: yes or no. question: the agent asks for words, which only the pane takes. */
  kind: Schema.Literals(["permission", "question"]),
  tool: Schema.String,
  /** What the tool would do, one line. */
  detail: Schema.String,
  workingDir: Schema.String,
  /** Unix ms. */
  at: Schema.Finite,
  /** Reminders of it so far. */
  escalations: Schema.Int,
  outcome: Schema.NullOr(
    Schema.Struct({
      what: Outcome,
      by: Schema.String,
      reason: Schema.NullOr(Schema.String),
      at: Schema.Finite
    })
  )
})
export type Approval = typeof Approval.Type
