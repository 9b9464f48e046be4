/** `sm locks`: who has which workspace, and who waits. */
import { Option } from "clipanion"
import { here } from "../Here.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import type { Output } from "../../src/gateway/Api.ts"
import { lockLines } from "../view/Locks.ts"

export class Locks extends SmCommand {
  static override paths = pathsOf("locks")
  static override usage = usageOf("locks", {
    details:
      "Those of every workspace, with the fence of each; then who waits, in order, and behind whom. `--here`: only of this repository, its worktrees included.",
    examples: [
      ["All", "sm locks"],
      ["Of this repository, for a program", "sm locks --here --json"]
    ]
  })
  here = Option.Boolean("--here", false, { description: "only of this repository, its worktrees included" })
  override execute() {
    return this.show<Output<"locks">>(
      "locks",
      this.here ? here() : {},
      (all) => (all.leases.length + all.waiting.length === 0 ? "nothing is locked" : lockLines(all)),
      { repeatable: true }
    )
  }
}
