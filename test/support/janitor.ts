/**
 * Waits for a run of the tests to end, however it does, then ends what it left running and removes its directory. A
 * process belongs to the run when the directory is named in its command line or in its environment.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs"

const [, , run = "", root = ""] = process.argv

const read = (path: string): string => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    // It has ended meanwhile, or is not ours.
    return ""
  }
}

/** Where there is no `/proc`, only the directory goes. */
const left = (): ReadonlyArray<number> => {
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/u.test(name)) : []
  return pids
    .filter((pid) => pid !== String(process.pid) && pid !== run)
    .filter((pid) => `${read(`/proc/${pid}/cmdline`)}${read(`/proc/${pid}/environ`)}`.includes(`${root}/`))
    .map(Number)
}

const end = (): void => {
  // A supervisor that is killed later than its daemon would start another.
  for (let round = 0; round < 5; round++) {
    for (const pid of left()) {
      try {
        process.kill(pid, "SIGKILL")
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
      }
    }
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

process.stdin.on("close", end)
process.stdin.resume()
