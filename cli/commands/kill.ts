/** `sm kill <session>`: the end of an agent, not of its record. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, oneSession } from "../view/Sessions.ts"

export class Kill extends SmCommand {
  static override paths = pathsOf("kill")
  static override usage = usageOf("kill", {
    details: "An agent may end its own children; a person at a shell may end any session.",
    examples: [["End it, and start it again later", "sm kill reviewer && sm restore reviewer"]]
  })
  session = Option.String({ name: "session" })
  override execute() {
    return this.show<Card>("kill", { session: this.session }, (card) =>
      (card.worktree ?? null) === null
        ? oneSession("killed", card)
        : `${oneSession("killed", card)}; its worktree ${card.worktree} stays`
    )
  }
}
