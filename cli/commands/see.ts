/** Commands that look. */
import { spawnSync } from "node:child_process"
import { Command, Option } from "clipanion"
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { complain, print, refusal } from "../Output.ts"
import { SmCommand } from "../SmCommand.ts"
import { type Card, sessionLines } from "../view/Sessions.ts"
import { table } from "../view/Table.ts"

export class List extends SmCommand {
  static override paths = [["list"], ["ls"], ["all"]]
  static override usage = Command.Usage({ category: "Seeing", description: "the sessions" })
  all = Option.Boolean("--all,-a", false, { description: "the ended too" })
  run() {
    return this.show<ReadonlyArray<Card>>(
      "list",
      { all: this.all || this.path[0] === "all" },
      (cards) => (cards.length === 0 ? 'no sessions; start one: sm spawn claude "<prompt>"' : sessionLines(cards)),
      { repeatable: true }
    )
  }
}

export class Children extends SmCommand {
  static override paths = [["children"]]
  static override usage = Command.Usage({
    category: "Seeing",
    description: "sessions spawned by one session (default: by you)"
  })
  session = Option.String({ required: false })
  recursive = Option.Boolean("--recursive,-r", false)
  all = Option.Boolean("--all,-a", false)
  run() {
    const input = {
      ...(this.session === undefined ? {} : { session: this.session }),
      recursive: this.recursive,
      all: this.all
    }
    return this.show<ReadonlyArray<Card>>(
      "children",
      input,
      (cards) => (cards.length === 0 ? "no children" : sessionLines(cards)),
      { repeatable: true }
    )
  }
}

export class OutputCommand extends SmCommand {
  static override paths = [["output"]]
  static override usage = Command.Usage({ category: "Seeing", description: "the last lines of a pane" })
  session = Option.String()
  lines = Option.String("--lines,-n", "50")
  run() {
    return this.show<{ readonly text: string }>(
      "output",
      { session: this.session, lines: Number(this.lines) },
      ({ text }) => text,
      { repeatable: true }
    )
  }
}

interface Action {
  readonly at: number
  readonly tool: string
  readonly detail: string
  readonly took: number | null
  readonly failed: boolean
}

const actionLine = ({ at, detail, failed, took, tool }: Action): string => {
  const time = new Date(at).toTimeString().slice(0, 8)
  const took_ = took === null ? "…" : `${(took / 1000).toFixed(1)}s`
  return `${time}  ${took_.padStart(7)}  ${failed ? "✗ " : ""}${tool}  ${detail}`
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class Tail extends SmCommand {
  static override paths = [["tail"]]
  static override usage = Command.Usage({
    category: "Seeing",
    description: "what a session's agent did: tools and times"
  })
  session = Option.String()
  count = Option.String("--count,-n", "10")
  follow = Option.Boolean("--follow,-f", false, { description: "go on as it happens (with --json: one object a line)" })
  async run() {
    const input = { session: this.session, count: Number(this.count) }
    if (!this.follow) {
      return this.show<{ readonly actions: ReadonlyArray<Action> }>(
        "tail",
        input,
        ({ actions }) => (actions.length === 0 ? "no tool actions yet" : actions.map(actionLine).join("\n")),
        { repeatable: true }
      )
    }
    const shown = new Set<string>()
    for (;;) {
      const reply = await ask("tail", { ...input, count: 100 }, { repeatable: true, patience: 60_000 })
      if (!reply.ok) return refusal(reply.error, this.json)
      const { actions } = reply.data as { readonly actions: ReadonlyArray<Action> }
      const first = shown.size === 0 ? actions.slice(-input.count) : actions
      for (const action of first) {
        const key = `${action.at} ${action.tool} ${action.took === null}`
        if (shown.has(key)) continue
        shown.add(key)
        print(this.json ? JSON.stringify(action) : actionLine(action))
      }
      for (const action of actions) shown.add(`${action.at} ${action.tool} ${action.took === null}`)
      await pause(500)
    }
  }
}

interface Traced {
  readonly id: string
  readonly from: { readonly name: string; readonly id?: string }
  readonly to: { readonly id: string; readonly name: string }
  readonly mode: string
  readonly text: string
  readonly status: string
  readonly hops: ReadonlyArray<{ readonly status: string; readonly at: number; readonly evidence: string }>
  readonly answer: string | null
}

export class Trace extends SmCommand {
  static override paths = [["trace"]]
  static override usage = Command.Usage({
    category: "Messages",
    description: "every hop of a message, with time and evidence"
  })
  message = Option.String()
  run() {
    return this.show<Traced>(
      "trace",
      { messageId: this.message },
      ({ answer, from, hops, id, mode, status, text, to }) => {
        const start = hops[0]?.at ?? 0
        const lines = [
          `${id}  ${from.name} → ${to.name} (${to.id})  ${mode}  ${status}`,
          table(
            ["AFTER", "STATE", "EVIDENCE"],
            hops.map((hop) => [`${hop.at - start} ms`, hop.status, hop.evidence])
          ),
          `text: ${text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text}`
        ]
        return [...lines, ...(answer === null || answer === "" ? [] : [`answer: ${answer.slice(0, 2000)}`])].join("\n")
      },
      { repeatable: true }
    )
  }
}

export class Attach extends SmCommand {
  static override paths = [["attach"]]
  static override usage = Command.Usage({
    category: "Seeing",
    description: "look inside and type yourself; C-] d leaves"
  })
  session = Option.String()
  async run() {
    const reply = await ask("attach", { session: this.session }, { repeatable: true })
    if (!reply.ok) return refusal(reply.error, this.json)
    const { command } = reply.data as { readonly command: ReadonlyArray<string> }
    if (this.json) {
      print(JSON.stringify({ ok: true, data: reply.data }))
      return ExitCode.ok
    }
    const [program = "tmux", ...args] = command
    // Inside another tmux its variable would make this one refuse; the server is a different one.
    const env = { ...process.env }
    delete env["TMUX"]
    const { error, status } = spawnSync(program, args, { stdio: "inherit", env })
    if (error !== undefined) {
      complain(`sm: ${program} cannot be started: ${error.message}`)
      return ExitCode.refused
    }
    return status === 0 ? ExitCode.ok : ExitCode.refused
  }
}
