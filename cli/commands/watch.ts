/** `sm watch`: the swarm on one screen, as it happens. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { onTerminal } from "../view/Table.ts"

export class Watch extends SmCommand {
  static override paths = pathsOf("watch")
  static override usage = usageOf("watch", {
    details:
      "Every session below whoever spawned it: what it does and since when, how full its context is, how many messages wait for it, which leases it holds, what it did last; above them what waits for you. It changes as things happen. Choose with the arrows or j and k; `s` sends, `a` attaches and comes back here when you leave, `y` and `n` answer a question after showing it whole, `K` kills and `u` takes a lease away, both after asking, `/` finds, `Tab` goes to the next session that waits for you, `?` says the rest, `q` quits. On a pipe, or with `--once`, it prints that once; with `--json` as one object.",
    examples: [
      ["Look on", "sm watch"],
      ["Once, for a report", "sm watch --once"],
      ["For a program", "sm watch --json"]
    ]
  })
  once = Option.Boolean("--once", false, { description: "print it once, and end" })

  override async execute(): Promise<number> {
    const look = !this.once && !this.json && onTerminal(0) && onTerminal(1) && process.env["TERM"] !== "dumb"
    if (!look) return (await import("../watch/Once.ts")).watchOnce(process.env, this.json)
    return (await import("../watch/Watching.ts")).watchSwarm(process.env)
  }
}
