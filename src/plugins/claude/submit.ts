/** How text gets into Claude Code's composer as the user's own words. Pure. */
import type { Stroke } from "../../terminal/Terminal.ts"

/** One paste of more than 2 newlines or 800 characters reaches the model as `<pasted_content>`, words of a stranger. */
const NEWLINES = 2
const CHARACTERS = 700
/** Beyond this the wrapper is accepted: hundreds of pieces would take longer than they are worth. */
const PIECEWISE = 12_000

/** Pieces that are each taken as typing. */
export const pieces = (text: string): ReadonlyArray<string> => {
  if (text.length > PIECEWISE) return [text]
  const parts: Array<string> = []
  let part = ""
  let newlines = 0
  for (const char of text) {
    if (part.length + char.length > CHARACTERS || (char === "\n" && newlines === NEWLINES)) {
      parts.push(part)
      part = ""
      newlines = 0
    }
    part += char
    if (char === "\n") newlines++
  }
  return part === "" ? parts : [...parts, part]
}

/**
 * Types and submits. Text that ends in a backslash gets a blank behind it, for backslash and Enter would be a new line;
 * Claude trims it again.
 */
export const submit = (text: string): ReadonlyArray<Stroke> => {
  const whole = text.endsWith("\\") ? `${text} ` : text
  return [...pieces(whole).map((piece): Stroke => ({ _tag: "Paste", text: piece })), { _tag: "Press", keys: ["Enter"] }]
}
