/** `sm complete` as the documentation knows it; `completion/complete.ts` does the work, unparsed. */
import { Option } from "clipanion"
import { complete } from "../completion/complete.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Complete extends SmCommand {
  static override paths = pathsOf("complete")
  static override usage = usageOf("complete", {
    details:
      "Called by the scripts of `sm completion` with the words up to the cursor, the first of which is `sm` itself. Prints one candidate a line, for zsh and fish with a description behind a tab; `:files` and `:directories` leave it to the shell. Says nothing, and exits 0, when there is nothing to say."
  })
  shell = Option.String({ name: "shell" })
  words = Option.Proxy({ name: "words" })
  override execute(): Promise<number> {
    return complete([this.shell, ...this.words])
  }
}
