/** `sm list`, `sm all`: the sessions. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, sessionLines } from "../view/Sessions.ts"

export class List extends SmCommand {
  static override paths = pathsOf("list")
  static override usage = usageOf("list", {
    details: "Living sessions and those whose agent went away by itself. `sm all` is `sm list --all`.",
    examples: [
      ["The ended too", "sm list --all"],
      ["For a program", "sm list --json"]
    ]
  })
  all = Option.Boolean("--all,-a", false, { description: "the ended too" })
  override execute() {
    return this.show<ReadonlyArray<Card>>(
      "list",
      { all: this.all || this.path[0] === "all" },
      (cards) => (cards.length === 0 ? 'no sessions; start one: sm spawn claude "<prompt>"' : sessionLines(cards)),
      { repeatable: true }
    )
  }
}
