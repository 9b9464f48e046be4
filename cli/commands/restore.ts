/** `sm restore [session]`: an ended session goes on, or the list of those that can. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, oneSession, sessionLines } from "../view/Sessions.ts"

export class Restore extends SmCommand {
  static override paths = pathsOf("restore")
  static override usage = usageOf("restore", {
    details: "The agent resumes its own conversation, and mail that waits for it is delivered.",
    examples: [
      ["What can be restored", "sm restore"],
      ["One of them", "sm restore reviewer"]
    ]
  })
  session = Option.String({ name: "session", required: false })
  override async execute() {
    if (this.session !== undefined)
      return this.show<Card>("restore", { session: this.session }, (card) => oneSession("restoring", card))
    const reply = await ask("list", { all: true }, { repeatable: true })
    if (!reply.ok) return settle(reply, this.json, () => "")
    const ended = (reply.data as ReadonlyArray<Card>).filter(({ state }) => state === "stopped" || state === "crashed")
    return settle({ ok: true, data: ended }, this.json, () =>
      ended.length === 0
        ? "nothing to restore: no session has ended; sm list shows those that run"
        : `${sessionLines(ended)}\nnext: sm restore ${ended.at(-1)?.name ?? "<session>"}`
    )
  }
}
