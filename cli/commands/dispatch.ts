/** `sm dispatch <session> --role R --<variable> value …`: a job from a template, for an agent with an empty head. */
import { Option } from "clipanion"
import { makeMessageId } from "../MakeId.ts"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

interface Dispatched {
  readonly text: string
  readonly source: string
  readonly messageId: string | null
  readonly to: { readonly id: string; readonly name: string } | null
  readonly state: string | null
  readonly target: string | null
}

/** A shell may stand in a directory that somebody removed. */
const here = (): string => {
  try {
    return process.cwd()
  } catch {
    throw new Misuse("the directory of this shell is gone", "go to the directory of the project first")
  }
}

export class Dispatch extends SmCommand {
  static override paths = pathsOf("dispatch")
  static override usage = usageOf("dispatch", {
    details:
      "Clears the agent's context, then sends it the role's template with the variables filled in; an agent that dispatches is told when the turn has ended. Without `--urgent` both wait until it is idle. Every other `--name value` or `--name=value` is a variable of the template; a value may begin with `-`. The shipped roles are engineer, architect, scout and reviewer; they take `--task`, `--pr`, `--issue`, `--spec`, `--repo` and `--extra`, the scout also `--reviewer-id`, the reviewer `--scout-id`. Templates are looked for in `.sm/dispatch_templates.yaml` here and above, then in the user's file (`sm setup` writes one to edit), then in what came with sm: docs/dispatch.md.",
    examples: [
      ["A ticket", 'sm dispatch engineer --role engineer --urgent --task "Implement ticket #123"'],
      ["A review", "sm dispatch architect --role architect --urgent --pr 456 --repo ../api"],
      ["What it would be told", 'sm dispatch engineer --role engineer --task "Implement ticket #123" --dry-run']
    ]
  })
  session = Option.String({ name: "session" })
  role = Option.String("--role", { description: "whose template: engineer, architect, scout, reviewer, or your own" })
  urgent = Option.Boolean("--urgent", false, { description: "interrupt what it does" })
  important = Option.Boolean("--important", false, { description: "behind the current work, before what waits" })
  dryRun = Option.Boolean("--dry-run", false, { description: "print what would be sent, and send nothing" })
  noClear = Option.Boolean("--no-clear", false, { description: "let it keep its context" })
  noNotifyOnStop = Option.Boolean("--no-notify-on-stop", false, {
    description: "do not tell me when its turn has ended"
  })

  override execute() {
    if (this.role === undefined || this.role.startsWith("-"))
      throw new Misuse(
        this.role === undefined ? "dispatch needs --role" : `--role needs a value, not ${this.role}`,
        'sm dispatch engineer --role engineer --task "…"'
      )
    if (this.urgent && this.important)
      throw new Misuse("--important and --urgent exclude each other", "leave one of the two out")
    const mode = this.urgent ? "urgent" : this.important ? "important" : undefined
    const input = {
      to: this.session,
      role: this.role,
      params: this.context.params ?? {},
      cwd: here(),
      ...(mode === undefined ? {} : { mode }),
      clear: !this.noClear,
      dryRun: this.dryRun,
      notifyOnStop: !this.noNotifyOnStop,
      ...(this.dryRun ? {} : { messageId: makeMessageId() })
    }
    return this.show<Dispatched>(
      "dispatch",
      input,
      ({ messageId: id, source, state, target, text, to }) =>
        to === null
          ? text
          : `dispatched ${this.role} to ${to.name} (${to.id}), ${target}: ${id} ${state}\n  ${this.noClear ? "" : "in an empty context, "}by ${source}`,
      { repeatable: true, deadline: 30_000 }
    )
  }
}
