/** Pure: what stands in the way of a request, who waits for whom, and where that would never end. */
import { covers, meets } from "../../domain/Glob.ts"
import { type Holder, holderKey, holderName, type Lease, type Scope, type Waiting } from "../../domain/Lock.ts"
import type { State } from "./Locks.ts"

const ALL = "**"

const together = (one: Scope, two: Scope): boolean => one.host === two.host && one.workspace === two.workspace

/** Have they a path in common? */
export const meet = (one: Scope, two: Scope): boolean =>
  together(one, two) && (one.path === null || two.path === null || meets(one.path, two.path))

/** Is all of the second in the first? */
export const within = (wide: Scope, narrow: Scope): boolean =>
  together(wide, narrow) && (wide.path === null || covers(wide.path, narrow.path ?? ALL))

/** A request, or what one may become. */
export type Wish = Scope & { readonly holder: Holder }

const other = (one: { readonly holder: Holder }, two: { readonly holder: Holder }): boolean =>
  holderKey(one.holder) !== holderKey(two.holder)

/** What a waiting request must have: it is content with its path. */
export const least = (waiting: Waiting): Waiting => ({ ...waiting, path: waiting.narrow ?? waiting.path })

const leasesAgainst = ({ leases }: Pick<State, "leases">, wish: Wish): ReadonlyArray<Lease> =>
  leases.filter((lease) => other(lease, wish) && meet(lease, wish))

/** Holders that wait for a lease of this one, or for one of a holder that does. */
const waitingFor = (state: State, holder: Holder): ReadonlySet<string> => {
  const found = new Set<string>([holderKey(holder)])
  for (const key of found) {
    if (!state.leases.some((lease) => holderKey(lease.holder) === key)) continue
    for (const waiting of state.waiting) {
      const waits = leasesAgainst(state, least(waiting)).some((lease) => holderKey(lease.holder) === key)
      if (waits) found.add(holderKey(waiting.holder))
    }
  }
  return found
}

/** Requests of others that came before. Not those that wait for this very holder: behind them it would wait for itself. */
const requestsAgainst = (state: State, wish: Wish, place: number): ReadonlyArray<Waiting> => {
  const earlier = state.waiting.slice(0, place).filter((waiting) => other(waiting, wish) && meet(least(waiting), wish))
  if (earlier.length === 0) return earlier
  const behind = waitingFor(state, wish.holder)
  return earlier.filter(({ holder }) => !behind.has(holderKey(holder)))
}

/** What stands in the way: leases of others, and their requests. `place`: how many came before. */
export const against = (state: State, wish: Wish, place: number): ReadonlyArray<Lease | Waiting> => [
  ...leasesAgainst(state, wish),
  ...requestsAgainst(state, wish, place)
]

export const isFree = (state: State, wish: Wish, place: number): boolean =>
  leasesAgainst(state, wish).length === 0 && requestsAgainst(state, wish, place).length === 0

interface Cycle {
  /** In order, from whose request came last; the last waits for the first. */
  readonly names: ReadonlyArray<string>
  /** That request. */
  readonly youngest: Waiting
}

/** A ring of requests in which each waits for the next. */
export const cycleIn = (state: State): Cycle | undefined => {
  const edges = new Map<string, ReadonlyArray<{ readonly to: Holder; readonly by: Waiting }>>()
  for (const [place, waiting] of state.waiting.entries()) {
    const key = holderKey(waiting.holder)
    const to = against(state, least(waiting), place).map(({ holder }) => ({ to: holder, by: waiting }))
    edges.set(key, [...(edges.get(key) ?? []), ...to])
  }
  const done = new Set<string>()
  const walk = (
    holder: Holder,
    path: ReadonlyArray<{ readonly holder: Holder; readonly by: Waiting }>
  ): Cycle | undefined => {
    const key = holderKey(holder)
    const start = path.findIndex((step) => holderKey(step.holder) === key)
    if (start >= 0) {
      const ring = path.slice(start)
      const places = ring.map(({ by }) => state.waiting.indexOf(by))
      const last = places.indexOf(Math.max(...places))
      const names = [...ring.slice(last), ...ring.slice(0, last)].map((step) => holderName(step.holder))
      const youngest = ring[last]?.by
      return youngest === undefined ? undefined : { names, youngest }
    }
    if (done.has(key)) return undefined
    for (const { by, to } of edges.get(key) ?? []) {
      const found = walk(to, [...path, { holder, by }])
      if (found !== undefined) return found
    }
    done.add(key)
    return undefined
  }
  for (const { holder } of state.waiting) {
    const found = walk(holder, [])
    if (found !== undefined) return found
  }
  return undefined
}
