/** Sessions below whoever spawned them, each with the branch that is drawn before its name. */
import type { SessionCard } from "../../src/domain/Session.ts"
import type { Glyphs } from "./Glyphs.ts"

export interface Branch {
  readonly card: SessionCard
  readonly depth: number
  readonly drawn: string
}

/** Deeper ones are drawn as deep as this: the names must keep some room. */
const DEEPEST = 5

export const treeOf = (cards: Iterable<SessionCard>, glyphs: Glyphs): ReadonlyArray<Branch> => {
  const all = [...cards].sort((one, two) => one.createdAt - two.createdAt || (one.id < two.id ? -1 : 1))
  const ids = new Set<string>(all.map(({ id }) => id))
  const below = Map.groupBy(all, ({ id, parentId }) =>
    parentId !== null && parentId !== id && ids.has(parentId) ? parentId : ""
  )
  const placed = new Set<string>()
  const place = (siblings: ReadonlyArray<SessionCard>, depth: number, before: string): ReadonlyArray<Branch> =>
    siblings.flatMap((card, index) => {
      placed.add(card.id)
      const last = index === siblings.length - 1
      const drawn = depth === 0 ? "" : `${before}${last ? glyphs.corner : glyphs.fork}`
      const deeper = depth === 0 || depth >= DEEPEST ? before : `${before}${last ? "  " : glyphs.trunk}`
      return [{ card, depth, drawn }, ...place(below.get(card.id) ?? [], depth + 1, deeper)]
    })
  const tree = place(below.get("") ?? [], 0, "")
  // Two that claim to have spawned each other are below nobody.
  const lost = all.filter(({ id }) => !placed.has(id))
  return [...tree, ...lost.map((card) => ({ card, depth: 0, drawn: "" }))]
}
