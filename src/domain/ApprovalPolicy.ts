/** How approvals are reminded of, when they end by themselves, and what is answered without a person: `approvals:` in `config.yaml`. */
import { Context, Effect, Schema } from "effect"
import { SHELL } from "./ApprovalRule.ts"

const Seconds = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(30 * 86_400))
const later = <S extends Schema.Top>(schema: S, value: S["Type"]) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

/** As a person writes it. */
const Written = Schema.Struct({
  allow: Schema.optionalKey(Schema.NonEmptyString),
  deny: Schema.optionalKey(Schema.NonEmptyString),
  tool: later(Schema.NonEmptyString, SHELL),
  /** A directory in the repository, absolute. */
  repo: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\//u, { message: "repo is an absolute path" }))),
  role: Schema.optionalKey(Schema.NonEmptyString)
}).check(
  Schema.makeFilter(
    ({ allow, deny }) => (allow === undefined) !== (deny === undefined) || "a rule has either allow or deny"
  )
)
export type WrittenRule = typeof Written.Type

export const ApprovalPolicy = Schema.Struct({
  /** Seconds after which a person is reminded of what nobody has answered, each time with more emphasis. */
  escalate: later(Schema.Array(Seconds), [120, 600, 1800]),
  /** Seconds after which it is answered by `expire_as`; none: it waits for ever. */
  expire: later(Schema.NullOr(Seconds), null),
  /** deny: the agent is refused and goes on. leave: the agent's own dialog stands. */
  expire_as: later(Schema.Literals(["deny", "leave"]), "deny"),
  /**
   * Seconds for which an agent that shows its dialog only when its hook has ended (Codex) is kept from showing it while nobody
   * is attached to its pane.
   */
  hold: later(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 580 })), 580),
  rules: later(Schema.Array(Written), [])
})
export type ApprovalPolicy = typeof ApprovalPolicy.Type

export const approvalDefaults: ApprovalPolicy = Schema.decodeSync(ApprovalPolicy)({})

/** What holds here. */
export const ApprovalRules = Context.Reference<ApprovalPolicy>("sm/domain/ApprovalPolicy/ApprovalRules", {
  defaultValue: () => approvalDefaults
})
