/** A half-written command line: what stands before the cursor's word, and that word. Pure. */

export interface Line {
  /** Complete words after `sm`. */
  readonly before: ReadonlyArray<string>
  /** The word at the cursor, as far as it is written. */
  readonly current: string
  /** The shell took this much of the word for a word of its own; candidates are told without it. */
  readonly cut: string
}

/** bash makes three words of `--wait=answered`. */
const joined = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const whole: Array<string> = []
  let glue = false
  for (const word of words) {
    const last = whole.at(-1)
    if (last !== undefined && (glue || (word === "=" && last.startsWith("--")))) whole[whole.length - 1] = last + word
    else whole.push(word)
    glue = !glue && word === "=" && (last?.startsWith("--") ?? false)
  }
  return whole
}

/** `words` begins with `sm` itself and ends with the word at the cursor. */
export const lineOf = (shell: string, words: ReadonlyArray<string>): Line => {
  const whole = shell === "bash" ? joined(words) : words
  const current = whole.length < 2 ? "" : (whole.at(-1) ?? "")
  const split = shell === "bash" && (words.at(-1) === "=" || words.at(-2) === "=") && current.includes("=")
  return {
    before: whole.slice(1, -1),
    current,
    cut: split ? current.slice(0, current.indexOf("=") + 1) : ""
  }
}
