/** `sm alone`: is nobody else at work in this repository? */
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { here } from "../Here.ts"
import { done, refusal } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Alone extends SmCommand {
  static override paths = pathsOf("alone")
  static override usage = usageOf("alone", {
    details:
      "Says it with its exit code: 0 alone, 1 not alone; anything else means that it cannot be known, and is no leave to go on. `sm who` shows the others.",
    examples: [["In a script", 'sm alone && git rebase main || echo "not alone"']]
  })
  override async execute() {
    const reply = await ask("others", here(), { repeatable: true })
    if (!reply.ok) return refusal(reply.error, this.json)
    const others = reply.data as ReadonlyArray<unknown>
    done({ alone: others.length === 0, others: others.length }, this.json, "")
    return others.length === 0 ? ExitCode.ok : ExitCode.refused
  }
}
