/**
 * Globs over what a tool would be given. In a shell command `*` and `?` match nothing that could begin another command, so that
 * `npm test *` allows `npm test -- one` and not `npm test; rm -rf .`; elsewhere they stop at `/`. `**` matches anything, and
 * `\` takes the next character as it is.
 */

/** What separates, redirects or substitutes in a shell. */
const OPERATORS = new Set(";&|$`<>()\n\r")
const SEPARATORS = new Set("/\n\r")

/** shell: no operators. path: no `/`. anything: as `**`, for what forbids. */
export type Reach = "shell" | "path" | "anything"

type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "one" | "star"; readonly bounded: boolean }

const tokens = (glob: string): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  const chars = Array.from(glob)
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ""
    if (char === "\\" && at + 1 < chars.length) found.push({ kind: "char", char: chars[++at] ?? "" })
    else if (char === "?") found.push({ kind: "one", bounded: true })
    else if (char === "*") {
      const double = chars[at + 1] === "*"
      if (double) at++
      found.push({ kind: "star", bounded: !double })
    } else found.push({ kind: "char", char })
  }
  return found
}

/** Places in the pattern that can be reached without another character. */
const closed = (pattern: ReadonlyArray<Token>, places: Iterable<number>): ReadonlySet<number> => {
  const all = new Set<number>()
  for (let place of places) {
    all.add(place)
    while (pattern[place]?.kind === "star") all.add(++place)
  }
  return all
}

/** In time of the product of both lengths, whatever the pattern. */
export const globMatches = (glob: string, text: string, reach: Reach): boolean => {
  const pattern = tokens(glob)
  const stops = reach === "shell" ? OPERATORS : SEPARATORS
  let places = closed(pattern, [0])
  for (const char of text) {
    const within = reach === "anything" || !stops.has(char)
    const next: Array<number> = []
    for (const place of places) {
      const token = pattern[place]
      if (token === undefined) continue
      if (token.kind === "char" ? token.char !== char : token.bounded && !within) continue
      next.push(token.kind === "star" ? place : place + 1)
    }
    if (next.length === 0) return false
    places = closed(pattern, next)
  }
  return places.has(pattern.length)
}

/** A glob that matches this text and nothing else. */
export const literal = (text: string): string => text.replaceAll(/[\\*?]/gu, String.raw`\$&`)
