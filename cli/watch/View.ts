/** The whole screen, from what is known, what is chosen, the size and the time. Pure. */
import { columnsFor } from "./Columns.ts"
import { bottom, detailHeight, details } from "./Foot.ts"
import type { Glyphs } from "./Glyphs.ts"
import { itemsOf, summary, waitingLines } from "./Heading.ts"
import { HELP } from "./HelpText.ts"
import type { Known } from "./Known.ts"
import type { Cursor, Size } from "./Paint.ts"
import { EMPTY, type Line, line, piece, within } from "./Piece.ts"
import { demandOf, headOf, rowOf } from "./Row.ts"
import { type Branch, treeOf } from "./Tree.ts"
import { filtered, overNow, settle, type Ui } from "./Ui.ts"

export interface Plan {
  readonly ui: Ui
  readonly tree: ReadonlyArray<Branch>
  /** The rows that the filter leaves. */
  readonly rows: ReadonlyArray<Branch>
  /** How many of them are seen at once. */
  readonly height: number
  readonly above: ReadonlyArray<Line>
  readonly detail: number
  /** On a screen of a few lines the summary, the head of the columns and the rule are left out. */
  readonly summary: boolean
  readonly frame: boolean
}

/** How the screen is divided, and what is chosen in it. */
export const planOf = (known: Known, before: Ui, { columns, rows: lines }: Size, now: number, glyphs: Glyphs): Plan => {
  const over = overNow(known, before.mode)
  const ui: Ui = over === undefined ? before : { ...before, mode: { type: "over", text: over } }
  // Who is there by chance before the list is, is not chosen for being the first.
  const tree = known.listed ? treeOf(known.cards.values(), glyphs) : []
  const rows = filtered(tree, ui.filter)
  const above = waitingLines(itemsOf(known, now), columns, lines < 10 ? 0 : Math.floor(lines / 4))
  const detail = detailHeight(ui.mode, columns, lines)
  const [summarised, framed] = [lines >= 4, lines >= 7]
  // The keys; the head of the columns and the rule.
  const height = Math.max(1, lines - above.length - detail - 1 - (summarised ? 1 : 0) - (framed ? 2 : 0))
  return { ui: settle(ui, rows, height), tree, rows, height, above, detail, summary: summarised, frame: framed }
}

const ruleOf = ({ height, rows, ui }: Plan, { dot, down, rule, up }: Glyphs, width: number): Line => {
  if (rows.length <= height) return line(piece(rule.repeat(width), "dim"))
  const last = Math.min(rows.length, ui.top + height)
  const ways = `${ui.top > 0 ? up : dot}${last < rows.length ? down : dot}`
  const where = `${rule}${rule} ${ways} ${ui.top + 1}-${last} of ${rows.length} `
  return line(piece(`${where}${rule.repeat(Math.max(0, width - where.length))}`, "dim"))
}

const nothing = (known: Known, filter: string): string => {
  if (!known.listed) return known.away === null ? "asking the daemon" : "the sessions are shown once the daemon answers"
  return filter === "" ? 'no sessions; start one: sm spawn claude "<prompt>"' : "none of the sessions; Esc shows all"
}

export const viewOf = (
  known: Known,
  plan: Plan,
  { columns: width, rows: lines }: Size,
  now: number,
  glyphs: Glyphs
): { readonly lines: ReadonlyArray<Line>; readonly cursor: Cursor | undefined } => {
  const { above, detail, height, rows, tree, ui } = plan
  const card = rows[ui.row]?.card
  const columns = columnsFor(width, demandOf(known, tree))
  const list =
    ui.mode.type === "help"
      ? HELP.slice(0, height)
      : rows.length === 0
        ? [line(piece(nothing(known, ui.filter), "dim"))]
        : rows
            .slice(ui.top, ui.top + height)
            .map((branch, index) => rowOf(columns, known, branch, now, ui.top + index === ui.row))
  const foot = bottom(known, ui, card, now, width)
  const shown = [
    ...(plan.summary ? [summary(known, ui.filter, now, width)] : []),
    ...above,
    ...(plan.frame ? [ui.mode.type === "help" ? EMPTY : headOf(columns)] : []),
    ...list,
    ...Array.from({ length: Math.max(0, height - list.length) }, () => EMPTY),
    ...(plan.frame ? [ruleOf(plan, glyphs, width)] : []),
    ...details(known, ui, card, now, width, detail)
  ]
  const fitting = [...shown.slice(0, Math.max(0, lines - 1)), foot.line].map((one) => ({
    ...one,
    pieces: within(one.pieces, width)
  }))
  const cursor = foot.column === undefined ? undefined : { row: fitting.length - 1, column: foot.column }
  return { lines: fitting, cursor }
}
