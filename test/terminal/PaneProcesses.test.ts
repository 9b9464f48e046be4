/** A machine without `ps`, as a slim container is. */
import { spawn } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { endProcesses } from "../../src/terminal/PaneProcesses.ts"

const withoutPrograms = Effect.acquireRelease(
  Effect.sync(() => {
    const path = process.env["PATH"]
    process.env["PATH"] = "/nowhere"
    return path
  }),
  (path) => Effect.sync(() => (process.env["PATH"] = path))
)

describe.skipIf(process.platform !== "linux")("the processes of a pane, without ps", () => {
  it.live("are ended all the same", () =>
    Effect.gen(function* () {
      const child = spawn("/bin/sh", ["-c", "trap '' HUP; while :; do /bin/sleep 1; done"], {
        detached: true,
        stdio: "ignore"
      })
      const ended = Effect.callback<NodeJS.Signals | null>((resume) => {
        child.once("exit", (_, signal) => resume(Effect.succeed(signal)))
      })
      yield* withoutPrograms
      const [signal] = yield* Effect.all([ended, endProcesses(child.pid ?? 0)], { concurrency: 2 })
      assert.strictEqual(signal, "SIGKILL")
    }).pipe(Effect.scoped)
  )
})
