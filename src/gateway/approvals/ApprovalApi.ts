/** Verbs of approvals: what agents wait for leave to do, the answers, and the rules that answer by themselves. */
import { Schema } from "effect"
import { Approval } from "../../domain/Approval.ts"
import { ApprovalRule, KeptRule } from "../../domain/ApprovalRule.ts"
import { SessionId } from "../../domain/Ids.ts"
import { Recipient, verb } from "../Verb.ts"

const Reason = Schema.NonEmptyString.check(
  Schema.makeFilter((text: string) => (text.length <= 2000 ? true : "the reason is longer than 2000 characters"))
)
/** An approval's id; or a session that waits for one only. */
const Which = Recipient
const Answer = Schema.Struct({
  id: Which,
  reason: Schema.optionalKey(Reason),
  /** Make a rule of it: this very command in this repository. */
  always: Schema.optionalKey(Schema.Boolean)
})
const Answered = Schema.Struct({ approval: Approval, rule: Schema.NullOr(KeptRule) })

/** A rule as it is shown. */
export const RuleView = Schema.Struct({
  ...ApprovalRule.fields,
  /** None: of config.yaml. */
  number: Schema.NullOr(Schema.Int),
  by: Schema.String,
  at: Schema.NullOr(Schema.Finite)
})

export const approvalVerbs = {
  approvals: verb(
    "What agents wait for leave to do, oldest first; `all`: then what was answered, newest first.",
    Schema.Struct({ all: Schema.optionalKey(Schema.Boolean) }),
    Schema.Struct({ open: Schema.Array(Approval), answered: Schema.Array(Approval) })
  ),
  approve: verb("Let an agent do what it asks for; the first answer wins.", Answer, Answered),
  deny: verb("Refuse what an agent asks for; it reads the reason.", Answer, Answered),
  approvalRules: verb("The rules that answer without a person.", Schema.Struct({}), Schema.Array(RuleView)),
  makeApprovalRule: verb(
    "Answer by itself what this glob matches.",
    Schema.Struct({
      effect: Schema.Literals(["allow", "deny"]),
      glob: Schema.NonEmptyString.check(Schema.isMaxLength(1000)),
      /** Default: the shell. */
      tool: Schema.optionalKey(Schema.NonEmptyString),
      /** A directory in the repository, absolute. */
      repo: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\//u, { message: "repo is an absolute path" }))),
      role: Schema.optionalKey(Schema.NonEmptyString),
      /** Milliseconds for which it holds. */
      forMs: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0)))
    }),
    KeptRule
  ),
  forgetApprovalRule: verb("A rule answers no more.", Schema.Struct({ number: Schema.Int }), KeptRule),
  /** From hooks, not from people. */
  awaitAnswer: verb(
    "The answer to the question that an agent's hook has reported, once there is one.",
    Schema.Struct({
      /** The id of the report. */
      report: Schema.NonEmptyString,
      event: Schema.NonEmptyString,
      timeoutMs: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 60_000 })),
      session: Schema.optionalKey(SessionId)
    }),
    Schema.Struct({
      /** What the hook's command prints. */
      say: Schema.NullOr(Schema.String),
      /** Nobody need wait any more. */
      over: Schema.Boolean
    })
  )
} as const

/** What only a person may: to answer, and to have answered. */
export const approvalsOfPersons = [
  "approve",
  "deny",
  "approvalRules",
  "makeApprovalRule",
  "forgetApprovalRule"
] as const satisfies ReadonlyArray<keyof typeof approvalVerbs>
