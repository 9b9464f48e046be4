/** `sm name [session] <name>`: a new name. */
import { Option } from "clipanion"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, oneSession } from "../view/Sessions.ts"

export class Name extends SmCommand {
  static override paths = pathsOf("name")
  static override usage = usageOf("name", {
    details:
      "Without a session you rename yourself. A name is 1-32 letters, digits, `_` or `-`, unique among the living.",
    examples: [
      ["Yourself", "sm name lead"],
      ["A child", "sm name reviewer second-reviewer"]
    ]
  })
  words = Option.Rest({ name: "session-or-name", required: 1 })
  override execute() {
    const [first = "", second, more] = this.words
    if (more !== undefined)
      throw new Misuse(`name takes a session and a name, not also ${more}`, "sm name reviewer editor")
    return this.show<Card>("name", second === undefined ? { name: first } : { session: first, name: second }, (card) =>
      oneSession("renamed to", card)
    )
  }
}
