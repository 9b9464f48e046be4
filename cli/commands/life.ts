/** Commands that start, change and end sessions. */
import { resolve } from "node:path"
import { Command, Option, UsageError } from "clipanion"
import { body, SmCommand } from "../SmCommand.ts"
import type { Card } from "../view/Sessions.ts"

const one = (verb: string) => (card: Card) => `${verb} ${card.name} (${card.id}), ${card.state}`

export class Spawn extends SmCommand {
  static override paths = [["spawn"]]
  static override usage = Command.Usage({
    category: "Sessions",
    description: "start an agent in a pane of its own",
    examples: [
      ["A reviewer", 'sm spawn claude "Review the last commit" --name reviewer'],
      ["A long first prompt", "sm spawn codex --prompt-file task.md --cwd ../api"],
      ["Arguments of the agent's own", "sm spawn claude hello -- --add-dir ../lib"]
    ]
  })
  provider = Option.String()
  prompt = Option.String({ required: false })
  promptFile = Option.String("--prompt-file", {
    description: "read the first prompt from a file (- is standard input)"
  })
  name = Option.String("--name", { description: "1-32 letters, digits, _ or -" })
  model = Option.String("--model")
  effort = Option.String("--effort")
  permissionMode = Option.String("--permission-mode")
  cwd = Option.String("--cwd", { description: "where it works; default: here" })
  env = Option.Array("--env", [], { description: "NAME=VALUE, may be repeated" })

  async run() {
    const env = Object.fromEntries(
      this.env.map((pair) => {
        const at = pair.indexOf("=")
        if (at < 1) throw new UsageError(`--env takes NAME=VALUE, not ${pair}`)
        return [pair.slice(0, at), pair.slice(at + 1)]
      })
    )
    const prompt = body(this.prompt, this.promptFile)
    const given = {
      prompt,
      name: this.name,
      model: this.model,
      effort: this.effort,
      permissionMode: this.permissionMode
    }
    const input = {
      provider: this.provider,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      cwd: resolve(this.cwd ?? process.cwd()),
      env,
      args: this.context.afterDashes
    }
    return this.show<Card>(
      "spawn",
      input,
      (card) =>
        `${one("spawned")(card)}\n  sm attach ${card.name}    sm send ${card.name} "…"    sm output ${card.name}`,
      { deadline: 30_000 }
    )
  }
}

export class Kill extends SmCommand {
  static override paths = [["kill"]]
  static override usage = Command.Usage({
    category: "Sessions",
    description: "end an agent; its record stays and can be restored"
  })
  session = Option.String()
  run() {
    return this.show<Card>("kill", { session: this.session }, one("killed"))
  }
}

export class Restore extends SmCommand {
  static override paths = [["restore"]]
  static override usage = Command.Usage({
    category: "Sessions",
    description: "start an ended session again where it left off"
  })
  session = Option.String()
  run() {
    return this.show<Card>("restore", { session: this.session }, one("restoring"))
  }
}

export class Clear extends SmCommand {
  static override paths = [["clear"]]
  static override usage = Command.Usage({
    category: "Sessions",
    description: "drop an agent's context, optionally with a new prompt"
  })
  session = Option.String()
  prompt = Option.String({ required: false })
  promptFile = Option.String("--prompt-file")
  run() {
    const prompt = body(this.prompt, this.promptFile)
    return this.show<Card>(
      "clear",
      { session: this.session, ...(prompt === undefined ? {} : { prompt }) },
      one("clearing")
    )
  }
}

export class Name extends SmCommand {
  static override paths = [["name"]]
  static override usage = Command.Usage({
    category: "Sessions",
    description: "rename yourself, or a session: sm name [session] <name>"
  })
  words = Option.Rest({ required: 1 })
  run() {
    const [first = "", second] = this.words
    return this.show<Card>(
      "name",
      second === undefined ? { name: first } : { session: first, name: second },
      one("renamed to")
    )
  }
}

export class Send extends SmCommand {
  static override paths = [["send"]]
  static override usage = Command.Usage({
    category: "Messages",
    description: "send text to a session; it is stored when this returns",
    details: "Waits for the agent to be idle, then types it. With --urgent the running turn is interrupted first.",
    examples: [
      ["To a name, an id, the beginning of an id, or parent", 'sm send reviewer "please look at src/"'],
      ["From standard input", "git diff | sm send reviewer -"],
      ["Wait for the answer", 'sm send reviewer "done?" --wait=answered --timeout 300']
    ]
  })
  session = Option.String()
  text = Option.Rest()
  urgent = Option.Boolean("--urgent", false, { description: "interrupt what it does" })
  file = Option.String("--file", { description: "read the text from a file (- is standard input)" })
  wait = Option.String("--wait", { tolerateBoolean: true, description: "until submitted (default) or answered" })
  timeout = Option.String("--timeout", { description: "seconds to wait; default 600" })
  ttl = Option.String("--ttl", { description: "seconds after which it must not be typed any more" })
  async run(): Promise<number> {
    // Reached only when the hot path could not read the arguments.
    throw new UsageError('sm send <session> "<text>" [--urgent] [--wait[=answered]] [--file F] [--ttl S]')
  }
}
