/** A command that goes on: its lines as they come, and how it ended. */
import { spawn } from "node:child_process"
import { Effect } from "effect"
import { bare, entry, type How } from "./Run.ts"

export const following = (args: ReadonlyArray<string>, how: How = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, [entry, ...args], {
        cwd: how.cwd,
        env: { ...bare, ...how.env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let [stdout, stderr] = ["", ""]
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
      let code: number | null | undefined
      child.once("close", (ended) => (code = ended))
      return {
        child,
        lines: () => stdout.split("\n").filter(Boolean),
        errors: () => stderr,
        /** Undefined while it runs; null when a signal ended it. */
        code: () => code
      }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  )
