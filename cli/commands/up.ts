/** `sm up`: the daemon, here or in the background. */
import { spawn } from "node:child_process"
import { mkdirSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Option } from "clipanion"
import { ExitCode } from "../ExitCode.ts"
import { health } from "../Health.ts"
import { home } from "../home.ts"
import { done, refusal } from "../Output.ts"
import { beside } from "../Package.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { supervise } from "../Supervisor.ts"

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** How long a first start may take: it may fetch the broker. */
const STARTED = 300_000
/** How long another daemon that holds the lock already may take to be ready. */
const OTHER = 3000

/** The code of an exit of the daemon. */
const codeOf = (exit: number | undefined): string => {
  if (exit === undefined) return "timeout"
  if (exit === ExitCode.misuse) return "invalid"
  return exit === ExitCode.unreachable ? "unavailable" : "internal"
}

const words = [
  "",
  "sm is up. Leave this running (Ctrl-C stops it; agents stay in their panes).",
  `  state   ${home.state}`,
  `  store   ${home.data}`,
  `  config  ${home.config}`,
  "In another terminal:",
  '  sm spawn claude "Say hello" --name first     # npm run sm -- spawn … without an installed sm',
  "  sm list",
  ""
].join("\n")

export class Up extends SmCommand {
  static override paths = pathsOf("up")
  static override usage = usageOf("up", {
    details:
      "Starts the daemon again when it is killed or fails. Beside a running one it says so and exits 0; an agent may not start one. The background's log is `daemon.log` in the state directory, put away at 10 MB, three kept.",
    examples: [
      ["In the background", "sm up --detach"],
      ["A daemon of your own", "SM_HOME=/tmp/mine sm up"]
    ]
  })
  detach = Option.Boolean("--detach,-d", false, { description: "return when it is ready" })

  override async execute() {
    const running = await health()
    if (running !== undefined) {
      const { pid, version } = running
      const text = `sm ${version} is already running (pid ${pid}).\nNext: sm list, or sm spawn claude "<prompt>"`
      return done({ pid, already: true }, this.json, text)
    }
    // It would live in the agent's pane, in a home that need not be the person's, and its broker would take the other's place.
    if (process.env["SM_CREDENTIALS"] !== undefined || process.env["SM_BROKER"] !== undefined) {
      const message = "an agent may not start the daemon"
      return refusal({ code: "not-allowed", message, hint: "ask the person at the keyboard" }, this.json)
    }
    return this.detach ? this.background() : this.foreground()
  }

  /** The supervisor, detached. */
  async background(): Promise<number> {
    mkdirSync(home.state, { recursive: true, mode: 0o700 })
    const log = join(home.state, "daemon.log")
    const out = openSync(log, "a", 0o600)
    const child = spawn(process.execPath, [beside("sm.cjs"), "up"], {
      detached: true,
      stdio: ["ignore", out, out],
      env: { ...process.env, SM_LOG: log }
    })
    child.unref()
    const began = Date.now()
    let exit: number | undefined
    let ended = 0
    child.once("exit", (code) => {
      exit = code ?? ExitCode.bug
      ended = Date.now()
    })
    // One that ended may have found another, started at the same moment, that is about to be ready.
    const deadline = () => (exit === undefined ? began + STARTED : exit === ExitCode.unreachable ? ended + OTHER : 0)
    for (; Date.now() < deadline(); await pause(25)) {
      const found = await health()
      if (found !== undefined) {
        const { pid, version } = found
        const already = exit !== undefined
        return done({ pid, already, log }, this.json, `sm ${version} is ready (pid ${pid}); log: ${log}`)
      }
    }
    const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-12).join("\n    ")
    const message =
      exit === undefined ? `the daemon is not ready after ${STARTED / 1000} s` : "the daemon did not start"
    refusal({ code: codeOf(exit), message, hint: `the end of ${log}:\n    ${last}` }, this.json)
    return exit === undefined || exit === 0 ? ExitCode.timeout : exit
  }

  async foreground(): Promise<number> {
    const log = process.env["SM_LOG"]
    let ready = false
    const exit = await supervise({
      log,
      ready: (pid) => {
        ready = true
        if (log === undefined) done({ pid, already: false }, this.json, words)
      }
    })
    if (exit !== ExitCode.ok && this.json && !ready) {
      const message = "the daemon did not start"
      refusal({ code: codeOf(exit), message, hint: "its own words are on standard error" }, true)
    }
    return exit
  }
}
