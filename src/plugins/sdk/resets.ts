/** When a limit ends, read out of the words that tell of it. Pure. */

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const DAY = 86_400_000

/** `in 3h`, `in 1 day 2 hours 5 minutes`, `in 11.054s`. */
const SPAN = /\b(?:in|after) ((?:\d+(?:\.\d+)? ?[a-z]+[, ]*(?:and )?)+)/iu
const PART = /(\d+(?:\.\d+)?) ?(s|m|h|d|w)(?:ec|in|ou?r|ay|eek)?[a-z]*/giu

const span = (text: string, at: number): number | null => {
  const parts = [...(SPAN.exec(text)?.[1] ?? "").matchAll(PART)]
  const ms = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit.toLowerCase()] ?? 0), 0)
  return ms > 0 ? at + ms : null
}

/** What clocks in `zone` show at `at`, as if it were UTC. */
const shown = (zone: string, at: number): number => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric"
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value)
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"))
}

/** The moment at which clocks in `zone` show this: a second look gets the hours around a change of the clocks right. */
const moment = (zone: string, wall: number): number => {
  const guess = wall - (shown(zone, wall) - wall)
  return guess + (wall - shown(zone, guess))
}

const known = (zone: string): boolean => {
  try {
    Intl.DateTimeFormat("en-US", { timeZone: zone })
    return true
  } catch {
    // A word in brackets that is no zone.
    return false
  }
}

/** `2:37am (UTC)`, `3pm`, `Nov 28, 2:37am (Europe/Berlin)`, `Nov 25th, 2026 2:35 AM`, `14:30`. */
const CLOCK =
  /\b(?:resets?|again|until|at)\b.*?(?:\b([A-Z][a-z]{2})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (?:(\d{4}),? )?(?:at )?)?\b(\d{1,2})(?::(\d{2}))? ?(am|pm)?\b(?: \(([^)]+)\))?/iu

const clock = (text: string, at: number, here: string): number | null => {
  const found = CLOCK.exec(text)
  if (found === null) return null
  const [, month, day, year, hours = "", minutes, half, place = ""] = found
  if (minutes === undefined && half === undefined) return null
  const zone = place !== "" && known(place) ? place : here
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === "pm" ? 12 : 0)
  if (hour > 23) return null
  const now = shown(zone, at)
  const inDay = hour * 3_600_000 + Number(minutes ?? 0) * 60_000
  const named = MONTHS.indexOf((month ?? "").toLowerCase())
  if (month === undefined || named < 0) {
    // Without a date: the next time that clocks show it. A minute is as exact as the words are.
    const today = Math.floor(now / DAY) * DAY + inDay
    return moment(zone, today + (today < now - 60_000 ? DAY : 0))
  }
  const thisYear = Number(year ?? new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric" }).format(at))
  const wall = (which: number) => Date.UTC(which, named, Number(day)) + inDay
  return moment(zone, wall(thisYear + (year === undefined && wall(thisYear) < now - DAY ? 1 : 0)))
}

/** `…|1760000000`: seconds or milliseconds since 1970. */
const epoch = (text: string): number | null => {
  const digits = /(?:^|\D)([12]\d{9}(?:\d{3})?)(?:\D|$)/u.exec(text)?.[1]
  if (digits === undefined) return null
  return digits.length === 13 ? Number(digits) : Number(digits) * 1000
}

/**
 * Unix ms; `null` when the words do not tell. `at`: when they were said. Times without a zone are those of `here`, an
 * IANA name, for agents show the time of the machine they run on.
 */
export const resetsAt = (
  text: string,
  at: number,
  here: string = Intl.DateTimeFormat().resolvedOptions().timeZone
): number | null => epoch(text) ?? span(text, at) ?? clock(text, at, here)
