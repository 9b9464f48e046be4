/** The one connection to our tmux server: opened when first needed and again after a loss, its failures as TerminalError. */
import { mkdir, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect, type Scope, Semaphore } from "effect"
import { TerminalError } from "./Terminal.ts"
import { CONFIG } from "./TmuxConfig.ts"
import { TmuxControl, TmuxGone, TmuxRefused, TmuxTimeout } from "./TmuxControl.ts"

export interface Options {
  readonly socket: string
  /** A private directory for scripts and paste files. */
  readonly dir: string
  readonly bin?: string
}

/** Runs commands as one line; one block of answer lines for each. */
export type Run = (
  operation: string,
  ...commands: ReadonlyArray<string>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<string>>, TerminalError>

interface Listener {
  readonly onNotice: (name: string) => void
  /** The server is gone, and not because this scope closed. */
  readonly onGone: () => void
}

export const describe = (operation: string, error: unknown): TerminalError => {
  const detail = error instanceof Error ? error.message : String(error)
  const reason = (() => {
    if (error instanceof TmuxTimeout) return "Timeout"
    // Told by the system, or by setpriv in between.
    if ((error as { readonly code?: unknown }).code === "ENOENT") return "NotInstalled"
    if (error instanceof TmuxGone && /failed to execute/u.test(detail)) return "NotInstalled"
    if (error instanceof TmuxGone) return "ServerGone"
    if (error instanceof TmuxRefused && /(can't find|no such) (pane|window|session)/u.test(detail)) return "NoSuchPane"
    return "Refused"
  })()
  return new TerminalError({
    operation,
    reason,
    detail: reason === "NotInstalled" ? "tmux is not installed: apt-get install tmux, or brew install tmux" : detail
  })
}

/** Connects now; closes the client, never the server, with the scope. */
export const connection = (options: Options, listener: Listener): Effect.Effect<Run, TerminalError, Scope.Scope> =>
  Effect.gen(function* () {
    const connecting = yield* Semaphore.make(1)
    let control: TmuxControl | undefined
    let closing = false

    const connect = Effect.fnUntraced(function* () {
      if (control !== undefined && !control.gone) return control
      const opened = yield* Effect.tryPromise({
        try: async () => {
          await mkdir(options.dir, { recursive: true, mode: 0o700 })
          await mkdir(dirname(options.socket), { recursive: true, mode: 0o700 })
          const config = join(options.dir, "tmux.conf")
          await writeFile(config, CONFIG, { mode: 0o600 })
          return TmuxControl.connect({
            bin: options.bin ?? "tmux",
            socket: options.socket,
            config,
            env: {
              PATH: process.env["PATH"] ?? "/usr/bin:/bin",
              HOME: process.env["HOME"] ?? "/",
              LANG: "C.UTF-8",
              TERM: "xterm-256color",
              SHELL: "/bin/sh"
            },
            onNotice: listener.onNotice,
            onGone: () => {
              if (!closing) listener.onGone()
            }
          })
        },
        catch: (error) => describe("connect", error)
      })
      control = opened
      return opened
    })
    const connected = connecting.withPermits(1)(connect())

    const run: Run = (operation, ...commands) =>
      Effect.flatMap(connected, (client) =>
        Effect.tryPromise({ try: () => client.run(...commands), catch: (error) => describe(operation, error) })
      )

    yield* Effect.acquireRelease(connected, () =>
      Effect.promise(async () => {
        closing = true
        await control?.close()
      })
    )
    return run
  })
