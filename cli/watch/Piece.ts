/** What the screen is made of: lines of pieces, each with a tone; only `Paint.ts` knows how a terminal shows them. */
import { cut, widthOf } from "./Wide.ts"

export type Tone = "plain" | "dim" | "bold" | "good" | "busy" | "warn" | "bad"

export interface Piece {
  readonly text: string
  readonly tone: Tone
}
export interface Line {
  readonly pieces: ReadonlyArray<Piece>
  /** The row that keys are for. */
  readonly chosen?: boolean
}

export const piece = (text: string, tone: Tone = "plain"): Piece => ({ text, tone })
export const line = (...pieces: ReadonlyArray<Piece>): Line => ({ pieces })
export const EMPTY: Line = { pieces: [] }

/** What fits into a width. */
export const within = (pieces: ReadonlyArray<Piece>, width: number): ReadonlyArray<Piece> => {
  let left = width
  return pieces.flatMap(({ text, tone }) => {
    const shown = cut(text, left)
    left -= widthOf(shown)
    return shown === "" ? [] : [{ text: shown, tone }]
  })
}

/** One group at the left, one at the right; the right one yields where there is no room for both. */
export const spread = (left: ReadonlyArray<Piece>, right: ReadonlyArray<Piece>, width: number): Line => {
  const of = (pieces: ReadonlyArray<Piece>) => pieces.reduce((sum, { text }) => sum + widthOf(text), 0)
  const space = width - of(left) - of(right)
  return { pieces: within(space < 1 ? left : [...left, piece(" ".repeat(space)), ...right], width) }
}

/** Without tones, as it stands on the screen. */
export const textOf = ({ pieces }: Line): string =>
  pieces
    .map(({ text }) => text)
    .join("")
    .trimEnd()
