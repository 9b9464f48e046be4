/** `sm status ["<text>"]` as the help knows it; `hot/status.ts` does the work. */
import { Option } from "clipanion"
import { setStatus, showStatus } from "../hot/status.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Status extends SmCommand {
  static override paths = pathsOf("status")
  static override usage = usageOf("status", {
    details:
      "Without a text: who you are, and who else works in this repository, worktrees included. With one: what you, an agent, say of your work; your EM reads it in its digests, and reminders to say how it goes begin anew. Text that begins with `-` stands behind `--`.",
    examples: [
      ["Who else is here", "sm status"],
      ["How it goes", 'sm status "tests pass, writing the changeset"']
    ]
  })
  text = Option.Rest({ name: "text" })
  override execute(): Promise<number> {
    return this.text.length === 0 ? showStatus(this.json) : setStatus(this.text, this.json)
  }
}
