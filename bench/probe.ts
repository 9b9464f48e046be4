/**
 * Loaded into the measured daemon by `--import`: watches its event loop, and writes the longest stall since the last
 * question into the file SM_PROBE at every SIGUSR2. The product itself carries none of this.
 */
import { renameSync, writeFileSync } from "node:fs"
import { monitorEventLoopDelay } from "node:perf_hooks"

const file = process.env["SM_PROBE"]
// The option is inherited: the supervisor and `sm` itself are not meant.
if (file !== undefined && process.argv[1]?.endsWith("daemon.mjs") === true) {
  /** Ms between two looks; what a look is late by more than this is a stall. */
  const resolution = 5
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  let answers = 0
  process.on("SIGUSR2", () => {
    const answer = { n: ++answers, longest: Math.max(0, delays.max / 1e6 - resolution) }
    delays.reset()
    writeFileSync(`${file}.new`, JSON.stringify(answer))
    renameSync(`${file}.new`, file)
  })
}
