/** Times for people, without `Intl`, whose loading costs 25 ms. */

const span = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`
}

/** "17:00:00" today, "2026-11-25 17:00" on another day, local. */
export const moment = (at: number): string => {
  const date = new Date(at)
  const today = new Date()
  if (date.toDateString() === today.toDateString()) return clock(at)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"))
  return `${day.join("-")} ${clock(at).slice(0, 5)}`
}

/** "3m", "2h": how long since a time in Unix ms. */
export const ago = (at: number): string => span(Date.now() - at)

/** How long until then. */
export const until = (at: number): string => span(at - Date.now())

/** "07:05:09", local. */
export const clock = (at: number): string => {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")
}

/** "15:00", local; with its date when that is another day. */
export const hour = (at: number): string => {
  const date = new Date(at)
  const day = (each: Date) => [each.getFullYear(), each.getMonth() + 1, each.getDate()].map(two).join("-")
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  return day(date) === day(new Date()) ? time : `${day(date)} ${time}`
}

const two = (part: number): string => String(part).padStart(2, "0")
