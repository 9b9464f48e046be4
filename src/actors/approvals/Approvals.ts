/** The approvals' definition: one in the swarm (`approvals.main`). Each is answered once, and the first answer wins. */
import { Schema } from "effect"
import { Approval, ApprovalId, Outcome } from "../../domain/Approval.ts"
import { ApprovalRule, KeptRule } from "../../domain/ApprovalRule.ts"
import * as Actor from "../Actor.ts"

export const State = Schema.Struct({
  /** Without an answer, in the order in which they were asked. */
  open: Schema.Array(Approval),
  /** The last ones that have one, newest last. */
  closed: Schema.Array(Approval),
  rules: Schema.Array(KeptRule),
  /** The number of the last rule made. */
  numbered: Schema.Int
})
export type State = typeof State.Type

/** Somebody was faster, or the question has gone away. */
export class AlreadyAnswered extends Schema.TaggedError<AlreadyAnswered>()("AlreadyAnswered", { approval: Approval }) {
  override get message() {
    return `${this.approval.id} is answered already`
  }
}

export class NoSuchApproval extends Schema.TaggedError<NoSuchApproval>()("NoSuchApproval", { id: ApprovalId }) {
  override get message() {
    return `there is no approval ${this.id}`
  }
}

/** It asks for words, which only the agent's own dialog takes. */
export class NeedsWords extends Schema.TaggedError<NeedsWords>()("NeedsWords", { approval: Approval }) {
  override get message() {
    return `${this.approval.id} asks for words`
  }
}

export class NoSuchRule extends Schema.TaggedError<NoSuchRule>()("NoSuchRule", { number: Schema.Int }) {
  override get message() {
    return `there is no rule ${this.number}`
  }
}

/** Who answered for a person, by a rule of the configuration. */
const Verdict = Schema.Struct({ allow: Schema.Boolean, by: Schema.String })

export const Approvals = Actor.make({
  kind: "approvals",
  version: 1,
  state: State,
  messages: {
    /**
     * Recorded before anything else is done with it; the same id is the same question. Answered at once where a rule does,
     * of the configuration (`verdict`) or one made by command.
     */
    Ask: Actor.message({
      payload: Schema.Struct({ approval: Approval, verdict: Schema.NullOr(Verdict) }),
      success: Approval,
      failure: Schema.Never,
      lane: "control"
    }),
    /** A person's answer. */
    Answer: Actor.message({
      payload: Schema.Struct({
        id: ApprovalId,
        allow: Schema.Boolean,
        by: Schema.String,
        reason: Schema.NullOr(Schema.String)
      }),
      success: Approval,
      failure: Schema.Union([AlreadyAnswered, NoSuchApproval, NeedsWords]),
      lane: "control"
    }),
    /** The session has seen that these are over; what has an answer keeps it. */
    Settled: Actor.message({
      payload: Schema.Struct({ ids: Schema.Array(ApprovalId), what: Outcome, why: Schema.String }),
      lane: "control"
    }),
    Find: Actor.message({
      payload: Schema.Struct({ id: ApprovalId }),
      success: Schema.NullOr(Approval),
      failure: Schema.Never,
      lane: "control"
    }),
    /** The same rule again is the one that there is. */
    AddRule: Actor.message({
      payload: Schema.Struct({ rule: ApprovalRule, by: Schema.String }),
      success: KeptRule,
      failure: Schema.Never,
      lane: "control"
    }),
    ForgetRule: Actor.message({
      payload: Schema.Struct({ number: Schema.Int }),
      success: KeptRule,
      failure: NoSuchRule,
      lane: "control"
    }),
    Describe: Actor.message({ payload: Schema.Struct({}), success: State, failure: Schema.Never, lane: "control" }),
    /** Looks at what is due: reminders, and the end. */
    Tick: Actor.message({ payload: Schema.Struct({}) })
  }
})
