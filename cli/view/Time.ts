/** Times for people, without `Intl`, whose loading costs 25 ms. */

export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`
}

/** "3m", "2h": how long since a time in Unix ms. */
export const ago = (at: number): string => span(Date.now() - at)

/** How long until then. */
export const until = (at: number): string => span(at - Date.now())

const two = (part: number): string => String(part).padStart(2, "0")
const dayOf = (date: Date): string => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join("-")

/** "07:05:09", local. */
export const clock = (at: number): string => {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")
}

/** "15:00", local; with its date when that is another day. */
export const hour = (at: number): string => {
  const day = dayOf(new Date(at))
  const time = clock(at).slice(0, 5)
  return day === dayOf(new Date()) ? time : `${day} ${time}`
}

/** The same, today to the second. */
export const moment = (at: number): string => (dayOf(new Date(at)) === dayOf(new Date()) ? clock(at) : hour(at))
