/** `sm send` as the help, the completions and the documentation know it; `hot/send.ts` does the work, mostly unparsed. */
import { Option } from "clipanion"
import { deliver } from "../hot/send.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Send extends SmCommand {
  static override paths = pathsOf("send")
  static override usage = usageOf("send", {
    details:
      "Waits for the agent to be idle, then types it. With `--urgent` the running turn is interrupted first. A session is a name, an id, the beginning of an id (4 or more digits), or `parent`. Text that begins with `-` stands behind `--`.",
    examples: [
      ["To a name", 'sm send reviewer "please look at src/"'],
      ["From standard input", "git diff | sm send reviewer -"],
      ["Wait for the answer", 'sm send reviewer "done?" --wait=answered --timeout 300'],
      ["A text that begins with -", "sm send reviewer -- --force is the option you want"]
    ]
  })
  session = Option.String({ name: "session" })
  text = Option.Rest({ name: "text" })
  urgent = Option.Boolean("--urgent", false, { description: "interrupt what it does" })
  file = Option.String("--file", { description: "read the text from a file (- is standard input)" })
  wait = Option.String("--wait", {
    tolerateBoolean: true,
    description: "until submitted (as it stands alone), or until --wait=answered"
  })
  timeout = Option.String("--timeout", { description: "seconds to wait, at most 3600; default 600" })
  ttl = Option.String("--ttl", { description: "seconds after which it must not be typed any more, at most 30 days" })
  messageId = Option.String("--message-id", {
    description: "your own id: a retry with the same id is the same message"
  })

  override execute(): Promise<number> {
    const { file, json, messageId, session: to, text: words, timeout, ttl, urgent, wait } = this
    return deliver({ to, words, json, urgent, wait, file, ttl, timeout, messageId })
  }
}
