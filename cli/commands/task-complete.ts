/** `sm task-complete ["note"]`: the task is done, and whoever gave it is told. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

interface Told {
  readonly told: ReadonlyArray<string>
  readonly later: ReadonlyArray<string>
  readonly again: boolean
}

const line = ({ again, later, told }: Told): string => {
  if (again) return "it had been said already: nobody is told again"
  const news = [
    ...(told.length === 0 ? [] : [`told ${told.join(", ")}`]),
    ...(later.length === 0 ? [] : [`${later.join(", ")} will be told when this turn ends`])
  ]
  return `task complete; ${news.length === 0 ? "there is no session to tell" : news.join("; ")}`
}

export class TaskComplete extends SmCommand {
  static override paths = pathsOf("task-complete")
  static override usage = usageOf("task-complete", {
    details:
      "Ends reminders and digests of the task. Told, once, are the session that dispatched it and the EM; where there is neither, the parent. Going on with the next thing does not need it, and the end of your turn is told anyway. Who waits for that end hears of both at once, when it comes.",
    examples: [["With the result", 'sm task-complete "PR 456 is open, CI green"']]
  })
  note = Option.Rest({ name: "note" })
  session = Option.String("--session", { description: "of this session (a child of yours); default: of yourself" })
  override execute() {
    const note = this.note.join(" ").trim()
    const input = { ...(note === "" ? {} : { note }), ...(this.session === undefined ? {} : { session: this.session }) }
    return this.show<Told>("taskComplete", input, line, { repeatable: true })
  }
}
