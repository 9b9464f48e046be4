/** `me` and `status` for the help texts: the hot path runs them. */
import { Command, UsageError } from "clipanion"
import { SmCommand } from "../SmCommand.ts"

export class Me extends SmCommand {
  static override paths = [["me"]]
  static override usage = Command.Usage({ category: "Seeing", description: "your own session" })
  async run(): Promise<number> {
    throw new UsageError("sm me [--json]")
  }
}

export class Status extends SmCommand {
  static override paths = [["status"]]
  static override usage = Command.Usage({
    category: "Seeing",
    description: "who you are, and who else works in this directory"
  })
  async run(): Promise<number> {
    throw new UsageError("sm status [--json]")
  }
}
