/** `sm task ["<text>"]`: what a session works on. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import type { Card } from "../view/Sessions.ts"

const line = ({ name, task }: Card): string => (task === null ? `${name} has no task` : `${name}: ${task}`)

export class Task extends SmCommand {
  static override paths = pathsOf("task")
  static override usage = usageOf("task", {
    details:
      "`sm dispatch` sets it too; `sm task-complete` ends it. A parent may set that of its children, a person that of all.",
    examples: [
      ["Yours", 'sm task "ticket 12: the flaky test"'],
      ["A child's", 'sm task --session engineer "ticket 12"']
    ]
  })
  text = Option.Rest({ name: "text" })
  session = Option.String("--session", { description: "of this session; default: of yourself" })
  override execute() {
    const text = this.text.join(" ").trim()
    const input = {
      ...(text === "" ? {} : { text }),
      ...(this.session === undefined ? {} : { session: this.session })
    }
    return this.show<Card>("setTask", input, line, { repeatable: true })
  }
}
