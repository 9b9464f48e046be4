/** Reads the longest stall of a process's event loop, by way of what `stall.ts` watches inside it. */
import { spawn } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { Effect } from "effect"
import { temporary } from "../test/support/TmuxTest.ts"
import { until } from "../test/support/Until.ts"

export interface Stall {
  /** Longest time, ms, for which the loop did not turn. */
  readonly stall: number
  /** Longest work of the loop's own thread between two turns, ms: what is left on a machine that is not shared. */
  readonly own: number
}

interface Answer extends Stall {
  readonly n: number
}

export const makeProbe = Effect.gen(function* () {
  const dir = yield* temporary("probe")
  // Plain JavaScript: the loader for types would cost the measured process 15 MB.
  const script = join(dir, "stall.mjs")
  writeFileSync(script, stripTypeScriptTypes(readFileSync(join(import.meta.dirname, "stall.ts"), "utf8")))

  const environment = (name: string) => ({ NODE_OPTIONS: `--import ${script}`, SM_PROBE: join(dir, name) })
  const read = (name: string): Answer => {
    try {
      return JSON.parse(readFileSync(join(dir, name), "utf8")) as Answer
    } catch {
      return { n: 0, stall: 0, own: 0 }
    }
  }
  /** Ms since this was last asked of the process that was started with `environment(name)`. */
  const longest = Effect.fnUntraced(function* (name: string, pid: number): Effect.fn.Return<Stall, Error> {
    const { n } = read(name)
    process.kill(pid, "SIGUSR2")
    return yield* until(
      `${name} answers the probe`,
      Effect.sync(() => {
        const answer = read(name)
        return answer.n === n ? undefined : answer
      })
    )
  })
  /** A process that does nothing: its stalls are the machine's. Answers like the other. */
  const bystander = Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, ["-e", "setInterval(() => {}, 1e9); console.log()"], {
          env: { ...process.env, ...environment("bystander") },
          stdio: ["ignore", "pipe", "inherit"]
        })
      ),
      (started) => Effect.sync(() => void started.kill("SIGKILL"))
    )
    yield* Effect.promise(() => new Promise((resolve) => child.stdout.once("data", resolve)))
    return { stall: longest("bystander", child.pid ?? 0) }
  })
  return { environment, longest, bystander }
})
