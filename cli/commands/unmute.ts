/** `sm unmute <from> <to>`: what the loop guard has stopped goes on. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

interface Unmuted {
  readonly from: { readonly id: string; readonly name: string }
  readonly to: { readonly id: string; readonly name: string }
}

export class Unmute extends SmCommand {
  static override paths = pathsOf("unmute")
  static override usage = usageOf("unmute", {
    details:
      "When one agent has sent another more messages of one chain than `loopLimit` (12 unless config.yaml says otherwise) without a word from a person, its further messages there are parked, and you are told in `sm inbox`. This lets new ones pass and counts them from the start; what was parked stays so (`sm trace` shows it). For a person, and for the parent of either.",
    examples: [["Let ann write to ben again", "sm unmute ann ben"]]
  })
  from = Option.String({ name: "from" })
  to = Option.String({ name: "to" })
  override execute() {
    return this.show<Unmuted>(
      "unmute",
      { from: this.from, to: this.to },
      ({ from, to }) => `${from.name} (${from.id}) may write to ${to.name} (${to.id}) again`
    )
  }
}
