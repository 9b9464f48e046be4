/** Sessions as a table. */
import { table } from "./Table.ts"
import { ago } from "./Time.ts"

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
}

export const sessionLines = (cards: ReadonlyArray<Card>): string =>
  table(
    ["ID", "NAME", "KIND", "STATE", "FOR", "WAITING", "CONTEXT", "DIRECTORY"],
    cards.map((card) => [
      card.id,
      card.name,
      card.provider,
      card.detail === "" ? card.state : `${card.state} (${card.detail.slice(0, 60)})`,
      ago(card.since),
      String(card.queued),
      card.context === null ? "" : `${Math.round(card.context.percent)}%`,
      card.workingDir
    ])
  )

/** "killed reviewer (1a2b3c4d), stopped". */
export const oneSession = (verb: string, card: Card): string => `${verb} ${card.name} (${card.id}), ${card.state}`
