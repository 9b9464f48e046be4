/** `sm children [session]`: whom a session has spawned. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, sessionLines } from "../view/Sessions.ts"

export class Children extends SmCommand {
  static override paths = pathsOf("children")
  static override usage = usageOf("children", {
    examples: [
      ["Yours, and theirs", "sm children --recursive"],
      ["Of another session, the ended too", "sm children lead --all"]
    ]
  })
  session = Option.String({ name: "session", required: false })
  recursive = Option.Boolean("--recursive,-r", false, { description: "children of children too" })
  all = Option.Boolean("--all,-a", false, { description: "the ended too" })
  override async execute() {
    const { all, recursive, session } = this
    const input = { ...(session === undefined ? {} : { session }), recursive, all }
    const reply = await ask("children", input, { repeatable: true })
    if (!reply.ok && reply.error.code === "wrong-state" && session === undefined) {
      const error = {
        code: reply.error.code,
        message: "this shell is not a session, so it has no children",
        hint: "sm children <session>; sm list shows the sessions"
      }
      return settle({ ok: false, error }, this.json, () => "")
    }
    return settle<ReadonlyArray<Card>>(reply, this.json, (cards) =>
      cards.length === 0 ? 'no children; an agent spawns one with: sm spawn claude "<prompt>"' : sessionLines(cards)
    )
  }
}
