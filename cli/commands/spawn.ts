/** `sm spawn <provider> [prompt]`: a new agent. */
import { resolve } from "node:path"
import { Option } from "clipanion"
import { longText } from "../LongText.ts"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, oneSession } from "../view/Sessions.ts"

const pair = (text: string): readonly [string, string] => {
  const at = text.indexOf("=")
  if (at < 1)
    throw new Misuse(`--env takes NAME=VALUE, not ${text}`, "sm spawn claude hello --env HTTPS_PROXY=http://…")
  return [text.slice(0, at), text.slice(at + 1)]
}

/** A shell may stand in a directory that somebody removed. */
const place = (cwd: string | undefined): string => {
  try {
    return resolve(cwd ?? process.cwd())
  } catch {
    throw new Misuse("the directory of this shell is gone", "sm spawn claude hello --cwd <directory>")
  }
}

export class Spawn extends SmCommand {
  static override paths = pathsOf("spawn")
  static override usage = usageOf("spawn", {
    details:
      "The agent runs in the daemon's environment and acts as itself: what it sends, spawns or asks is its own. With `--worktree` it does not get in the way of others: a branch that exists is checked out there, else it is made from the commit you stand on (sm worktree lists, removes and restores). What stands behind `--` goes to the agent's program as it is.",
    examples: [
      ["A reviewer", 'sm spawn claude "Review the last commit" --name reviewer'],
      ["One of several who take what is sent to @engineer", "sm spawn claude --role engineer"],
      ["A long first prompt", "sm spawn codex --prompt-file task.md --cwd ../api"],
      ["In a git worktree of its own", 'sm spawn claude "Fix the login" --name eng --worktree'],
      ["The same, on a branch that you name", 'sm spawn claude "Fix the login" --worktree fix/login'],
      ["Arguments of the agent's own", "sm spawn claude hello -- --add-dir ../lib"]
    ]
  })
  provider = Option.String({ name: "provider" })
  prompt = Option.String({ name: "prompt", required: false })
  promptFile = Option.String("--prompt-file", {
    description: "read the first prompt from a file (- is standard input)"
  })
  name = Option.String("--name", { description: "1-32 letters, digits, _ or -" })
  role = Option.String("--role", {
    description: "what it works as: it takes messages to @<role> when it is idle"
  })
  model = Option.String("--model", { description: "the agent's model, as the agent's program names it" })
  effort = Option.String("--effort", { description: "how hard it thinks, as the agent's program names it" })
  permissionMode = Option.String("--permission-mode", {
    description: "what it may do unasked, as the agent's program names it"
  })
  cwd = Option.String("--cwd", { description: "where it works; default: here" })
  worktree = Option.String("--worktree", {
    tolerateBoolean: true,
    description: "[branch]: it works in a git worktree of its own, on that branch, else on sm/<its name>"
  })
  env = Option.Array("--env", [], { description: "NAME=VALUE, may be repeated" })

  override execute() {
    const given = {
      prompt: longText(this.prompt, this.promptFile, "--prompt-file"),
      name: this.name,
      role: this.role,
      model: this.model,
      effort: this.effort,
      permissionMode: this.permissionMode,
      worktree: this.worktree === false ? undefined : this.worktree
    }
    const input = {
      provider: this.provider,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      cwd: place(this.cwd),
      env: Object.fromEntries(this.env.map(pair)),
      args: this.context.afterDashes
    }
    return this.show<Card>(
      "spawn",
      input,
      (card) =>
        `${oneSession("spawned", card)}${this.worktree === undefined ? "" : ` in ${card.workingDir}`}\n  sm attach ${card.name}    sm send ${card.name} "…"    sm output ${card.name}`,
      // git takes its time with large trees.
      { deadline: this.worktree === undefined ? 30_000 : 120_000 }
    )
  }
}
