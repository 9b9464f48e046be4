/** `sm explain <session>`: why it is taken to be in its state. */
import { Option } from "clipanion"
import type { Output } from "../../src/gateway/Api.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { explained } from "../view/Explained.ts"

export class Explain extends SmCommand {
  static override paths = pathsOf("explain")
  static override usage = usageOf("explain", {
    details:
      "Which hook, rule or order decided its state, and when; what the agent said of itself last; what its screen shows now and the name of the rule that reads it so; what its own state file says; and what would change the state. Where a rule is wrong about a screen, `screens/<kind>.yaml` beside config.yaml corrects it at once, without a restart (docs/screens.md).",
    examples: [["Why does it count as at work?", "sm explain reviewer"]]
  })
  session = Option.String({ name: "session" })
  override execute() {
    return this.show<Output<"explain">>("explain", { session: this.session }, explained, { repeatable: true })
  }
}
