/** `sm trace <message>`: where a message has been. */
import { Option } from "clipanion"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { called, type Receiver } from "../view/Receiver.ts"
import { table } from "../view/Table.ts"

interface Traced {
  readonly id: string
  readonly from: { readonly name: string; readonly id?: string }
  readonly to: Receiver
  readonly holder: Receiver
  readonly mode: string
  readonly cause: { readonly id: string; readonly root: string; readonly hops: number } | null
  readonly text: string
  readonly status: string
  readonly hops: ReadonlyArray<{ readonly status: string; readonly at: number; readonly evidence: string }>
  readonly answer: string | null
}

const ordinal = (count: number): string => {
  const teen = count % 100 > 10 && count % 100 < 14
  return `${count}${teen ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th")}`
}

/** Where it stands in its chain. */
const chain = ({ hops, id, root }: NonNullable<Traced["cause"]>): string =>
  id === root ? `answers ${id}` : `answers ${id}, ${ordinal(hops)} hop of ${root}`

const lines = ({ answer, cause, from, holder, hops, id, mode, status, text, to }: Traced): string => {
  const start = hops[0]?.at ?? 0
  return [
    `${id}  ${from.name} → ${called(to)}${holder.id === to.id ? "" : `, with ${called(holder)}`}  ${mode}  ${status}`,
    ...(cause === null ? [] : [chain(cause)]),
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
      "The states are accepted, injected, submitted, answered; or parked, expired, dead, withdrawn. Submitted means that the agent itself confirmed it, or that the person has read it. A message to `@role` shows who had it. A message that an agent sent during a turn says what it answers, and which message began the chain.",
    examples: [["By the id that sm send printed", "sm trace m0mwu2gslo86pv1w"]]
  })
  message = Option.String({ name: "message" })
  override execute() {
    return this.show<Traced>("trace", { messageId: this.message }, lines, { repeatable: true })
  }
}
