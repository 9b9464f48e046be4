/** `sm children [session]`: whom a session has spawned. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { Misuse } from "../Misuse.ts"
import { settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Member, memberLines } from "../view/Members.ts"

const statuses = ["running", "completed", "error", "all"]

export class Children extends SmCommand {
  static override paths = pathsOf("children")
  static override usage = usageOf("children", {
    details:
      "One line each: name, id, role; state and since when; its task; its last tool action; what it says of itself. `--status`: running (at work), completed (has said so of its task), error (crashed, or at a limit of its provider), all (the ended too).",
    examples: [
      ["Yours, and theirs", "sm children --recursive"],
      ["Of another session, the ended too", "sm children lead --all"]
    ]
  })
  session = Option.String({ name: "session", required: false })
  recursive = Option.Boolean("--recursive,-r", false, { description: "children of children too" })
  all = Option.Boolean("--all,-a", false, { description: "the ended too" })
  status = Option.String("--status", { description: "only running, completed, error; or all" })
  override async execute() {
    const { all, recursive, session, status } = this
    if (status !== undefined && !statuses.includes(status))
      throw new Misuse(`--status is ${statuses.join(", ")}, not ${status}`, "sm children --status running")
    const given = { session, status }
    const input = {
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      recursive,
      all
    }
    const reply = await ask("children", input, { repeatable: true })
    if (!reply.ok && reply.error.code === "wrong-state" && session === undefined) {
      const error = {
        code: reply.error.code,
        message: "this shell is not a session, so it has no children",
        hint: "sm children <session>; sm list shows the sessions"
      }
      return settle({ ok: false, error }, this.json, () => "")
    }
    const none = status === undefined ? 'no children; an agent spawns one with: sm spawn claude "<prompt>"' : "none"
    return settle<ReadonlyArray<Member>>(reply, this.json, (members) =>
      members.length === 0 ? none : memberLines(members)
    )
  }
}
