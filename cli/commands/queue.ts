/** `sm queue <session>`: a session's line, and what is on its way; looking changes nothing. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"
import { ago, until } from "../view/Time.ts"

interface Waiting {
  readonly id: string
  readonly from: { readonly name: string }
  readonly mode: string
  readonly kind: string
  readonly place: string
  readonly at: number
  readonly expiresAt: number | null
  readonly tries: number
  readonly key: string | null
  readonly text: string
}
interface Line {
  readonly name: string
  readonly state: string
  readonly messages: ReadonlyArray<Waiting>
}

const PLACES: Readonly<Record<string, string>> = { handed: "taken", flying: "typed", carried: "in its turn" }

const lines = ({ messages, name, state }: Line): string =>
  messages.length === 0
    ? `nothing waits for ${name} (${state})`
    : table(
        ["MESSAGE", "PLACE", "FROM", "MODE", "AGE", "TRIES", "KEY", "LEFT", "TEXT"],
        messages.map(({ at, expiresAt, from, id, key, mode, place, text, tries }) => [
          id,
          PLACES[place] ?? place,
          from.name,
          mode,
          ago(at),
          String(tries),
          key ?? "",
          expiresAt === null ? "" : until(expiresAt),
          text
        ])
      )

export class Queue extends SmCommand {
  static override paths = pathsOf("queue")
  static override usage = usageOf("queue", {
    details:
      "In the order in which they reach the agent: what its running turn carries, what is being typed or typed and not confirmed yet, and what waits. `sm unsend` takes a waiting one back. Of `@role`: what its sessions have taken, and what waits for one to be idle.",
    examples: [
      ["What waits for ann", "sm queue ann"],
      ["What waits for any of a role", "sm queue @engineer"]
    ]
  })
  session = Option.String({ name: "session" })
  override execute() {
    return this.show<Line>("queue", { session: this.session }, lines, { repeatable: true })
  }
}
