/** Leases and who waits for them, as people read them. */
import type { InLine, Lease } from "../../src/domain/Lock.ts"
import type { Output } from "../../src/gateway/Api.ts"
import { table } from "./Table.ts"
import { ago, until } from "./Time.ts"

type Held = Lease | InLine

export const place = ({ path, workspace }: Pick<Held, "path" | "workspace">): string =>
  path === null ? workspace : `${path} in ${workspace}`

const nameOf = ({ holder }: Held): string =>
  holder._tag === "Session" && holder.id !== holder.name ? `${holder.name} (${holder.id ?? ""})` : holder.name

/** A session's lasts as long as its turn: how long its term is says nothing. */
const end = (held: Lease): string => (held.holder._tag === "Session" ? "its turn ends" : `in ${until(held.until)}`)

/** Hosts only where there are several. */
export const lockLines = ({ leases, waiting }: Output<"locks">): string => {
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
