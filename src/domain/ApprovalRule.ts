/** Rules that answer for a person: `allow "npm test" in repository X for role engineer, for two hours`. */
import { Schema } from "effect"
import type { Approval } from "./Approval.ts"
import { globMatches } from "./CommandGlob.ts"
import { HostId } from "./Ids.ts"

/** The tool whose input is a shell command, as both agents call it. */
export const SHELL = "Bash"
/** Longer ones are no rules any more. */
const Glob = Schema.NonEmptyString.check(Schema.isMaxLength(1000))

export const ApprovalRule = Schema.Struct({
  effect: Schema.Literals(["allow", "deny"]),
  tool: Schema.NonEmptyString,
  /** Over the command, the path, the address, else the input as JSON. */
  glob: Glob,
  /** A repository on a host: the git directory that its worktrees share. None: everywhere. */
  repo: Schema.NullOr(Schema.Struct({ host: HostId, root: Schema.NonEmptyString })),
  role: Schema.NullOr(Schema.NonEmptyString),
  /** Unix ms; none: until it is forgotten. */
  until: Schema.NullOr(Schema.Finite)
})
export type ApprovalRule = typeof ApprovalRule.Type

/** A rule made by command. */
export const KeptRule = Schema.Struct({
  ...ApprovalRule.fields,
  number: Schema.Int,
  by: Schema.String,
  /** Unix ms. */
  at: Schema.Finite
})
export type KeptRule = typeof KeptRule.Type

type Asked = Pick<Approval, "host" | "kind" | "repo" | "role" | "subject" | "tool">

/** Only what a hook told in full is compared; words for a question are a person's own. */
const holds = (rule: ApprovalRule, asked: Asked, now: number): boolean => {
  const { glob, effect, repo, role, tool, until } = rule
  if (asked.kind !== "permission" || asked.subject === null || asked.tool !== tool) return false
  if (until !== null && until <= now) return false
  if (role !== null && role !== asked.role) return false
  if (repo !== null && (repo.host !== asked.host || repo.root !== asked.repo)) return false
  // What forbids may catch too much; what allows may not.
  const reach = effect === "deny" ? "anything" : tool === SHELL ? "shell" : "path"
  return globMatches(glob, asked.subject, reach)
}

/** The rule that answers: one that denies goes before all that allow, and among those the first. */
export const ruling = <R extends ApprovalRule>(rules: ReadonlyArray<R>, asked: Asked, now: number): R | undefined => {
  const holding = rules.filter((rule) => holds(rule, asked, now))
  return holding.find(({ effect }) => effect === "deny") ?? holding[0]
}

/** "allow Bash: npm test *". */
export const ruleText = ({ effect, glob, tool }: Pick<ApprovalRule, "effect" | "glob" | "tool">): string =>
  `${effect} ${tool}: ${glob}`
