/** Reading a screen, for adapters: evidence of last resort. Pure. */
import type { Screen, Stroke } from "../../terminal/Terminal.ts"

export interface Row {
  readonly text: string
  readonly y: number
}

/**
 * Each press removes a line or a break, before the cursor and behind it. More of them take several goes: a burst of a
 * hundred keys is a paste to Claude Code, and does nothing.
 */
export const emptyComposer: ReadonlyArray<Stroke> = [
  { _tag: "Press", keys: Array.from({ length: 30 }, () => "C-u" as const) },
  { _tag: "Press", keys: Array.from({ length: 20 }, () => "C-k" as const) }
]

/** Rows that show something, top to bottom. */
export const rows = (screen: Screen): ReadonlyArray<Row> =>
  screen.text
    .split("\n")
    .map((text, y) => ({ text, y }))
    .filter(({ text }) => text.trim() !== "")

/**
 * The text in a composer whose first row begins with `mark` and which holds the cursor. Faint text behind a cursor right
 * after the mark is a placeholder. `null` when the composer is empty or when the cursor is elsewhere.
 */
export const composing = (screen: Screen, mark: string, indent: number): string | null => {
  const lines = screen.text.split("\n")
  let first = screen.cursor.y
  while (first >= 0 && !(lines[first] ?? "").startsWith(mark)) first--
  if (first < 0 || screen.cursor.y - first > 40) return null
  const { cursor, faint } = screen
  if (first === cursor.y && cursor.x <= indent && faint) return null
  const text = lines
    .slice(first, screen.cursor.y + 1)
    .map((line) => line.slice(indent))
    .join("\n")
  return text.trim() === "" ? null : text
}
