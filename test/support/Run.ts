/** Runs the bundled `sm` (or any program) as a process of its own, without a daemon of its own. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import type { Result } from "./Sm.ts"

/** The bundle's entry. */
export const entry = join(import.meta.dirname, "../../dist/sm.cjs")

export interface How {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
}

/** The environment without what a surrounding `sm` or vitest put there. */
export const bare = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("SM_") && name !== "NODE_OPTIONS")
)

export const run = (program: string, args: ReadonlyArray<string>, how: How = {}): Effect.Effect<Result> =>
  Effect.callback<Result>((resume) => {
    const child = spawn(program, args, { cwd: how.cwd, env: { ...bare, ...how.env }, timeout: 60_000 })
    let [stdout, stderr] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    // It may end without having read.
    child.stdin.on("error", () => {})
    child.stdin.end(how.input ?? "")
    child.once("error", (error) => resume(Effect.die(error)))
    child.once("close", (code) => resume(Effect.succeed({ code: code ?? -1, stdout, stderr })))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

export const runSm = (args: ReadonlyArray<string>, how: How = {}): Effect.Effect<Result> =>
  run(process.execPath, [entry, ...args], how)
