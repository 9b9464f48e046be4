/** `sm hook` as the documentation knows it; `hot/hook.ts` does the work. */
import { Option } from "clipanion"
import { hook } from "../hot/hook.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Hook extends SmCommand {
  static override paths = pathsOf("hook")
  static override usage = usageOf("hook", {
    details:
      "Called by the hooks that `sm spawn` gives an agent, with the hook's payload on standard input. Always exits 0 and prints only what the agent is to be told, for agents take other answers for orders; a request for permission waits up to 590 s for its answer (`sm approvals`); what the daemon cannot take now waits in the spool. With `gate` a write waits for the lock of its workspace (docs/auto-lock.md)."
  })
  provider = Option.String({ name: "provider" })
  event = Option.String({ name: "event" })
  gate = Option.String({ name: "gate", required: false })
  override execute(): Promise<number> {
    return hook([this.provider, this.event, ...(this.gate === undefined ? [] : [this.gate])])
  }
}
