/** A running process as `/proc` shows it. */
import { readFileSync } from "node:fs"

/** Ticks of the kernel's processor clock in a second, on every Linux that runs Node. */
const HERTZ = 100

export interface Usage {
  /** Resident memory, MB. */
  readonly rss: number
  /** Processor time used so far, ms. */
  readonly cpu: number
}

export const usageOf = (pid: number): Usage => {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
  // The program's name may hold blanks and brackets; what follows the last bracket does not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  const rss = Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1024
  return { rss, cpu: ((Number(fields[11]) + Number(fields[12])) * 1000) / HERTZ }
}
