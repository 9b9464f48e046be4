/** `sm handoff <file>`: an agent goes on in a fresh context from what it wrote down. */
import { statSync } from "node:fs"
import { resolve } from "node:path"
import { Option } from "clipanion"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import type { Card } from "../view/Sessions.ts"

export class Handoff extends SmCommand {
  static override paths = pathsOf("handoff")
  static override usage = usageOf("handoff", {
    details:
      "For the agent itself. When its turn is over its context is cleared, and it is told to read the file and to go on. It stays the same session: id, name, children and waiting messages.",
    examples: [["What is done, what is next, in a file of your own", "sm handoff notes/handoff.md"]]
  })
  file = Option.String({ name: "file" })
  override execute() {
    const file = resolve(this.file)
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isFile() !== true) {
      throw new Misuse(
        `<file> ${file} ${found === undefined ? "does not exist" : "is no file"}`,
        "write down what is done and what is next, then: sm handoff <that file>"
      )
    }
    return this.show<Card>(
      "handoff",
      { file },
      ({ id, name }) => `when this turn is over, ${name} (${id}) goes on in a fresh context from ${file}`
    )
  }
}
