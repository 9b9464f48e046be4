/** `sm trace <message>`: where a message has been. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"

interface Traced {
  readonly id: string
  readonly from: { readonly name: string; readonly id?: string }
  readonly to: { readonly id: string; readonly name: string }
  readonly mode: string
  readonly text: string
  readonly status: string
  readonly hops: ReadonlyArray<{ readonly status: string; readonly at: number; readonly evidence: string }>
  readonly answer: string | null
}

const lines = ({ answer, from, hops, id, mode, status, text, to }: Traced): string => {
  const start = hops[0]?.at ?? 0
  return [
    `${id}  ${from.name} → ${to.name} (${to.id})  ${mode}  ${status}`,
    table(
      ["AFTER", "STATE", "EVIDENCE"],
      hops.map((hop) => [`${hop.at - start} ms`, hop.status, hop.evidence])
    ),
    `text: ${text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text}`,
    ...(answer === null || answer === "" ? [] : [`answer: ${answer.slice(0, 2000)}`])
  ].join("\n")
}

export class Trace extends SmCommand {
  static override paths = pathsOf("trace")
  static override usage = usageOf("trace", {
    details:
      "The states are accepted, injected, submitted, answered; or parked, expired, dead. Submitted means that the agent itself confirmed it.",
    examples: [["By the id that sm send printed", "sm trace m0mwu2gslo86pv1w"]]
  })
  message = Option.String({ name: "message" })
  override execute() {
    return this.show<Traced>("trace", { messageId: this.message }, lines, { repeatable: true })
  }
}
