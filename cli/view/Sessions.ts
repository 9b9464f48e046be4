/** Sessions as a table. */
import { table } from "./Table.ts"
import { ago, hour } from "./Time.ts"

export interface Card {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly state: string
  readonly detail: string
  readonly parentId: string | null
  readonly workingDir: string
  readonly queued: number
  readonly role: string | null
  /** How full the agent's context is, once it has told. */
  readonly context: { readonly percent: number } | null
  readonly since: number
  /** It orchestrates. */
  readonly em: boolean
  readonly task: string | null
  /** What the agent says of itself. */
  readonly status: { readonly text: string; readonly at: number } | null
  /** The task that it said to be complete. */
  readonly completed: { readonly task: string | null; readonly note: string | null; readonly at: number } | null
  /** The root of the linked git worktree that it works in. */
  readonly worktree?: string | null
  /** Its provider takes no more work; until when, if that is known. */
  readonly limited?: { readonly until: number | null } | null
}

const stateOf = ({ detail, limited, state }: Card): string => {
  const until = limited?.until ?? null
  const limit = (limited ?? null) === null ? "" : until === null ? "limited" : `limited until ${hour(until)}`
  const more = [limit, detail.slice(0, 60)].filter((word) => word !== "")
  return more.length === 0 ? state : `${state} (${more.join("; ")})`
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)

/** What it is in its team, and what it says or was told to do. */
const about = ({ em, role, status, task }: Card): string =>
  [em ? "EM" : (role ?? ""), short(status?.text ?? task ?? "")].filter((part) => part !== "").join(": ")

/** Where nobody has a part to play there is no column for it. */
export const sessionLines = (cards: ReadonlyArray<Card>): string => {
  const team = cards.some((card) => about(card) !== "")
  return table(
    ["ID", "NAME", "KIND", "STATE", "FOR", "WAITING", "CONTEXT", ...(team ? ["ABOUT"] : []), "DIRECTORY"],
    cards.map((card) => [
      card.id,
      card.name,
      card.provider,
      stateOf(card),
      ago(card.since),
      String(card.queued),
      card.context === null ? "" : `${Math.round(card.context.percent)}%`,
      ...(team ? [about(card)] : []),
      card.workingDir
    ])
  )
}

/** "killed reviewer (1a2b3c4d), stopped". */
export const oneSession = (verb: string, card: Card): string => `${verb} ${card.name} (${card.id}), ${card.state}`
