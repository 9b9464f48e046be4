/** Approvals and the rules that answer them, as tables. */
import { unhidden } from "./Unseen.ts"
import { table } from "./Table.ts"
import { ago, until } from "./Time.ts"

export interface Approval {
  readonly id: string
  readonly session: string
  readonly name: string
  readonly kind: "permission" | "question"
  readonly from: "hook" | "screen"
  readonly tool: string
  readonly detail: string
  /** All of it; none where only a part is known. */
  readonly subject: string | null
  readonly workingDir: string
  readonly at: number
  readonly outcome: {
    readonly what: string
    readonly by: string
    readonly reason: string | null
    readonly at: number
  } | null
}
export interface Rule {
  readonly number: number | null
  readonly effect: "allow" | "deny"
  readonly tool: string
  readonly glob: string
  readonly repo: { readonly host: string; readonly root: string } | null
  readonly role: string | null
  readonly until: number | null
  readonly by: string
}

/** Cells are not cut, but what an agent wants to run may be a whole script: `sm approvals <id>` shows all that is known. */
const WIDE = 120
const cut = (text: string): string => (text.length > WIDE ? `${text.slice(0, WIDE - 1)}…` : text)

const becameOf = ({ kind, outcome }: Approval): string => {
  if (outcome === null) return kind === "question" ? "asks for words" : "open"
  const reason = outcome.reason === null ? "" : `: ${outcome.reason}`
  return `${outcome.what} by ${outcome.by}${reason}`
}

export const approvalLines = (approvals: ReadonlyArray<Approval>): string =>
  table(
    ["ID", "SESSION", "ASKED", "TOOL", "WHAT", "STATE"],
    approvals.map((approval) => [
      approval.id,
      approval.name,
      `${ago(approval.at)} ago`,
      approval.tool,
      cut(unhidden(approval.detail)),
      becameOf(approval)
    ])
  )

/** One of them with all that it asks for, line by line as a person may judge it. */
export const approvalWhole = (approval: Approval): string => {
  const { detail, subject, workingDir } = approval
  const lines = (subject ?? detail).split("\n").map((line) => `  ${unhidden(line)}`)
  const partly = subject === null ? ["(what is known of it: its pane may show more)"] : []
  return [
    `${approval.id}  ${approval.name}  ${approval.tool} in ${unhidden(workingDir)}  ${ago(approval.at)} ago  ${becameOf(approval)}`,
    ...lines,
    ...partly
  ].join("\n")
}

/** The git directory says which repository; people know it by the directory that holds it. */
const placeOf = ({ repo }: Rule): string =>
  repo === null ? "everywhere" : `${repo.host}:${repo.root.replace(/\/\.git$/u, "")}`

export const ruleLines = (rules: ReadonlyArray<Rule>): string =>
  table(
    ["RULE", "DOES", "TOOL", "WHAT", "IN", "ROLE", "FOR", "BY"],
    rules.map((rule) => [
      rule.number === null ? "config" : String(rule.number),
      rule.effect,
      rule.tool,
      cut(unhidden(rule.glob)),
      placeOf(rule),
      rule.role ?? "any",
      rule.until === null ? "ever" : until(rule.until),
      rule.by
    ])
  )
