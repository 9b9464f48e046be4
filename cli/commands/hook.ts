/** `sm hook` as the documentation knows it; `hot/hook.ts` does the work. */
import { Option } from "clipanion"
import { hook } from "../hot/hook.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Hook extends SmCommand {
  static override paths = pathsOf("hook")
  static override usage = usageOf("hook", {
    details:
      "Called by the hooks that `sm spawn` gives an agent, with the hook's payload on standard input. Always exits 0 and prints nothing, for agents take other answers for orders; what the daemon cannot take now waits in the spool."
  })
  provider = Option.String({ name: "provider" })
  event = Option.String({ name: "event" })
  override execute(): Promise<number> {
    return hook([this.provider, this.event])
  }
}
