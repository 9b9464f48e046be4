/** `sm who`: who else works in this repository. */
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { here } from "../Here.ts"
import { settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, sessionLines } from "../view/Sessions.ts"

export class Who extends SmCommand {
  static override paths = pathsOf("who")
  static override usage = usageOf("who", {
    details:
      "Living sessions in the same repository, all its worktrees included; where there is no repository, in the same directory. Exit code 1, and nothing printed, when there is nobody else.",
    examples: [["Before a wide change", "sm who"]]
  })
  override async execute() {
    const reply = await ask("others", here(), { repeatable: true })
    const code = settle<ReadonlyArray<Card>>(reply, this.json, (cards) =>
      cards.length === 0 ? "" : sessionLines(cards)
    )
    return reply.ok && (reply.data as ReadonlyArray<Card>).length === 0 ? ExitCode.refused : code
  }
}
