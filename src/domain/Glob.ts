/**
 * Globs over relative paths: `?` one character, `*` any within a name, `**` any names, a name's whole place; without any of
 * these a path, and all that is below it. Whether two have a path in common, and whether one has all of the other's, is
 * answered exactly, for all paths there could be.
 */

/** Positions of a pattern, each with what may come there; behind the last one the path matches. */
type Part =
  | { readonly is: "letter"; readonly letter: string }
  /** One character of a name. */
  | { readonly is: "one" }
  /** Any characters of a name, or none. */
  | { readonly is: "some" }
  /** `**` in front of other names: before a name, or past it; and within one. */
  | { readonly is: "names" }
  | { readonly is: "inName" }
  /** `**` at the end: before one more name, and within one, which may be the last. */
  | { readonly is: "rest" }
  | { readonly is: "inRest" }
  /** Behind a plain path: its end, or more below it. */
  | { readonly is: "below" }

type Pattern = ReadonlyArray<Part>

const SLASH = "/"
/** Any character that neither pattern names. */
const OTHER = "other"

const nameOf = (segment: string): ReadonlyArray<Part> => {
  // A name has one character at least.
  if (/^\*+$/u.test(segment)) return [{ is: "one" }, { is: "some" }]
  return Array.from(segment.replaceAll(/\*+/gu, "*"), (letter) =>
    letter === "*" ? { is: "some" } : letter === "?" ? { is: "one" } : { is: "letter", letter }
  )
}

/** A pattern that names one path. */
const isPlain = (glob: string): boolean => !/[*?]/u.test(glob)

const REST: Pattern = [{ is: "rest" }, { is: "inRest" }]

const compile = (glob: string): Pattern => {
  if (isPlain(glob))
    return [...Array.from(glob, (letter) => ({ is: "letter", letter }) as const), { is: "below" }, ...REST]
  const segments = glob.split(SLASH).filter((segment, index, all) => segment !== "**" || all[index + 1] !== "**")
  return segments.flatMap((segment, index): ReadonlyArray<Part> => {
    const last = index === segments.length - 1
    if (segment === "**") return last ? REST : [{ is: "names" }, { is: "inName" }]
    return last ? nameOf(segment) : [...nameOf(segment), { is: "letter", letter: SLASH }]
  })
}

/** Where one may be without having read anything more. */
const closed = (pattern: Pattern, places: ReadonlyArray<number>): ReadonlyArray<number> => {
  const found = new Set(places)
  for (const place of found) {
    const is = pattern[place]?.is
    if (is === "some" || is === "inRest") found.add(place + 1)
    if (is === "names") found.add(place + 2)
    if (is === "below") found.add(pattern.length)
  }
  return [...found].toSorted((one, two) => one - two)
}

const next = (part: Part | undefined, place: number, symbol: string): ReadonlyArray<number> => {
  const slash = symbol === SLASH
  switch (part?.is) {
    case "letter":
      return part.letter === symbol ? [place + 1] : []
    case "one":
    case "names":
    case "rest":
      return slash ? [] : [place + 1]
    case "below":
      return slash ? [place + 1] : []
    case "some":
      return slash ? [] : [place]
    case "inName":
    case "inRest":
      return [slash ? place - 1 : place]
    case undefined:
      return []
  }
}

const step = (pattern: Pattern, places: ReadonlyArray<number>, symbol: string): ReadonlyArray<number> =>
  closed(
    pattern,
    places.flatMap((place) => next(pattern[place], place, symbol))
  )

const matches = (pattern: Pattern, places: ReadonlyArray<number>): boolean => places.includes(pattern.length)

const symbolsOf = (...patterns: ReadonlyArray<Pattern>): ReadonlyArray<string> => [
  ...new Set([
    SLASH,
    OTHER,
    ...patterns.flatMap((pattern) => pattern.flatMap((part) => (part.is === "letter" ? [part.letter] : [])))
  ])
]

/** So many sets of places are looked at: a pattern may be written to have no end of them. Pairs of places are few. */
const MOST = 2000

type Places = ReadonlyArray<number>

/**
 * Is there a path that brings the first to its end, and the second where `wanted` says? `apart`: the second one place at a
 * time, else to all places where it may be. `undefined`: not found among the first many.
 */
const reaches = (one: Pattern, two: Pattern, apart: boolean, wanted: (two: Places) => boolean): boolean | undefined => {
  const symbols = symbolsOf(one, two)
  const seen = new Set<string>()
  const pairs = (firsts: Places, seconds: Places): ReadonlyArray<readonly [number, Places]> =>
    firsts.flatMap((first) =>
      apart ? seconds.map((second) => [first, [second]] as const) : [[first, seconds] as const]
    )
  const open = [...pairs(closed(one, [0]), closed(two, [0]))]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [first, second] = at
    if (first === one.length && wanted(second)) return true
    const name = `${first} ${second.join()}`
    if (seen.has(name)) continue
    if (!apart && seen.size >= MOST) return undefined
    seen.add(name)
    for (const symbol of symbols) open.push(...pairs(step(one, [first], symbol), step(two, second, symbol)))
  }
  return false
}

const isBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}${SLASH}`)

/** Is there a path that both match? Where that cannot be said, there is. */
export const meets = (one: string, two: string): boolean => {
  if (isPlain(one) && isPlain(two)) return isBelow(one, two) || isBelow(two, one)
  const [a, b] = [compile(one), compile(two)]
  return reaches(a, b, true, (places) => matches(b, places)) ?? true
}

/** Does `wide` match every path that `narrow` matches? Where that cannot be said, it does not. */
export const covers = (wide: string, narrow: string): boolean => {
  if (wide === narrow || (isPlain(wide) && isPlain(narrow))) return isBelow(narrow, wide)
  const [a, b] = [compile(narrow), compile(wide)]
  return !(reaches(a, b, false, (places) => !matches(b, places)) ?? true)
}

/** Does this path match? */
export const fits = (glob: string, path: string): boolean => {
  const pattern = compile(glob)
  return matches(
    pattern,
    Array.from(path).reduce((places, letter) => step(pattern, places, letter), closed(pattern, [0]))
  )
}
