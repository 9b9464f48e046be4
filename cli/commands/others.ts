/** `sm others`: who else works in this repository, and what each is doing. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { here } from "../Here.ts"
import { settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Member, memberLine } from "../view/Members.ts"

export class Others extends SmCommand {
  static override paths = pathsOf("others")
  static override usage = usageOf("others", {
    details:
      "As `sm who`, with the task, the last tool action and the status of each. Exit code 1, and nothing printed, when there is nobody else.",
    examples: [["In other clones of it too", "sm others --repo"]]
  })
  repo = Option.Boolean("--repo", false, { description: "also in clones with the same origin" })
  override async execute() {
    const input = { ...here(), clones: this.repo, actions: true }
    const reply = await ask("others", input, { repeatable: true })
    const code = settle<ReadonlyArray<Member>>(reply, this.json, (members) => members.map(memberLine).join("\n"))
    return reply.ok && (reply.data as ReadonlyArray<Member>).length === 0 ? ExitCode.refused : code
  }
}
