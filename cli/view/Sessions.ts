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
  /** How full the agent's context is, once it has told. */
  readonly context: { readonly percent: number } | null
  readonly since: number
  /** Its provider takes no more work; until when, if that is known. */
  readonly limited?: { readonly until: number | null } | null
}

const stateOf = ({ detail, limited, state }: Card): string => {
  const until = limited?.until ?? null
  const limit = (limited ?? null) === null ? "" : until === null ? "limited" : `limited until ${hour(until)}`
  const more = [limit, detail.slice(0, 60)].filter((word) => word !== "")
  return more.length === 0 ? state : `${state} (${more.join("; ")})`
}

export const sessionLines = (cards: ReadonlyArray<Card>): string =>
  table(
    ["ID", "NAME", "KIND", "STATE", "FOR", "WAITING", "CONTEXT", "DIRECTORY"],
    cards.map((card) => [
      card.id,
      card.name,
      card.provider,
      stateOf(card),
      ago(card.since),
      String(card.queued),
      card.context === null ? "" : `${Math.round(card.context.percent)}%`,
      card.workingDir
    ])
  )

/** "killed reviewer (1a2b3c4d), stopped". */
export const oneSession = (verb: string, card: Card): string => `${verb} ${card.name} (${card.id}), ${card.state}`
