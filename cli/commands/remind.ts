/** `sm remind <when> [text]`: words that come to a session later. */
import { Option } from "clipanion"
import { span } from "../../src/domain/Span.ts"
import { makeReminderId } from "../MakeId.ts"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"
import { moment } from "../view/Time.ts"
import { lengthOf, when } from "../When.ts"

interface Reminder {
  readonly id: string
  readonly due: number
  readonly every: number | null
  readonly text: string
}
interface Of {
  readonly session: { readonly id: string; readonly name: string }
}

const RIGHT = 'sm remind 5m "look at the build", sm remind at 17:00 "…", sm remind --every 10m "…"'

const comes = ({ due, every }: Reminder): string =>
  `${moment(due)}, in ${span(due - Date.now())}${every === null ? "" : `, then every ${span(every)}`}`

const rows = (reminders: ReadonlyArray<Reminder>): string =>
  table(
    ["ID", "WHEN", "IN", "EVERY", "TEXT"],
    reminders.map(({ due, every, id, text }) => [
      id,
      moment(due),
      span(due - Date.now()),
      every === null ? "" : span(every),
      text
    ])
  )

export class Remind extends SmCommand {
  static override paths = pathsOf("remind")
  static override usage = usageOf("remind", {
    details:
      "The text comes as an important message: after the current work, without interrupting it. A time is a number of seconds, a length like 5m, 1h30m or 2d, or `at` with a time of day, the next that comes. With `--every` it comes again and again, first after one such length; those that were missed come as one. What comes due while sm is down comes at its next start, marked late. Reminders stay when the context is cleared and end with the session. A session reminds itself and its children; a person any session, with `--to`.",
    examples: [
      ["In five minutes", 'sm remind 5m "look at the build"'],
      ["At a time of day", 'sm remind at 17:00 "write the report"'],
      ["Again and again", 'sm remind --every 10m "how do the children fare?"'],
      ["Which there are, and dropping one", "sm remind --list && sm remind --cancel r0k2x9qa"]
    ]
  })
  words = Option.Rest({ name: "when-and-text" })
  to = Option.String("--to", { description: "whom; default: yourself" })
  every = Option.String("--every", { description: "again after this long: 10m; a minute at least" })
  list = Option.Boolean("--list", false, { description: "what there is to come" })
  cancel = Option.Boolean("--cancel", false, { description: "drop the reminders of these ids" })
  all = Option.Boolean("--all", false, { description: "with --cancel: every one" })

  override execute(): Promise<number> {
    const words = [...this.words, ...this.context.afterDashes]
    const whom = this.to === undefined ? {} : { session: this.to }
    if (this.list) {
      this.#alone("--list", words, this.every !== undefined || this.cancel || this.all)
      return this.show<Of & { readonly reminders: ReadonlyArray<Reminder> }>(
        "reminders",
        whom,
        ({ reminders, session }) =>
          reminders.length === 0 ? `${session.name} will be reminded of nothing` : rows(reminders),
        { repeatable: true }
      )
    }
    if (this.cancel || this.all) return this.#drop(words, whom)
    return this.#set(words, whom)
  }

  #alone(option: string, words: ReadonlyArray<string>, more: boolean): void {
    if (words.length > 0 || more) throw new Misuse(`${option} stands alone`, `sm remind ${option}`)
  }

  #drop(ids: ReadonlyArray<string>, whom: object): Promise<number> {
    if (!this.cancel || this.every !== undefined || ids.length > 0 === this.all)
      throw new Misuse("--cancel takes ids, or --all", "sm remind --cancel r0k2x9qa, or sm remind --cancel --all")
    const odd = ids.find((id) => !/^r[0-9a-z]{7}$/u.test(id))
    if (odd !== undefined) throw new Misuse(`${odd} is no reminder's id`, "sm remind --list shows them")
    return this.show<Of & { readonly cancelled: ReadonlyArray<Reminder> }>(
      "cancelReminder",
      { ...whom, ...(this.all ? {} : { ids }) },
      ({ cancelled, session }) =>
        cancelled.length === 0 ? `${session.name} had no reminders` : `dropped:\n${rows(cancelled)}`
    )
  }

  #set(words: ReadonlyArray<string>, whom: object): Promise<number> {
    const now = Date.now()
    const found = when(words, now)
    const every = this.every === undefined ? undefined : lengthOf(this.every)
    if (this.every !== undefined && (every === undefined || every < 60_000))
      throw new Misuse(`--every is a length of time of a minute or more, not ${this.every}`, RIGHT)
    if (every !== undefined && found !== undefined)
      throw new Misuse("with --every the first comes after one such length, at no other time", RIGHT)
    if (every === undefined && found === undefined)
      throw new Misuse(
        words.length === 0 ? "say when" : `${words.slice(0, words[0] === "at" ? 2 : 1).join(" ")} is no time`,
        RIGHT
      )
    const text = (found?.rest ?? words).join(" ").trim()
    const input = {
      ...whom,
      at: found?.at ?? now + (every ?? 0),
      ...(every === undefined ? {} : { every }),
      text: text === "" ? "Reminder" : text,
      id: makeReminderId()
    }
    return this.show<Of & { readonly reminder: Reminder }>(
      "remind",
      input,
      ({ reminder, session }) => `${reminder.id}: ${session.name} will be reminded ${comes(reminder)}`,
      { repeatable: true }
    )
  }
}
