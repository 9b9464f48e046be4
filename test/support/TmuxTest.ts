/** A tmux server of its own for a test, gone with it. */
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import type { Terminal, TerminalError } from "../../src/terminal/Terminal.ts"
import * as Tmux from "../../src/terminal/Tmux.ts"

export const hasTmux = ((): boolean => {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

export const temporary = (name: string) =>
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), `sm-${name}-`))),
    (dir) => Effect.sync(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  )

/** Ends a tmux server by its socket. */
export const killTmux = (socket: string): void => {
  try {
    execFileSync("tmux", ["-S", socket, "kill-server"], { stdio: "ignore" })
  } catch (error) {
    // No server is what was wanted.
    if ((error as { readonly status?: number }).status !== 1) throw error
  }
}

/** `dir` keeps the server over several layers: to play restarts. */
export const tmuxIn = (dir: string): Layer.Layer<Terminal, TerminalError> =>
  Tmux.layer({ socket: join(dir, "tmux"), dir: join(dir, "panes") })

export const tmuxDir = Effect.gen(function* () {
  const dir = yield* temporary("tmux")
  yield* Effect.addFinalizer(() => Effect.sync(() => killTmux(join(dir, "tmux"))))
  return dir
})

export const TmuxTest: Layer.Layer<Terminal, TerminalError> = Layer.unwrap(Effect.map(tmuxDir, tmuxIn))

/** A person's client on the session's pane, as `sm attach` starts one; as large as the pane, which keeps its size. */
export const attached = (socket: string, sessionId: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const command = `stty cols 200 rows 51; exec tmux -S ${socket} attach-session -t =sm-${sessionId}`
      return spawn("script", ["-qfec", command, "/dev/null"], {
        stdio: ["pipe", "ignore", "ignore"],
        env: { PATH: process.env["PATH"] ?? "", TERM: "xterm-256color", LANG: "C.UTF-8" }
      })
    }),
    (client) => Effect.sync(() => client.kill("SIGKILL"))
  )
