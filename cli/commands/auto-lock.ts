/** `sm auto-lock` as the documentation knows it; `hot/auto-lock.ts` does the work. */
import { Option } from "clipanion"
import { autoLock } from "../hot/auto-lock.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class AutoLock extends SmCommand {
  static override paths = pathsOf("auto-lock")
  static override usage = usageOf("auto-lock", {
    details:
      "Called by hooks of an agent's own settings, with the payload on standard input (`sm hooks install` writes them). Before a write it takes the lock of the file's workspace, or waits for it, and refuses the write with a sentence when the wait is over (`locks.wait`); at the end of a turn it lets go. The kind is claude unless said otherwise. Agents that sm spawns need none of this: their own hooks do it.",
    examples: [["In .codex/hooks.json", "sm auto-lock codex"]]
  })
  kind = Option.String({ name: "kind", required: false })
  override execute(): Promise<number> {
    return autoLock(this.kind === undefined ? [] : [this.kind])
  }
}
