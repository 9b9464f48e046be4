/** The one control-mode client of a tmux server: every command goes through it, in order, with a deadline. */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { makeControlParser } from "./ControlProtocol.ts"

/** A command line was refused by tmux; the text is tmux's own. */
export class TmuxRefused extends Error {}
/** The server, and with it the client, is gone. */
export class TmuxGone extends Error {}
export class TmuxTimeout extends Error {}

interface Waiting {
  readonly blocks: number
  readonly got: Array<ReadonlyArray<string>>
  readonly resolve: (blocks: ReadonlyArray<ReadonlyArray<string>>) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export interface ControlOptions {
  readonly bin: string
  readonly socket: string
  readonly config: string
  /** The environment every pane starts from: minimal. */
  readonly env: Readonly<Record<string, string>>
  readonly onNotice: (name: string, rest: string) => void
  readonly onGone: () => void
}

/** Without it a daemon that dies with answers in flight leaves a client behind that wedges the server (tmux < 3.8). */
const SETPRIV = ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path))

const DEADLINE = 10_000
/** The session that keeps the server alive while no agent runs. */
export const ANCHOR = "_sm"

export class TmuxControl {
  readonly #process: ChildProcess
  readonly #waiting: Array<Waiting> = []
  #gone = false
  #stderr = ""

  private constructor(process: ChildProcess, options: ControlOptions, attached: () => void) {
    this.#process = process
    const parse = makeControlParser()
    process.stdout?.on("data", (chunk: Buffer) => {
      for (const news of parse(chunk)) {
        if (news._tag === "Notice") {
          if (news.name === "session-changed") attached()
          options.onNotice(news.name, news.rest)
        } else if (news.ours) this.#answered(news.ok, news.lines)
      }
    })
    process.stderr?.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()))
    process.stdin?.on("error", () => undefined)
    process.once("exit", () => {
      this.#gone = true
      for (const waiting of this.#waiting.splice(0)) {
        clearTimeout(waiting.timer)
        waiting.reject(new TmuxGone(this.#stderr.trim() || "the tmux server is gone"))
      }
      options.onGone()
    })
  }

  /** Creates the server when there is none, else joins it. */
  static async connect(options: ControlOptions): Promise<TmuxControl> {
    const tmux = [options.bin, "-S", options.socket, "-f", options.config, "-u", "-C"]
    const join = [
      "new-session",
      "-A",
      "-s",
      ANCHOR,
      "-x",
      "200",
      "-y",
      "50",
      "-f",
      "no-output,ignore-size",
      "exec sleep infinity"
    ]
    const [command, ...args] = [...(SETPRIV === undefined ? [] : [SETPRIV, "--pdeathsig", "KILL"]), ...tmux, ...join]
    const child = spawn(command ?? options.bin, args, { stdio: ["pipe", "pipe", "pipe"], env: options.env })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL")
        reject(new TmuxTimeout("tmux did not start"))
      }, DEADLINE)
      child.once("error", (error) => {
        clearTimeout(timer)
        reject(error)
      })
      const control: TmuxControl = new TmuxControl(child, options, () => {
        clearTimeout(timer)
        resolve(control)
      })
      child.once("exit", () => {
        clearTimeout(timer)
        reject(new TmuxGone(control.#stderr.trim() || "tmux ended at once"))
      })
    })
  }

  #answered(ok: boolean, lines: ReadonlyArray<string>): void {
    const waiting = this.#waiting[0]
    if (waiting === undefined) return
    if (!ok) {
      this.#waiting.shift()
      clearTimeout(waiting.timer)
      waiting.reject(new TmuxRefused(lines.join("; ")))
      return
    }
    waiting.got.push(lines)
    if (waiting.got.length < waiting.blocks) return
    this.#waiting.shift()
    clearTimeout(waiting.timer)
    waiting.resolve(waiting.got)
  }

  get gone(): boolean {
    return this.#gone
  }

  /** Runs commands as one line: nothing comes between them, and after a failure the rest is skipped. */
  run(...commands: ReadonlyArray<string>): Promise<ReadonlyArray<ReadonlyArray<string>>> {
    if (this.#gone) return Promise.reject(new TmuxGone("the tmux server is gone"))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // Answers come in order: one that never comes spoils all later ones, so the client is replaced.
        reject(new TmuxTimeout(`tmux did not answer ${commands[0]?.split(" ")[0]} within ${DEADLINE / 1000} s`))
        this.#process.kill("SIGKILL")
      }, DEADLINE)
      this.#waiting.push({ blocks: commands.length, got: [], resolve, reject, timer })
      this.#process.stdin?.write(`${commands.join(" ; ")}\n`)
    })
  }

  /** Ends the client, never the server. */
  async close(): Promise<void> {
    if (this.#gone) return
    const ended = new Promise<void>((resolve) => this.#process.once("exit", () => resolve()))
    this.#process.stdin?.end()
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 500)
    await ended
    clearTimeout(timer)
  }
}
