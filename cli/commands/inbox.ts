/** `sm inbox`: messages to the person at the keyboard. */
import { Option } from "clipanion"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { ago } from "../view/Time.ts"

interface Letter {
  readonly id: string
  readonly from: { readonly name: string; readonly id?: string }
  readonly at: number
  readonly readAt: number | null
  readonly text: string
}
interface Lying {
  readonly unread: number
  readonly letters: ReadonlyArray<Letter>
  readonly left: number
}
interface Marked {
  readonly letters: ReadonlyArray<Letter>
  readonly read: number
  readonly unknown: ReadonlyArray<string>
}

const sheet = ({ at, from, id, readAt, text }: Letter): string => {
  const who = from.id === undefined || from.id === from.name ? from.name : `${from.name} (${from.id})`
  return [
    `${id}  ${who}  ${ago(at)} ago${readAt === null ? "" : `, read ${ago(readAt)} ago`}`,
    ...text.split("\n").map((line) => `  ${line}`)
  ].join("\n")
}

const listed = ({ left, letters, unread }: Lying): string =>
  [
    ...letters.map(sheet),
    left === 0 ? "" : `and ${left} more`,
    unread === 0 ? "nothing unread" : `${unread} unread; sm inbox --read <id> marks one as read, --read-all all`
  ]
    .filter((line) => line !== "")
    .join("\n")

const marked = ({ letters, read, unknown }: Marked): string =>
  [
    ...letters.map(sheet),
    ...unknown.map((id) => `${id} is not in the inbox`),
    read === 0 ? "nothing was unread" : `${read} read`
  ].join("\n")

export class Inbox extends SmCommand {
  static override paths = pathsOf("inbox")
  static override usage = usageOf("inbox", {
    details:
      "What agents sent to `human` (`sm send human`, or `@human`), and news of sm's own that need a person. Looking changes nothing; `--read` and `--read-all` mark messages as read, and their senders' `sm trace` then says submitted. The newest 500 that were read are kept. For a person only.",
    examples: [
      ["What is unread", "sm inbox"],
      ["Read one, whole", "sm inbox --read m0mwu2gslo86pv1w"],
      ["Everything is read", "sm inbox --read-all"]
    ]
  })
  all = Option.Boolean("--all,-a", false, { description: "what was read, too" })
  read = Option.Array("--read", { description: "show this message whole and mark it as read; may be given again" })
  readAll = Option.Boolean("--read-all", false, { description: "mark everything as read" })
  override execute() {
    const { all, read, readAll } = this
    if ([all, read !== undefined, readAll].filter(Boolean).length > 1)
      throw new Misuse("--all, --read and --read-all exclude each other", "sm inbox --all, or sm inbox --read <id>")
    if (readAll) return this.show<Marked>("markRead", {}, marked)
    if (read !== undefined) return this.show<Marked>("markRead", { ids: read }, marked)
    return this.show<Lying>("inbox", { all }, listed, { repeatable: true })
  }
}
