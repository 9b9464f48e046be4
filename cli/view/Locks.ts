/** Leases and who waits for them, as people read them. */
import { table } from "./Table.ts"
import { ago, until } from "./Time.ts"

export interface Held {
  readonly ticket: string
  readonly host: string
  readonly workspace: string
  readonly path: string | null
  readonly holder: { readonly _tag: string; readonly id?: string; readonly name: string }
  readonly reason: string
  readonly since: number
  readonly until: number
}
export interface Lease extends Held {
  readonly fence: number
  readonly auto: boolean
}
export interface Waiting extends Held {
  readonly behind: ReadonlyArray<string>
}
export interface Locks {
  readonly leases: ReadonlyArray<Lease>
  readonly waiting: ReadonlyArray<Waiting>
}

export const place = ({ path, workspace }: Pick<Held, "path" | "workspace">): string =>
  path === null ? workspace : `${path} in ${workspace}`

const nameOf = ({ holder }: Held): string =>
  holder._tag === "Session" && holder.id !== holder.name ? `${holder.name} (${holder.id ?? ""})` : holder.name

/** A session's lasts as long as its turn: how long its term is says nothing. */
const end = (held: Lease): string => (held.holder._tag === "Session" ? "its turn ends" : `in ${until(held.until)}`)

/** Hosts only where there are several. */
export const lockLines = ({ leases, waiting }: Locks): string => {
  const hosts = new Set([...leases, ...waiting].map(({ host }) => host))
  const where = (held: Held) => (hosts.size > 1 ? `${held.host}:${place(held)}` : place(held))
  const has = leases.map((lease) => [
    where(lease),
    nameOf(lease),
    `${ago(lease.since)} ago`,
    end(lease),
    String(lease.fence),
    lease.reason
  ])
  const waits = waiting.map((one) => [
    where(one),
    nameOf(one),
    `${ago(one.since)} ago`,
    `gives up in ${until(one.until)}`,
    "waits",
    `${one.reason} (behind ${one.behind.join(", ") || "nobody"})`
  ])
  return table(["WHERE", "WHO", "SINCE", "UNTIL", "FENCE", "WHY"], [...has, ...waits])
}
