/** `sm status` as the help knows it; `hot/status.ts` does the work. */
import { showStatus } from "../hot/status.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Status extends SmCommand {
  static override paths = pathsOf("status")
  static override usage = usageOf("status", { examples: [["Who else is here", "sm status"]] })
  override execute(): Promise<number> {
    return showStatus(this.json)
  }
}
