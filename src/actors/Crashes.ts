/** Pure supervision arithmetic: how often may a thing crash, and how long to wait before the next attempt. */

/** Crashes that count: three in sixty seconds stop the actor. */
export const CRASH_LIMIT = 3
export const CRASH_WINDOW_MS = 60_000
/** Attempts before mail is buried. */
export const MAX_ATTEMPTS = 3
/** A stopped actor is tried again after this long, for every state has a way out. */
export const COOL_DOWN_MS = 60_000

export interface Crashes {
  readonly times: ReadonlyArray<number>
  readonly exhausted: boolean
}

export const noCrashes: Crashes = { times: [], exhausted: false }

/** Counts a crash at `now` (ms); only those within the window matter. */
export const crashed = (crashes: Crashes, now: number): Crashes => {
  const times = [...crashes.times.filter((time) => now - time < CRASH_WINDOW_MS), now]
  return { times, exhausted: times.length >= CRASH_LIMIT }
}

/** 50, 200, 800, … ms, at most 5 s. */
export const backoff = (attempt: number): number => Math.min(50 * 4 ** Math.max(0, attempt - 1), 5000)
