/** The processes of a pane: its program leads a session of the kernel, and all of that session belongs to it. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { Effect } from "effect"

/** Looks at what is left, 100 ms apart; from the ninth on, what is left is killed. */
const ROUNDS = 20
const PATIENCE = 8

/** Processes of the pane's session that outlive its hang-up are ended. */
export const endProcesses = Effect.fn("PaneProcesses.end")(function* (leader: number) {
  for (let round = 0; round < ROUNDS; round++) {
    const left = yield* Effect.promise(() => members(leader))
    if (left.length === 0) return
    if (round > PATIENCE) yield* Effect.sync(() => left.forEach(kill))
    yield* Effect.sleep("100 millis")
  }
})

const members = async (leader: number): Promise<ReadonlyArray<number>> => {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,sess="])
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/u).map(Number))
    .flatMap(([pid, session]) => (session === leader && pid !== undefined ? [pid] : []))
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch (error) {
    if ((error as { readonly code?: string }).code !== "ESRCH") throw error
  }
}
