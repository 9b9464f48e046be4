/** Commands about the daemon itself. */
import { spawn } from "node:child_process"
import { mkdirSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Command, Option } from "clipanion"
import { ask, home, type Reply } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { complain, print, refusal, settle } from "../Output.ts"
import { SmCommand } from "../SmCommand.ts"
import { table } from "../view/Table.ts"

interface Health {
  readonly version: string
  readonly pid: number
  readonly host: string
  readonly sessions: number
  readonly rss: number
  readonly checks: ReadonlyArray<{
    readonly name: string
    readonly state: string
    readonly detail: string
    readonly fix: string
  }>
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** The daemon's health, or none when nobody answers. */
const health = async (): Promise<Health | undefined> => {
  const reply = await ask("health", {}, { repeatable: true, patience: 0, deadline: 3000 }).catch(() => undefined)
  return reply?.ok === true ? (reply.data as Health) : undefined
}

/** Beside this bundle. */
const daemonPath = join(__dirname, "daemon.mjs")
const smPath = join(__dirname, "sm.cjs")
/** Crash restarts within a minute before the supervisor gives up. */
const CRASHES = 5

export class Up extends SmCommand {
  static override paths = [["up"]]
  static override usage = Command.Usage({
    category: "Operating",
    description: "run the daemon here, or in the background with --detach"
  })
  detach = Option.Boolean("--detach,-d", false, { description: "return when it is ready" })

  async run() {
    const running = await health()
    if (running !== undefined) {
      if (this.json) print(JSON.stringify({ ok: true, data: { pid: running.pid, already: true } }))
      else
        print(
          `sm ${running.version} is already running (pid ${running.pid}).\nNext: sm list, or sm spawn claude "<prompt>"`
        )
      return ExitCode.ok
    }
    return this.detach ? this.background() : this.foreground()
  }

  /** The supervisor, detached; its words go to the log. */
  async background() {
    mkdirSync(home.state, { recursive: true, mode: 0o700 })
    const log = join(home.state, "daemon.log")
    const out = openSync(log, "a", 0o600)
    const child = spawn(process.execPath, [smPath, "up"], {
      detached: true,
      stdio: ["ignore", out, out],
      env: process.env
    })
    child.unref()
    let ended: number | undefined
    child.once("exit", (code) => (ended = code ?? ExitCode.bug))
    for (const deadline = Date.now() + 300_000; Date.now() < deadline && ended === undefined; await pause(25)) {
      const found = await health()
      if (found === undefined) continue
      if (this.json) print(JSON.stringify({ ok: true, data: { pid: found.pid, already: false } }))
      else print(`sm ${found.version} is ready (pid ${found.pid}); log: ${log}`)
      return ExitCode.ok
    }
    complain(
      `sm: the daemon did not start; the end of ${log}:\n${readFileSync(log, "utf8").trimEnd().split("\n").slice(-12).join("\n")}`
    )
    return ended === undefined || ended === 0 ? ExitCode.timeout : ended
  }

  /** Starts the daemon again when it is killed or fails by a defect; what it was told to do ends the supervisor too. */
  async foreground() {
    const crashes: Array<number> = []
    for (;;) {
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", daemonPath], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        env: { ...process.env, SM_CLI: JSON.stringify([process.execPath, smPath]) }
      })
      child.on("message", () => {
        if (crashes.length > 0 || this.json) return
        print(
          [
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
        )
      })
      const forward = (signal: NodeJS.Signals) => () => void child.kill(signal)
      const [interrupt, terminate] = [forward("SIGINT"), forward("SIGTERM")]
      let asked = false
      const onInterrupt = () => {
        asked = true
        interrupt()
      }
      const onTerminate = () => {
        asked = true
        terminate()
      }
      process.on("SIGINT", onInterrupt)
      process.on("SIGTERM", onTerminate)
      process.on("SIGHUP", onTerminate)
      const code = await new Promise<number | null>((resolve) => child.once("exit", resolve))
      for (const [name, listener] of [
        ["SIGINT", onInterrupt],
        ["SIGTERM", onTerminate],
        ["SIGHUP", onTerminate]
      ] as const)
        process.off(name, listener)
      if (asked) return ExitCode.ok
      if (code !== null && code !== ExitCode.bug) return code
      const now = Date.now()
      crashes.push(now)
      const recent = crashes.filter((at) => now - at < 60_000).length
      if (recent > CRASHES && code === ExitCode.bug) {
        complain(`sm: the daemon failed ${recent} times within a minute; giving up`)
        return ExitCode.bug
      }
      complain(`sm: the daemon ${code === null ? "was killed" : `failed (exit ${code})`}; starting it again`)
    }
  }
}

