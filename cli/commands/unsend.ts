/** `sm unsend <message>`: takes it back while it waits. */
import { Option } from "clipanion"
import { called, type Receiver } from "../view/Receiver.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

interface Withdrawn {
  readonly messageId: string
  readonly to: Receiver
}

export class Unsend extends SmCommand {
  static override paths = pathsOf("unsend")
  static override usage = usageOf("unsend", {
    details:
      "Whoever sent it may, and a person. Once it is typed it is too late: this says so and where the message is. The sender of a message that a person took back is told.",
    examples: [["By the id that sm send printed", "sm unsend m0mwu2gslo86pv1w"]]
  })
  message = Option.String({ name: "message" })
  override execute() {
    return this.show<Withdrawn>(
      "unsend",
      { messageId: this.message },
      ({ messageId, to }) => `${messageId} to ${called(to)} is withdrawn`,
      { repeatable: true }
    )
  }
}
