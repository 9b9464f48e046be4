/** `sm me` as the help knows it; `hot/status.ts` does the work. */
import { showMe } from "../hot/status.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Me extends SmCommand {
  static override paths = pathsOf("me")
  static override usage = usageOf("me", { examples: [["Your id, for a script", "sm me --json"]] })
  override execute(): Promise<number> {
    return showMe(this.json)
  }
}
