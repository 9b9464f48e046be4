/** Runs the daemon as a child and starts it again when it is killed or fails by a defect. */
import { type ChildProcess, spawn } from "node:child_process"
import { append, log } from "../src/LogFile.ts"
import { ExitCode } from "./ExitCode.ts"
import { complain } from "./Output.ts"
import { beside } from "./Package.ts"

/** Crash restarts within a minute before it gives up. */
const CRASHES = 5
/** Ends of its own will. Any other code is a defect, such as node's own 1 for an exception that nobody caught. */
const FINAL: ReadonlyArray<number> = [ExitCode.ok, ExitCode.misuse, ExitCode.unreachable]
/** The daemon's word that broker or tmux went away while it started: `EX_TEMPFAIL`. */
const NOT_NOW = 75
/** Ms before it is tried again then. */
const LATER = 500

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export interface Supervision {
  /** Everything said goes there; none: to the terminal. */
  readonly log: string | undefined
  /** The first daemon is ready. */
  readonly ready: (pid: number) => void
}

/** What was told to the supervisor is told to the daemon; `asked` says whether anything was. */
const relaySignals = (child: ChildProcess): { readonly asked: () => boolean; readonly off: () => void } => {
  let asked = false
  const relay = (signal: NodeJS.Signals) => () => {
    asked = true
    child.kill(signal)
  }
  const listeners = [
    ["SIGINT", relay("SIGINT")],
    ["SIGTERM", relay("SIGTERM")],
    ["SIGHUP", relay("SIGTERM")]
  ] as const
  for (const [name, listener] of listeners) process.on(name, listener)
  return {
    asked: () => asked,
    off: () => {
      for (const [name, listener] of listeners) process.off(name, listener)
    }
  }
}

/** V8 lets short-lived objects fill 128 MB before it looks at them; 8 keep the daemon small, at no cost that shows (bench/). */
const FLAGS = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"]

const start = ({ log: path }: Supervision): ChildProcess => {
  const own = path === undefined ? "inherit" : "pipe"
  const child = spawn(process.execPath, [...FLAGS, beside("daemon.mjs")], {
    stdio: ["ignore", own, own, "ipc"],
    env: {
      ...process.env,
      SM_CLI: JSON.stringify([process.execPath, beside("sm.cjs")]),
      ...(path === undefined ? {} : { SM_LOG: path })
    }
  })
  // The daemon writes its log itself; what comes here is node's own last words.
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => append(path ?? "", chunk.toString()))
  return child
}

/** Ends when the daemon was told to end, ended itself for a reason, or fails too often. Answers the exit code. */
export const supervise = async (supervision: Supervision): Promise<number> => {
  const { log: path, ready } = supervision
  const say = (text: string): void => (path === undefined ? complain(text) : append(path, `${text}\n`))
  if (path !== undefined) log(path, "")
  const crashes: Array<number> = []
  let everReady = false
  for (;;) {
    const child = start(supervision)
    const signals = relaySignals(child)
    child.on("message", () => {
      if (!everReady) ready(child.pid ?? 0)
      everReady = true
    })
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve))
    signals.off()
    if (signals.asked()) return ExitCode.ok
    if (code === NOT_NOW) {
      // What was never there is for a person to see to; what was there comes back.
      if (!everReady) return ExitCode.unreachable
      say("sm: the daemon could not start; trying again")
      await pause(LATER)
      continue
    }
    if (code !== null && FINAL.includes(code)) return code
    const now = Date.now()
    crashes.push(now)
    const recent = crashes.filter((at) => now - at < 60_000).length
    if (recent > CRASHES && code !== null) {
      say(`sm: the daemon failed ${recent} times within a minute; giving up`)
      return ExitCode.bug
    }
    say(`sm: the daemon ${code === null ? "was killed" : `failed (exit ${code})`}; starting it again`)
  }
}
