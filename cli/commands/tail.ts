/** `sm tail <session> [--follow]`: what its agent did, and does. */
import { Option } from "clipanion"
import { followActions } from "../Follow.ts"
import { wholeNumber } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Action, actionLine } from "../view/Actions.ts"

export class Tail extends SmCommand {
  static override paths = pathsOf("tail")
  static override usage = usageOf("tail", {
    details:
      'Tool actions as the agent\'s own hooks and transcript report them: when, how long, which. With `--follow` an action is shown when it begins (`…`) and again when it has ended; it goes on over restarts of the daemon and of the broker, and ends with 0 when the session is stopped. With `--follow --json` every line is one object: `{ type: "action", at, tool, detail, took, failed }` (`took` is null while it runs), `{ type: "crashed", reason }` or `{ type: "stopped", reason }`.',
    examples: [
      ["The last thirty", "sm tail reviewer -n 30"],
      ["As it happens", "sm tail reviewer --follow"]
    ]
  })
  session = Option.String({ name: "session" })
  count = Option.String("--count,-n", "10", { description: "how many, 1 to 100; default 10" })
  follow = Option.Boolean("--follow,-f", false, { description: "go on as it happens (with --json: one object a line)" })
  override execute() {
    const { json, session } = this
    const count = wholeNumber("--count", this.count, 1, 100, `sm tail ${session} -n 10`)
    if (this.follow) return followActions(session, count, json)
    return this.show<{ readonly actions: ReadonlyArray<Action> }>(
      "tail",
      { session, count },
      ({ actions }) =>
        actions.length === 0
          ? `no tool actions yet; sm output ${session} shows the pane`
          : actions.map(actionLine).join("\n"),
      { repeatable: true }
    )
  }
}
