/** The pid of the daemon that last said in this log that it is ready. */
import { readFileSync } from "node:fs"

export const daemonOf = (log: string): number =>
  Number([...readFileSync(log, "utf8").matchAll(/ready after \d+ ms \(pid (\d+)\)/gu)].at(-1)?.[1])
