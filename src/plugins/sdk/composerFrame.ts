/** Finds the composer on a screen, and what stands in it. Pure. */
import type { Screen } from "../../terminal/Terminal.ts"
import type { Composer } from "./screenRules.ts"

export interface Framed {
  /** Its rows, from the mark on. */
  readonly text: ReadonlyArray<string>
  /** Where they begin. */
  readonly y: number
  /** Lines of the screen above it and below it, without its frame. */
  readonly above: ReadonlyArray<string>
  readonly below: ReadonlyArray<string>
  /** The cursor stands in it. */
  readonly focused: boolean
}

type Find = (screen: Screen, lines: ReadonlyArray<string>) => Framed | undefined

/** What the agent says is indented, and forms no such box. */
const flush = (rows: ReadonlyArray<string>): boolean => rows.some((line) => /^\S/u.test(line))

const boxed =
  (rule: RegExp, mark: RegExp): Find =>
  ({ cursor }, lines) => {
    const bottom = lines.findLastIndex((line) => rule.test(line))
    const top = lines.findLastIndex((line, y) => y < bottom && rule.test(line))
    const text = lines.slice(top + 1, bottom)
    if (top < 0 || !mark.test(text[0] ?? "") || flush(text.slice(1))) return undefined
    const focused = cursor.y > top && cursor.y < bottom
    return { text, y: top + 1, above: lines.slice(0, top), below: lines.slice(bottom + 1), focused }
  }

/** Rows that a composer may have. */
const TALL = 40

const marked =
  (mark: RegExp, indent: number): Find =>
  ({ cursor }, lines) => {
    const y = lines.findLastIndex((line, row) => row <= cursor.y && mark.test(line))
    const end = lines.findIndex((line, row) => row > cursor.y && line.trim() === "")
    // Below the composer there is a footer: a cursor in the last row has been put out of the way.
    const last = lines.findLastIndex((line) => line.trim() !== "")
    if (y < 0 || cursor.x < indent || cursor.y >= last) return undefined
    const text = lines.slice(y, end < 0 ? undefined : end)
    if (flush(text.slice(1)) || cursor.y - y > TALL) return undefined
    return { text, y, above: lines.slice(0, y), below: lines.slice(y + text.length), focused: true }
  }

export const finder = ({ frame, indent, mark, rule }: Composer): Find =>
  frame === "box" ? boxed(RegExp(rule ?? "$^", "u"), RegExp(mark, "u")) : marked(RegExp(mark, "u"), indent)

/** Text that stands there. A single faint line with the cursor before it is a placeholder. */
export const draftIn = ({ indent, shell }: Composer, { text, y }: Framed, { cursor, faint }: Screen): string | null => {
  const words = text
    .map((line) => line.slice(indent).trimEnd())
    .join("\n")
    .trimEnd()
  // Whatever is sent from here would run in a shell.
  if ((text[0] ?? "").startsWith(shell)) return `${shell}${words}`
  const placeholder = faint && cursor.y === y && cursor.x <= indent && !words.includes("\n")
  return words.trim() === "" || placeholder ? null : words
}
