/** Lines as bytes for a terminal: only the rows that have changed, each column at its own place. */
import { type Line, type Piece, type Tone, within } from "./Piece.ts"
import { isAscii, widthOf } from "./Wide.ts"

const ESC = "\u001b"
const COLOURED: Readonly<Record<Tone, string>> = {
  plain: "",
  dim: "2",
  bold: "1",
  good: "32",
  busy: "36",
  warn: "1;33",
  bad: "1;31"
}
/** Where somebody wants no colours. */
const UNCOLOURED: Readonly<Record<Tone, string>> = { ...COLOURED, good: "", busy: "", warn: "1", bad: "1" }

export interface Size {
  readonly columns: number
  readonly rows: number
}
export interface Cursor {
  readonly row: number
  readonly column: number
}

export interface Look {
  readonly colours: boolean
  /** The terminal knows ASCII only. */
  readonly ascii: boolean
}

/** In lines of the alternate screen that do not wrap: a sign wider than expected pushes nothing into the next row. */
export const ENTER = `${ESC}[?1049h${ESC}[?7l${ESC}[?25l${ESC}[?2004h${ESC}[2J`
export const LEAVE = `${ESC}[?2004l${ESC}[0m${ESC}[?7h${ESC}[?25h${ESC}[?1049l`

/** As wide as before. */
const asciiOf = (text: string): string =>
  isAscii(text)
    ? text
    : Array.from(text, (sign) => (isAscii(sign) ? sign : sign === "…" ? "~" : "?".repeat(widthOf(sign)))).join("")

/**
 * A row. After signs that terminals may draw wider or narrower than we think, the place of the next column is named, so
 * that columns stand below each other all the same.
 */
const rowOf = ({ chosen = false, pieces }: Line, width: number, { ascii, colours }: Look): string => {
  const tones = colours ? COLOURED : UNCOLOURED
  let at = 0
  let sure = true
  const write = ({ text: given, tone }: Piece): string => {
    const text = ascii ? asciiOf(given) : given
    const place = sure ? "" : `${ESC}[${at + 1}G`
    at += widthOf(text)
    sure = isAscii(text)
    const style = chosen ? "7" : tones[tone]
    return style === "" ? `${place}${text}` : `${place}${ESC}[${style}m${text}${ESC}[0m`
  }
  const shown = within(pieces, width)
  const written = shown.map(write).join("")
  return chosen && at < width ? `${written}${write({ text: " ".repeat(width - at), tone: "plain" })}` : written
}

export interface Frame {
  readonly rows: ReadonlyArray<string>
  readonly size: Size
}

/** What to write, and what stands there then. Without a frame before, everything. */
export const paint = (
  before: Frame | undefined,
  lines: ReadonlyArray<Line>,
  size: Size,
  cursor: Cursor | undefined,
  look: Look
): { readonly bytes: string; readonly frame: Frame } => {
  const rows = Array.from({ length: size.rows }, (_, row) => {
    const shown = lines[row]
    return shown === undefined ? "" : rowOf(shown, size.columns, look)
  })
  const anew = before === undefined || before.size.columns !== size.columns || before.size.rows !== size.rows
  const changed = rows.flatMap((text, row) =>
    // Erased first: behind the last column there is nothing that could be erased.
    !anew && before.rows[row] === text ? [] : [`${ESC}[${row + 1};1H${ESC}[K${text}`]
  )
  const place = cursor === undefined ? `${ESC}[?25l` : `${ESC}[${cursor.row + 1};${cursor.column + 1}H${ESC}[?25h`
  const bytes = changed.length === 0 && cursor === undefined ? "" : `${ESC}[?25l${changed.join("")}${place}`
  return { bytes: anew ? `${ESC}[0m${ESC}[2J${bytes}` : bytes, frame: { rows, size } }
}
