/** `sm watch --once`: the dashboard as lines or as one object, for pipes and programs. */
import type { SessionCard } from "../../src/domain/Session.ts"
import { done, refusal } from "../Output.ts"
import { onTerminal } from "../view/Table.ts"
import { type Column, columnsFor } from "./Columns.ts"
import { each, lastAction, sessionsNow, sideLists } from "./Gather.ts"
import { type Glyphs, glyphsOf } from "./Glyphs.ts"
import { counts, itemsOf, waitingLines } from "./Heading.ts"
import { type Did, type Known, leasesOf, learnList, NOTHING } from "./Known.ts"
import { type Piece, textOf } from "./Piece.ts"
import { cellsOf, demandOf, headOf, rowOf } from "./Row.ts"
import { treeOf } from "./Tree.ts"

/** Questions at once. */
const SOME = 8

const gathered = async (cards: ReadonlyArray<SessionCard>): Promise<Known> => {
  const did = new Map<string, Did>()
  const sides = await sideLists()
  await each(cards, SOME, async ({ id }) => {
    const last = await lastAction(id)
    if (last !== undefined) did.set(id, last)
  })
  return learnList({ ...NOTHING, ...sides, did }, cards, new Map())
}

/** What a program reads: sessions in the order of the tree. */
const dataOf = (known: Known, glyphs: Glyphs) => ({
  sessions: treeOf(known.cards.values(), glyphs).map(({ card, depth }) => ({
    ...card,
    depth,
    last: known.did.get(card.id) ?? null,
    leases: leasesOf(known, card.id)
  })),
  approvals: known.approvals,
  notices: known.notices,
  silent: known.silent,
  leases: known.leases,
  waiting: known.waiting,
  unread: known.unread
})

/** Wide enough for every column; on a pipe nothing is padded or cut. */
const ALL = 1000

const written = (pieces: ReadonlyArray<Piece>): string => pieces.map(({ text }) => text).join("")

const piped = (columns: ReadonlyArray<Column>, known: Known, glyphs: Glyphs, now: number): ReadonlyArray<string> => [
  columns.map(({ head }) => head || "-").join("  "),
  ...treeOf(known.cards.values(), glyphs).map((branch) =>
    cellsOf(columns, known, branch, now)
      // What stands to the left of a name draws the tree.
      .map(({ text }, at) => (columns[at]?.name === "name" ? text.trimEnd() : text.trim()) || "-")
      .join("  ")
  )
]

/** `width`: of the terminal; none on a pipe. */
export const onceLines = (known: Known, glyphs: Glyphs, now: number, width: number | undefined): string => {
  const tree = treeOf(known.cards.values(), glyphs)
  const items = itemsOf(known, now)
  const columns = columnsFor(width ?? ALL, demandOf(known, tree))
  const unread = known.unread === 0 ? [] : [`${known.unread} unread: sm inbox`]
  const above = [written(counts(known)), ...unread]
  if (width === undefined) {
    const waiting = items.map(({ about, pieces }) => `${written(pieces)} (${about})`)
    return [...above, ...waiting, ...(tree.length === 0 ? [] : piped(columns, known, glyphs, now))].join("\n")
  }
  const rows = tree.map((branch) => textOf(rowOf(columns, known, branch, now, false)))
  const waiting = waitingLines(items, width, items.length).map(textOf)
  return [...above, ...waiting, ...(tree.length === 0 ? [] : [textOf(headOf(columns)), ...rows])].join("\n")
}

export const watchOnce = async (env: NodeJS.ProcessEnv, json: boolean): Promise<number> => {
  const list = await sessionsNow()
  if ("code" in list) return refusal(list, json)
  const known = await gathered(list)
  const glyphs = glyphsOf(env)
  if (json) return done(dataOf(known, glyphs), true, "")
  const width = onTerminal(1) ? process.stdout.columns || 80 : undefined
  return done(undefined, false, onceLines(known, glyphs, Date.now(), width))
}
