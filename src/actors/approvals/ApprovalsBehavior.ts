/** How approvals are kept: every handler is a pure move, given the time and the policy. */
import { Effect } from "effect"
import { ApprovalRules } from "../../domain/ApprovalPolicy.ts"
import { type ApprovalRule, type KeptRule, ruleText, ruling } from "../../domain/ApprovalRule.ts"
import type { Behavior } from "../Behavior.ts"
import { AlreadyAnswered, Approvals, NeedsWords, NoSuchApproval, NoSuchRule } from "./Approvals.ts"
import { answered, asked, closed, find, type Move, ticked, timed } from "./Keeping.ts"

/** What a rule says, whoever made it and when. */
const saysOf = ({ effect, glob, repo, role, tool, until }: ApprovalRule): string =>
  JSON.stringify([effect, glob, repo, role, tool, until])

export const behavior: Behavior<typeof Approvals> = {
  initial: () => ({ open: [], closed: [], rules: [], numbered: 0 }),
  handlers: {
    Ask: ({ approval, verdict }, state, { now }) =>
      Effect.gen(function* () {
        const known = find(state, approval.id)
        if (known !== undefined) return { state, reply: known }
        const policy = yield* ApprovalRules
        const rule = ruling(state.rules, approval, now)
        const own =
          rule === undefined ? null : { allow: rule.effect === "allow", by: `rule ${rule.number} (${ruleText(rule)})` }
        // One that denies goes before any that allows, wherever it stands.
        const said = [verdict, own].find((one) => one?.allow === false) ?? verdict ?? own
        const outcome =
          said === null
            ? undefined
            : ({ what: said.allow ? "allowed" : "denied", by: said.by, reason: null, at: now } as const)
        const { out, state: next } = timed(state, asked(state, approval, outcome, now), policy)
        return { state: next, reply: find(next, approval.id) ?? approval, out }
      }),
    Answer: ({ allow, by, id, reason }, state, { now }) =>
      Effect.gen(function* () {
        const approval = find(state, id)
        if (approval === undefined) return yield* new NoSuchApproval({ id })
        if (approval.outcome !== null) return yield* new AlreadyAnswered({ approval })
        if (allow && approval.kind === "question") return yield* new NeedsWords({ approval })
        const outcome = { what: allow ? "allowed" : "denied", by, reason, at: now } as const
        const { out, state: next } = timed(state, answered(state, approval, outcome), yield* ApprovalRules)
        return { state: next, reply: { ...approval, outcome }, out }
      }),
    Settled: ({ ids, what, why }, state, { now }) =>
      Effect.gen(function* () {
        const over = state.open.filter(({ id }) => ids.includes(id))
        const move = over.reduce<Move>(
          (sum, approval) => {
            const next = closed(sum.state, approval, {
              what,
              by: what === "void" ? "sm" : "somebody in the pane",
              reason: why,
              at: now
            })
            return { state: next.state, out: [...sum.out, ...next.out] }
          },
          { state, out: [] }
        )
        const { out, state: next } = timed(state, move, yield* ApprovalRules)
        return { state: next, reply: null, out }
      }),
    Find: ({ id }, state) => Effect.sync(() => ({ state, reply: find(state, id) ?? null })),
    AddRule: ({ by, rule }, state, { now }) =>
      Effect.sync(() => {
        const same = state.rules.find((kept) => saysOf(kept) === saysOf(rule))
        if (same !== undefined) return { state, reply: same }
        const kept: KeptRule = { ...rule, number: state.numbered + 1, by, at: now }
        return { state: { ...state, rules: [...state.rules, kept], numbered: kept.number }, reply: kept }
      }),
    ForgetRule: ({ number }, state) =>
      Effect.gen(function* () {
        const rule = state.rules.find((kept) => kept.number === number)
        if (rule === undefined) return yield* new NoSuchRule({ number })
        return { state: { ...state, rules: state.rules.filter((kept) => kept !== rule) }, reply: rule }
      }),
    Describe: (_, state, { now }) =>
      Effect.sync(() => ({
        state,
        reply: { ...state, rules: state.rules.filter(({ until }) => until === null || until > now) }
      })),
    Tick: (_, state, { now }) =>
      Effect.gen(function* () {
        const policy = yield* ApprovalRules
        const { out, state: next } = timed(state, ticked(state, policy, now), policy, true)
        return { state: next, reply: null, out }
      })
  }
}
