/** Sessions of a team, one line each: what it is doing, what it did last, what it says of itself. */
import type { Action } from "./Actions.ts"
import type { Card } from "./Sessions.ts"
import { ago } from "./Time.ts"

/** A daemon of an older version tells less. */
export type Member = Card & { readonly actions?: ReadonlyArray<Action> }

const cut = (text: string, most: number): string => {
  const line = text.replaceAll(/\s+/gu, " ").trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

const said = ({ completed, status }: Member): string => {
  if (completed) {
    const what = [completed.task, completed.note].filter((part) => part !== null).join(": ")
    return `completed${what === "" ? "" : ` "${cut(what, 80)}"`} (${ago(completed.at)} ago)`
  }
  return !status ? "(no status)" : `"${cut(status.text, 80)}" (${ago(status.at)} ago)`
}

const did = ({ actions = [] }: Member): ReadonlyArray<string> => {
  const last = actions.at(-1)
  if (last === undefined) return []
  const { at, detail, failed, took, tool } = last
  const how = took === null ? "running for" : `${failed ? "failed " : ""}`
  const when = took === null ? `${how} ${ago(at)}` : `${how}${ago(at)} ago`
  return [`last tool: ${cut(`${tool} ${detail}`, 60)} (${when})`]
}

/** "eng (1a2b3c4d) engineer | working 3m | last tool: Bash npm test (12s ago) | "running tests" (2m ago)" */
export const memberLine = (member: Member): string => {
  const { detail, em, id, name, role, since, state, task } = member
  const as = em ? " EM" : role ? ` ${role}` : ""
  const why = detail === "" ? "" : ` (${cut(detail, 60)})`
  return [
    `${name} (${id})${as}`,
    `${state}${why} ${ago(since)}`,
    ...(task ? [`task: ${cut(task, 60)}`] : []),
    ...did(member),
    said(member)
  ].join(" | ")
}

/** Children of children stand below their parent, further in. */
export const memberLines = (members: ReadonlyArray<Member>): string => {
  const depths = new Map<string, number>()
  return members
    .map((member) => {
      const above = member.parentId === null ? undefined : depths.get(member.parentId)
      const depth = above === undefined ? 0 : above + 1
      depths.set(member.id, depth)
      return `${"  ".repeat(depth)}${memberLine(member)}`
    })
    .join("\n")
}
