/**
 * Loaded into a measured process by `--import`: watches its event loop, and writes the longest stall since the last
 * question into the file SM_PROBE at every SIGUSR2. The product itself carries none of this.
 */
import { renameSync, writeFileSync } from "node:fs"

const file = process.env["SM_PROBE"]
const program = process.argv[1]
/** Ms between two looks. */
const PACE = 5

const watch = (path: string): void => {
  let answers = 0
  let longest = { stall: 0, own: 0 }
  let at = performance.now()
  let used = process.threadCpuUsage()
  setInterval(() => {
    const { system, user } = process.threadCpuUsage(used)
    const now = performance.now()
    // What the loop's own thread worked; the rest of a stall it stood in line for a processor.
    const own = (system + user) / 1000
    longest = { stall: Math.max(longest.stall, now - at - PACE), own: Math.max(longest.own, own) }
    at = now
    used = process.threadCpuUsage()
  }, PACE).unref()
  process.on("SIGUSR2", () => {
    writeFileSync(`${path}.new`, JSON.stringify({ n: ++answers, ...longest }))
    renameSync(`${path}.new`, path)
    longest = { stall: 0, own: 0 }
  })
}

// The option is inherited: the supervisor and `sm` itself are not meant.
if (file !== undefined && (program === undefined || program.endsWith("daemon.mjs"))) watch(file)
