/** Text from standard input, as hooks and `sm send x -` read it. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { bare, entry, runSm } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const probe = join(import.meta.dirname, "../support/reading-probe.cjs")

describe("standard input", () => {
  it.live("is read whole, however large", () =>
    Effect.gen(function* () {
      const home = yield* temporary("input")
      const input = "ä".repeat(200_000)
      // The daemon is asked only for a text that was read.
      const { code } = yield* runSm(["send", "x", "-"], { env: { SM_HOME: home }, input })
      assert.strictEqual(code, 3)
    }).pipe(Effect.scoped)
  )

  it.live("is waited for when it is one that does not wait itself", () =>
    Effect.gen(function* () {
      const home = yield* temporary("input")
      // Node makes the inputs it hands on wait; perl makes this one not.
      const nonblocking = "use Fcntl; fcntl(STDIN, F_SETFL, O_NONBLOCK) or die; exec @ARGV"
      const child = spawn("perl", ["-e", nonblocking, process.execPath, "--require", probe, entry, "send", "x", "-"], {
        stdio: ["pipe", "ignore", "pipe"],
        env: { ...bare, SM_HOME: home }
      })
      let stderr = ""
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
      yield* until(
        "it reads",
        Effect.sync(() => (stderr.includes("reading") ? true : undefined))
      )
      child.stdin.end("late text")
      const code = yield* Effect.callback<number | null>((resume) => {
        if (child.exitCode !== null) resume(Effect.succeed(child.exitCode))
        child.once("close", (ended) => resume(Effect.succeed(ended)))
      })
      assert.deepStrictEqual([code, stderr.includes("cannot be read")], [3, false], stderr)
    }).pipe(Effect.scoped)
  )
})