export class Down extends SmCommand {
  static override paths = [["down"]]
  static override usage = Command.Usage({
    category: "Operating",
    description: "stop the daemon and its broker; agents stay in their panes"
  })
  async run() {
    if ((await health()) === undefined) {
      if (this.json) print(JSON.stringify({ ok: true, data: { pid: null } }))
      else print("sm is not running")
      return ExitCode.ok
    }
    const reply: Reply = await ask("shutdown", {}, { patience: 0 })
    if (reply.ok)
      for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await health()) !== undefined;)
        await pause(50)
    return settle<{ readonly pid: number }>(
      reply,
      this.json,
      ({ pid }) => `sm (pid ${pid}) is stopped; agents keep running in their panes`
    )
  }
}

export class Doctor extends SmCommand {
  static override paths = [["doctor"]]
  static override usage = Command.Usage({
    category: "Operating",
    description: "is everything well, and what to do if not"
  })
  async run() {
    const found = await health()
    if (found === undefined)
      return refusal(
        {
          code: "unavailable",
          message: "the daemon is not running",
          hint: `sm up --detach; its log is ${join(home.state, "daemon.log")}`
        },
        this.json
      )
    const bad = found.checks.some((check) => check.state === "fail")
    if (this.json) print(JSON.stringify({ ok: true, data: found }))
    else {
      print(
        `sm ${found.version} on ${found.host}, pid ${found.pid}, ${found.sessions} sessions, ${Math.round(found.rss / 1_048_576)} MB`
      )
      print(
        table(
          ["STATE", "WHAT", "DETAIL"],
          found.checks.map(({ detail, fix, name, state }) => [state, name, fix === "" ? detail : `${detail} — ${fix}`])
        )
      )
    }
    return bad ? ExitCode.refused : ExitCode.ok
  }
}

interface Letter {
  readonly seq: number
  readonly at: number
  readonly reason: string
  readonly address: string
  readonly tag: string
  readonly body: string
}

export class DeadLetters extends SmCommand {
  static override paths = [["dead-letters"]]
  static override usage = Command.Usage({
    category: "Operating",
    description: "mail nobody could handle: list, read one, replay, drop",
    examples: [
      ["List", "sm dead-letters"],
      ["Read", "sm dead-letters show 12"],
      ["Post it again", "sm dead-letters replay 12"],
      ["Forget it", "sm dead-letters drop 12"]
    ]
  })
  action = Option.String({ required: false })
  seq = Option.String({ required: false })
  async run() {
    const seq = Number(this.seq)
    const line = (letter: Letter) => `${letter.seq}  ${letter.address}  ${letter.tag}`
    if (this.action === "replay")
      return this.show<Letter>("replayDeadLetter", { seq }, (letter) => `posted again: ${line(letter)}`)
    if (this.action === "drop")
      return this.show<Letter>("dropDeadLetter", { seq }, (letter) => `dropped: ${line(letter)}`)
    if (this.action !== undefined && this.action !== "show" && this.action !== "list") {
      return refusal(
        {
          code: "invalid",
          message: `dead-letters knows list, show, replay and drop, not ${this.action}`,
          hint: "sm dead-letters --help"
        },
        this.json
      )
    }
    return this.show<ReadonlyArray<Letter>>("deadLetters", {}, (letters) => {
      if (this.action === "show") {
        const letter = letters.find((other) => other.seq === seq)
        return letter === undefined
          ? `there is no dead letter ${this.seq}`
          : `${line(letter)}\n${letter.reason}\n${letter.body}`
      }
      return letters.length === 0
        ? "no dead letters"
        : table(
            ["SEQ", "ADDRESS", "MESSAGE", "REASON"],
            letters.map((letter) => [
              String(letter.seq),
              letter.address,
              letter.tag,
              letter.reason.split("\n")[0]?.slice(0, 100) ?? ""
            ])
          )
    })
  }
}
