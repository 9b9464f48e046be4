/** Times as people write them: `30`, `5m`, `1h30m`, `at 17:00`. Pure. */

const LENGTH = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/u
const SECONDS = /^\d+(?:\.\d+)?$/u
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/u
/** So much is no time any more, ms: what is added to a date must stay one. */
const ENDLESS = 1e14

/** Milliseconds of `90` (seconds), `5m`, `1h30m`, `2d`; none when it is no length of time, or none at all. */
export const lengthOf = (text: string): number | undefined => {
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = LENGTH.exec(text) ?? []
  const ms = SECONDS.test(text)
    ? Number(text) * 1000
    : (Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return ms > 0 && ms < ENDLESS ? ms : undefined
}

/** When the clock next shows this local time, Unix ms; none when it is no time of day. */
const nextAt = (text: string, now: number): number | undefined => {
  const [, hours, minutes, seconds = "0"] = CLOCK.exec(text) ?? []
  if (hours === undefined) return undefined
  const date = new Date(now)
  date.setHours(Number(hours), Number(minutes), Number(seconds), 0)
  if (date.getTime() <= now) date.setDate(date.getDate() + 1)
  return date.getTime()
}

export interface When {
  /** Unix milliseconds. */
  readonly at: number
  /** What stands behind the time. */
  readonly rest: ReadonlyArray<string>
}

/** The time that words begin with; none when they begin with something else. */
export const when = (words: ReadonlyArray<string>, now: number): When | undefined => {
  const [first = "", ...others] = words
  // Quoted: "at 17:00".
  const [head = "", ...rest] = first.startsWith("at ") ? [...first.split(" ").filter(Boolean), ...others] : words
  if (head === "at") {
    const at = nextAt(rest[0] ?? "", now)
    return at === undefined ? undefined : { at, rest: rest.slice(1) }
  }
  const length = lengthOf(head)
  return length === undefined ? undefined : { at: now + length, rest }
}
