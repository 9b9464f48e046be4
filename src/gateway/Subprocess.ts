/** Runs a program to its end with everything it started: bounded in what it says, and killed as a whole when interrupted. */
import { spawn } from "node:child_process"
import { Effect, Schema } from "effect"

export interface Program {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly stdin: string
  /** Bytes of its output; one that says more is killed. */
  readonly most: number
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** It could not be started, or said too much. */
export class SubprocessError extends Schema.TaggedError<SubprocessError>()("SubprocessError", {
  program: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `${this.program} ${this.problem}`
  }
}

export const run = ({ command, cwd, env, most, stdin }: Program): Effect.Effect<Ended, SubprocessError> =>
  Effect.callback((resume) => {
    const [program, ...args] = command
    const fail = (problem: string) => resume(Effect.fail(new SubprocessError({ program, problem })))
    // A process group of its own, so that nothing it started outlives it.
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] })
    const killGroup = () => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, "SIGKILL")
      } catch {
        // All of it is gone already, or what is left is another user's.
      }
    }
    const said = { stdout: "", stderr: "" }
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8")
      child[stream].on("data", (text: string) => {
        if (stream === "stderr") said.stderr = (said.stderr + text).slice(-most)
        else said.stdout += text
        if (said.stdout.length <= most) return
        killGroup()
        fail(`says more than ${most} bytes`)
      })
    }
    child.on("error", (error) => fail(`cannot be run: ${error.message}`))
    // What it left running holds its output open, and `close` would never come.
    child.on("exit", killGroup)
    child.on("close", (code) => resume(Effect.succeed({ code, ...said })))
    // It need not read.
    child.stdin.on("error", () => undefined)
    child.stdin.end(stdin)
    return Effect.sync(killGroup)
  })
