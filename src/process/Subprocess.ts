/** Runs a program to its end with everything it started: bounded in what it says, and ended as a whole when interrupted. */
import { spawn } from "node:child_process"
import { type Duration, Effect, Schema } from "effect"

export interface Program {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly stdin: string
  /** Bytes of its output; one that says more is ended. */
  readonly most: number
  /** Reads nothing, ends when this process dies, and is asked to end, not killed, so that it can tidy up. */
  readonly tied?: boolean
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

/** One that was asked to end has so long until it is killed. */
const TIDY = "5 seconds"

/**
 * The standard input ends with this process, whatever way that dies: then all of the group are asked to end. The shell itself
 * waits for the program, which may be tidying up.
 */
const TIE = `trap : TERM
exec 3<&0 </dev/null
{ read -r end <&3; kill -TERM 0; } >/dev/null 2>&1 &
"$@" 3<&-
exit $?`

export const run = (
  { command, cwd, env, most, stdin, tied }: Program,
  tidy: Duration.Input = TIDY
): Effect.Effect<Ended, SubprocessError> =>
  Effect.callback((resume) => {
    const [program] = command
    const [started, ...args] = tied === true ? ["/bin/sh", "-c", TIE, "sh", ...command] : command
    const fail = (problem: string) => resume(Effect.fail(new SubprocessError({ program, problem })))
    // A process group of its own, so that nothing it started outlives it.
    const child = spawn(started ?? program, args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] })
    const signalGroup = (signal: "SIGKILL" | "SIGTERM") => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, signal)
      } catch {
        // All of it is gone already, or what is left is another user's.
      }
    }
    const killGroup = () => signalGroup("SIGKILL")
    const endGroup = () => signalGroup(tied === true ? "SIGTERM" : "SIGKILL")
    const said = { stdout: "", stderr: "" }
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8")
      child[stream].on("data", (text: string) => {
        if (stream === "stderr") said.stderr = (said.stderr + text).slice(-most)
        else said.stdout += text
        if (said.stdout.length <= most) return
        endGroup()
        fail(`says more than ${most} bytes`)
      })
    }
    const gone = new Promise<void>((resolve) => {
      child.on("error", (error) => {
        fail(`cannot be run: ${error.message}`)
        resolve()
      })
      child.on("exit", () => {
        // What it left running holds its output open, and `close` would never come.
        killGroup()
        resolve()
      })
    })
    child.on("close", (code) => resume(Effect.succeed({ code, ...said })))
    // It need not read.
    child.stdin.on("error", () => undefined)
    if (tied !== true) child.stdin.end(stdin)
    return Effect.andThen(
      Effect.sync(endGroup),
      tied === true
        ? Effect.timeoutOrElse(
            Effect.promise(() => gone),
            { duration: tidy, orElse: () => Effect.sync(killGroup) }
          )
        : Effect.void
    )
  })
