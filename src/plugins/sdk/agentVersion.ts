/** Versions of an agent, and which of them a rule is about: `>=2.1.300 <3`. */
import { Effect, Schema } from "effect"
import type { Seat } from "../../agents/Agent.ts"

const PART = /^(>=|<=|>|<|=)?(\d+(?:\.\d+){0,2})$/u

/** Comparators that must all hold, with blanks between them. */
export const versionRange = Schema.String.check(
  Schema.makeFilter(
    (text: string) =>
      text
        .trim()
        .split(/\s+/u)
        .every((part) => PART.test(part)) || `${text} is no range of versions such as ">=2.1.300 <3"`
  )
)

/** So many running agents are remembered. */
const REMEMBERED = 200

/** Asks once for each running agent: what runs does not change its version. */
export const onceFor = (
  find: (seat: Seat) => Effect.Effect<string | undefined>
): ((seat: Seat) => Effect.Effect<string | undefined>) => {
  const known = new Map<string, string>()
  return (seat) =>
    Effect.suspend(() => {
      const key = `${seat.sessionId} ${seat.pid}`
      const version = known.get(key)
      if (version !== undefined) return Effect.succeed(version)
      return Effect.tap(find(seat), (found) =>
        Effect.sync(() => {
          if (found === undefined) return
          if (known.size >= REMEMBERED) known.clear()
          known.set(key, found)
        })
      )
    })
}

const numbers = (version: string): ReadonlyArray<number> => version.split(/[.+-]/u).map(Number)

/** Below zero when `one` is older; as far as `two` says. */
const compare = (one: ReadonlyArray<number>, two: ReadonlyArray<number>): number =>
  two.map((number, place) => (one[place] ?? 0) - number).find((difference) => difference !== 0) ?? 0

const HOLDS: Readonly<Record<string, (difference: number) => boolean>> = {
  ">=": (difference) => difference >= 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  "<": (difference) => difference < 0,
  "=": (difference) => difference === 0
}

/** `=2.1` is every 2.1. Of an unknown version everything holds. */
export const within = (range: string | undefined, version: string | undefined): boolean =>
  range === undefined ||
  version === undefined ||
  range
    .trim()
    .split(/\s+/u)
    .every((part) => {
      const [, sign = "=", than = ""] = PART.exec(part) ?? []
      return HOLDS[sign]?.(compare(numbers(version), numbers(than))) === true
    })
