/** The processes of a pane: its program leads a session of the kernel, and all of that session belongs to it. */
import { execFile } from "node:child_process"
import { readdir, readFile } from "node:fs/promises"
import { promisify } from "node:util"
import { Effect } from "effect"

/** Looks at what is left, 100 ms apart; from the ninth on, what is left is killed. */
const ROUNDS = 20
const PATIENCE = 8

/** Processes of the pane's session that outlive its hang-up are ended, as far as they are ours to end. */
export const endProcesses = Effect.fn("PaneProcesses.end")(function* (leader: number) {
  for (let round = 0; round < ROUNDS; round++) {
    const left = yield* Effect.promise(() => members(leader))
    if (left.length === 0) return
    if (round > PATIENCE) yield* Effect.sync(() => left.forEach(kill))
    yield* Effect.sleep("100 millis")
  }
})

/** Process and session, by the kernel's own files where it has them: a slim container has no `ps`. */
const sessions = async (): Promise<ReadonlyArray<readonly [pid: number, session: number]>> => {
  const numbers = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/u.test(name))
  if (numbers.length > 0) {
    const stats = numbers.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "")
      // Behind the name, which may hold anything: state, parent, group, session.
      return [Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3])] as const
    })
    return Promise.all(stats)
  }
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,sess="]).catch(() => ({ stdout: "" }))
  return stdout.split("\n").map((line) => {
    const [pid = 0, session = 0] = line.trim().split(/\s+/u).map(Number)
    return [pid, session] as const
  })
}

const members = async (leader: number): Promise<ReadonlyArray<number>> =>
  (await sessions()).filter(([, session]) => session === leader).map(([pid]) => pid)

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // Gone meanwhile, or another user's.
  }
}
