/** `sm output <session>`: what its pane shows. */
import { Option } from "clipanion"
import { wholeNumber } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Output extends SmCommand {
  static override paths = pathsOf("output")
  static override usage = usageOf("output", {
    details: "The pane of an agent that went away by itself shows its last words until it is restored.",
    examples: [["More of it", "sm output reviewer --lines 500"]]
  })
  session = Option.String({ name: "session" })
  lines = Option.String("--lines,-n", "50", { description: "how many, 1 to 3000; default 50" })
  override execute() {
    const lines = wholeNumber("--lines", this.lines, 1, 3000, `sm output ${this.session} --lines 50`)
    return this.show<{ readonly text: string }>("output", { session: this.session, lines }, ({ text }) => text, {
      repeatable: true
    })
  }
}
