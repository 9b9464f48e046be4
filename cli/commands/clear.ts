/** `sm clear <session> [prompt]`: an agent with an empty head. */
import { Option } from "clipanion"
import { longText } from "../LongText.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, oneSession } from "../view/Sessions.ts"

export class Clear extends SmCommand {
  static override paths = pathsOf("clear")
  static override usage = usageOf("clear", {
    details: "A running turn is interrupted first. An agent may clear its own children.",
    examples: [["With the next task", 'sm clear reviewer "Now review src/broker"']]
  })
  session = Option.String({ name: "session" })
  prompt = Option.String({ name: "prompt", required: false })
  promptFile = Option.String("--prompt-file", { description: "read the new prompt from a file (- is standard input)" })
  override execute() {
    const prompt = longText(this.prompt, this.promptFile, "--prompt-file")
    return this.show<Card>("clear", { session: this.session, ...(prompt === undefined ? {} : { prompt }) }, (card) =>
      oneSession("clearing", card)
    )
  }
}
