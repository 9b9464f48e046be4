/** `sm what <session>`: what it is doing, in two or three sentences. */
import { Option } from "clipanion"
import { wholeNumber } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

/** Ms: the daemon gives the model a minute, and another question for the same session may be ahead. */
const PATIENCE = 130_000

export class What extends SmCommand {
  static override paths = pathsOf("what")
  static override usage = usageOf("what", {
    details:
      "A small model is asked through the agent's own program, with the end of the pane and the last tools; that takes seconds and costs a little. While nothing happens the same answer comes at once. `what.command` of config.yaml asks another program.",
    examples: [["With more of the pane", "sm what reviewer --lines 300"]]
  })
  session = Option.String({ name: "session" })
  lines = Option.String("--lines,-n", "100", { description: "lines of the pane, 1 to 3000; default 100" })
  override execute() {
    const lines = wholeNumber("--lines", this.lines, 1, 3000, `sm what ${this.session} --lines 100`)
    return this.show<{ readonly text: string }>("what", { session: this.session, lines }, ({ text }) => text, {
      repeatable: true,
      deadline: PATIENCE
    })
  }
}
