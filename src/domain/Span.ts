/** A length of time as people write it. */

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1]
] as const

/** Milliseconds as "45s", "12m", "1h30m", "2d3h": the two largest units that there are. */
export const span = (ms: number): string => {
  let seconds = Math.max(0, Math.round(ms / 1000))
  const parts: Array<string> = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size)
    if (count > 0) parts.push(`${count}${unit}`)
    // After the largest unit only the next one counts.
    else if (parts.length > 0) break
    seconds -= count * size
    if (parts.length === 2) break
  }
  return parts.length === 0 ? "0s" : parts.join("")
}
