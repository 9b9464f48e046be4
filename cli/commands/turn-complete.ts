/** `sm turn-complete`: no more reminders and digests of this turn. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

const line = ({ ended }: { readonly ended: boolean }): string =>
  ended
    ? "turn complete: what waits comes now"
    : "no more reminders and digests of this turn; it ends when the agent itself says so"

export class TurnComplete extends SmCommand {
  static override paths = pathsOf("turn-complete")
  static override usage = usageOf("turn-complete", {
    details:
      "For an agent that has said all it has to say and leaves its task open: its reminders, and the digests of it, stop until its next prompt. The end of the turn itself is the agent's own word; only for a kind that reports none (`command` agents) this is the end: its messages count as answered, whoever waits for that is told, and the next one is typed.",
    examples: [["At the end of what you do", "sm turn-complete"]]
  })
  session = Option.String("--session", { description: "of this session (a child of yours); default: of yourself" })
  override execute() {
    return this.show("turnComplete", this.session === undefined ? {} : { session: this.session }, line)
  }
}
