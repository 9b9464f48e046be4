/** `sm send` as the help, the completions and the documentation know it; `hot/send.ts` does the work, mostly unparsed. */
import { Option } from "clipanion"
import { deliver } from "../hot/send.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Send extends SmCommand {
  static override paths = pathsOf("send")
  static override usage = usageOf("send", {
    details:
      "Waits for the agent to be idle, then types it; what waits by then goes in as one prompt, each message in its frame. `--important` goes ahead of what waits and is read between two tool calls where the agent lets it in, without interrupting; `--urgent` interrupts the running turn. A recipient is a name, an id, the beginning of an id (4 or more digits), `parent`, or `em` (the nearest of your ancestors that orchestrates, else the only one there is); `@engineer` is a work queue: one idle session of that role takes the message, and when it ends before it has answered, another; `human` is the person, who reads `sm inbox`; several are separated by commas, and when one of them is nobody nothing is sent. An agent is told how the turn that carried its message ended, unless it sends to its parent or says `--no-notify-on-stop`; a person, who has no mailbox, waits with `--wait`. A line that begins with a command of the agent's own (`/compact`), from a person or its parent, is typed bare and alone; from others it is a message like any other. Text that begins with `-` stands behind `--`. With `--wait`: exit code 0 when it came to that, 1 when it never will (parked, expired, dead, withdrawn; typed into a kind of agent that confirms nothing), 4 when the time is up; of several the worst.",
    examples: [
      ["To a name", 'sm send reviewer "please look at src/"'],
      ["To several", 'sm send ann,ben "rebase, please"'],
      ["To whoever of a role is free", 'sm send @engineer "fix #12, please"'],
      ["To the person", 'sm send human "which of the two do you want?"'],
      ["From standard input", "git diff | sm send reviewer -"],
      ["Only the newest of its kind", 'sm send em "3 of 7 files done" --key progress'],
      ["Wait for the answer", 'sm send reviewer "done?" --wait=answered --timeout 300'],
      ["A text that begins with -", "sm send reviewer -- --force is the option you want"]
    ]
  })
  session = Option.String({ name: "session" })
  text = Option.Rest({ name: "text" })
  urgent = Option.Boolean("--urgent", false, { description: "interrupt what it does" })
  important = Option.Boolean("--important", false, { description: "ahead of what waits, without interrupting" })
  sequential = Option.Boolean("--sequential", false, { description: "when it is idle, in order: the default" })
  key = Option.String("--key", { description: "a newer message of yours with this key takes its place while it waits" })
  notifyOnDelivery = Option.Boolean("--notify-on-delivery", false, {
    description: "an agent is told when the other has it"
  })
  notifyOnStop = Option.Boolean("--notify-on-stop", {
    description: "an agent is told how the turn that carried it ended (--no-notify-on-stop: not)"
  })
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
    const { session: to, text: words, ...wish } = this
    return deliver({ ...wish, to, words })
  }
}
