/** `sm context-monitor enable|disable|status [session]`: warnings before an agent's context is full. */
import { Option } from "clipanion"
import { Misuse } from "../Misuse.ts"
import { perhaps } from "../../src/domain/Near.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import type { Card } from "../view/Sessions.ts"
import { table } from "../view/Table.ts"

interface Watched extends Card {
  readonly monitor: { readonly warning: number; readonly critical: number; readonly notify: string | null } | null
}

const actions = ["enable", "disable", "status"]

const cellsOf = ({ context, id, monitor, name }: Watched): ReadonlyArray<string> => [
  id,
  name,
  context === null ? "" : `${Math.round(context.percent)}%`,
  monitor === null ? "off" : `${monitor.warning}%`,
  monitor === null ? "off" : `${monitor.critical}%`,
  monitor?.notify ?? ""
]

export class ContextMonitor extends SmCommand {
  static override paths = pathsOf("context-monitor")
  static override usage = usageOf("context-monitor", {
    details:
      "An agent may switch it for itself and for its children; a child's warnings then come to its parent as well. Each threshold warns once until the context is compacted or cleared; `policy.contextWarning` and `policy.contextCritical` of config.yaml set them.",
    examples: [
      ["For yourself", "sm context-monitor enable"],
      ["For a child", "sm context-monitor enable worker"],
      ["Who is watched", "sm context-monitor status"]
    ]
  })
  action = Option.String({ name: "action" })
  session = Option.String({ name: "session", required: false })
  override execute() {
    const { action, session } = this
    if (!actions.includes(action)) {
      throw new Misuse(
        `context-monitor knows enable, disable and status, not ${action}${perhaps(action, actions)}`,
        "sm help context-monitor"
      )
    }
    const whom = session === undefined ? {} : { session }
    if (action === "status") {
      return this.show<ReadonlyArray<Watched>>(
        "monitored",
        whom,
        (cards) =>
          cards.length === 0
            ? "nobody's context is watched: sm context-monitor enable <session>"
            : table(["ID", "NAME", "CONTEXT", "WARNING", "CRITICAL", "ALSO TOLD"], cards.map(cellsOf)),
        { repeatable: true }
      )
    }
    return this.show<Watched>("monitor", { ...whom, on: action === "enable" }, ({ id, monitor, name }) =>
      monitor === null
        ? `the context of ${name} (${id}) is not watched`
        : `the context of ${name} (${id}) is watched: a warning at ${monitor.warning}%, critical at ${monitor.critical}%${monitor.notify === null ? "" : `, told to ${monitor.notify} too`}`
    )
  }
}
