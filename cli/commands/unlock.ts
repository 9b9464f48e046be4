/** `sm unlock`: give back what you have locked here. */
import { Option } from "clipanion"
import type { Lease } from "../../src/domain/Lock.ts"
import { here } from "../Here.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { place } from "../view/Locks.ts"

const lines = (leases: ReadonlyArray<Lease>): string =>
  leases.length === 0
    ? "nothing is locked here"
    : leases.map((lease) => `unlocked ${place(lease)} (${lease.holder.name}: ${lease.reason})`).join("\n")

export class Unlock extends SmCommand {
  static override paths = pathsOf("unlock")
  static override usage = usageOf("unlock", {
    details:
      "Gives back all that you have in this workspace, or what `--path` meets of it; whoever waits has it at once. Only its holder may do so, or a person with `--force`: its agent is not asked, and may be in the middle of something.",
    examples: [
      ["What you have here", "sm unlock"],
      ["A person takes it away from whoever has it", "sm unlock --force"]
    ]
  })
  glob = Option.String("--path", { description: "only what this glob meets, from here" })
  force = Option.Boolean("--force", false, { description: "whoever has it; for a person" })
  override execute() {
    const path = this.glob === undefined ? {} : { path: this.glob }
    const input = { ...here(), ...path, ...(this.force ? { force: true } : {}) }
    return this.show<ReadonlyArray<Lease>>("unlock", input, lines, { repeatable: true })
  }
}
