/** Verbs of approvals: a person's answers, and the rules. */
import { Clock, Effect, Schema } from "effect"
import { type Approval, ApprovalId } from "../../domain/Approval.ts"
import { ApprovalRules } from "../../domain/ApprovalPolicy.ts"
import { type ApprovalRule, SHELL } from "../../domain/ApprovalRule.ts"
import { literal } from "../../domain/CommandGlob.ts"
import type { HostId } from "../../domain/Ids.ts"
import { perhaps } from "../../domain/Near.ts"
import { span } from "../../domain/Span.ts"
import { type Input, type Output, Refusal } from "../Api.ts"
import { approvals as keeper, configured } from "./Asking.ts"
import { type Caller, find, senderOf } from "../Caller.ts"
import { Repository } from "../Repository.ts"

const isApprovalId = Schema.is(ApprovalId)

export const approvals = ({ all }: Input<"approvals">) =>
  Effect.map(keeper.ask("Describe", {}), ({ closed, open }): Output<"approvals"> => ({
    open,
    answered: all === true ? closed.toReversed() : []
  }))

const nothing = (id: string, open: ReadonlyArray<Approval>) =>
  new Refusal({
    code: "not-found",
    message: `there is no approval ${id}${perhaps(
      id,
      open.map((other) => other.id)
    )}`,
    hint: "sm approvals shows the open ones, sm approvals --all those that were answered"
  })

/** By its id, or by the session that waits for this one only. */
const meant = (word: string, caller: Caller) =>
  Effect.gen(function* () {
    // A session's id or name may look like one.
    if (isApprovalId(word) && (yield* keeper.ask("Find", { id: word })) !== null) return word
    const { open } = yield* keeper.ask("Describe", {})
    const card = yield* Effect.mapError(find(word, caller), (refusal) =>
      refusal._tag === "Refusal" && refusal.code === "not-found" ? nothing(word, open) : refusal
    )
    const [first, ...others] = open.filter(({ session }) => session === card.id)
    if (first === undefined) {
      return yield* new Refusal({
        code: "wrong-state",
        message: `${card.name} (${card.id}) waits for no approval: it is ${card.state}`,
        hint: "sm approvals"
      })
    }
    if (others.length > 0) {
      return yield* new Refusal({
        code: "ambiguous",
        message: `${card.name} (${card.id}) waits for ${others.length + 1}: ${[first, ...others].map(({ id }) => id).join(", ")}`,
        hint: "sm approvals shows them; name one by its id"
      })
    }
    return first.id
  })

/** Who was faster, or what became of it. */
const past = ({ id, name, outcome }: Approval, now: number): Refusal => {
  const { at, by, reason, what } = outcome ?? { at: now, by: "somebody", reason: null, what: "void" }
  const words =
    what === "answered-in-pane"
      ? "was answered in the pane"
      : what === "void"
        ? "is void"
        : what === "expired"
          ? `has expired (${by})`
          : `was ${what} by ${by}`
  return new Refusal({
    code: "wrong-state",
    message: `${id} of ${name} ${words} ${span(now - at)} ago${reason === null ? "" : `: ${reason}`}`,
    hint: "sm approvals shows what is open"
  })
}

const make = (rule: ApprovalRule, caller: Caller) => keeper.ask("AddRule", { rule, by: senderOf(caller).name })

/** This very thing, in its repository, by whomever. */
const ruleOf = ({ host, repo, subject, tool }: Approval, allow: boolean): ApprovalRule | undefined =>
  subject === null
    ? undefined
    : {
        effect: allow ? "allow" : "deny",
        tool,
        glob: literal(subject),
        repo: repo === null ? null : { host, root: repo },
        role: null,
        until: null
      }

const answer = (allow: boolean) => (input: Input<"approve">, caller: Caller) =>
  Effect.gen(function* () {
    const id = yield* meant(input.id, caller)
    const now = yield* Clock.currentTimeMillis
    const found = yield* keeper.ask("Find", { id })
    const rule = found === null || input.always !== true ? undefined : ruleOf(found, allow)
    if (input.always === true && found !== null && rule === undefined) {
      const why = found.from === "screen" ? "only the screen told of it" : "it is too long"
      return yield* new Refusal({
        code: "invalid",
        message: `no rule can be made of ${id}: ${why}`,
        hint: `sm approvals ${allow ? "allow" : "deny"} "<glob>" makes one by hand`
      })
    }
    const { name: by } = senderOf(caller)
    const approval = yield* keeper.ask("Answer", { id, allow, by, reason: input.reason ?? null }).pipe(
      Effect.catchTags({
        AlreadyAnswered: (error) => Effect.fail(past(error.approval, now)),
        NoSuchApproval: () => Effect.fail(nothing(id, [])),
        NeedsWords: (error) =>
          Effect.fail(
            new Refusal({
              code: "wrong-state",
              message: `${id} asks for words, which only the pane of ${error.approval.name} takes`,
              hint: `sm attach ${error.approval.name}; sm deny ${id} refuses to answer`
            })
          )
      })
    )
    return { approval, rule: rule === undefined ? null : yield* make(rule, caller) } satisfies Output<"approve">
  })

export const approve = answer(true)
export const deny = answer(false)

export const approvalRules = (host: HostId) =>
  Effect.gen(function* () {
    const policy = yield* ApprovalRules
    const written = yield* Effect.forEach(policy.rules, (rule) => configured(rule, host))
    const { rules } = yield* keeper.ask("Describe", {})
    return [
      ...written.map((rule) => ({ ...rule, number: null, by: "config.yaml", at: null })),
      ...rules
    ] satisfies Output<"approvalRules">
  })

export const makeApprovalRule = (input: Input<"makeApprovalRule">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const { effect, forMs, glob, repo, role, tool } = input
    const repository = yield* Repository
    const now = yield* Clock.currentTimeMillis
    return yield* make(
      {
        effect,
        tool: tool ?? SHELL,
        glob,
        repo: repo === undefined ? null : { host, root: (yield* repository.of(repo)).root },
        role: role ?? null,
        until: forMs === undefined ? null : now + forMs
      },
      caller
    )
  })

export const forgetApprovalRule = ({ number }: Input<"forgetApprovalRule">) =>
  Effect.catchTag(keeper.ask("ForgetRule", { number }), "NoSuchRule", () =>
    Effect.fail(
      new Refusal({
        code: "not-found",
        message: `there is no rule ${number} made by command`,
        hint: "sm approvals rules; those of config.yaml are changed there"
      })
    )
  )
