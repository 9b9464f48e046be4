/** `sm notices`: what a person should know now. */
import { Option } from "clipanion"
import type { Output } from "../../src/gateway/Api.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"
import { ago } from "../view/Time.ts"

type Open = Output<"notices">

const shown = ({ notices, silent }: Open): string =>
  [
    notices.length === 0
      ? "nothing to tell"
      : table(
          ["SEVERITY", "SINCE", "NOTICE"],
          notices.map(({ at, severity, text }) => [severity, `${ago(at)} ago`, text])
        ),
    ...silent.map((host) => `${host} does not answer: what it has to tell is missing`)
  ].join("\n")

export class Notices extends SmCommand {
  static override paths = pathsOf("notices")
  static override usage = usageOf("notices", {
    details:
      "What is so now and not over, of every host, the most severe first: an agent that is idle, asks, failed, hangs, crashed or is not heard of, a full context, a usage limit. `critical`: work stands still or may be lost; `problem`: something failed; `attention`: somebody waits for a person; `info`: nothing need be done. From `attention` on each also lies in `sm inbox`, until it is read. What is dismissed is not told again while it is so. docs/monitor.md has all of them, and when they are over.",
    examples: [
      ["What needs me", "sm notices"],
      ["Of one session, for a program", "sm notices reviewer --json"],
      ["I know", "sm notices --dismiss"]
    ]
  })
  session = Option.String({ name: "session", required: false })
  dismiss = Option.Boolean("--dismiss", false, { description: "I have seen these: they are over. For a person only" })
  override execute() {
    const which = this.session === undefined ? {} : { session: this.session }
    return this.dismiss
      ? this.show<Open>("dismissNotices", which, (seen) => `${shown(seen)}\n${seen.notices.length} dismissed`)
      : this.show<Open>("notices", which, shown, { repeatable: true })
  }
}
