/** `inbox` and `markRead`: what lies before the person. */
import { Effect, Option } from "effect"
import type { Item } from "../actors/desk/Desk.ts"
import { Broker } from "../broker/Broker.ts"
import { desk } from "./Handing.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import type { InboxItem } from "./PersonApi.ts"

/** Most that one list shows, and characters of each text; reading one alone shows it whole. */
const MOST = 100
const FIRST = 2000

const withText = (item: Item, length: number) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const text = Option.getOrElse(yield* broker.getText(item.id), () => "(no longer stored)")
    const { at, from, id, readAt } = item
    const cut = text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text
    return { id, from, at, readAt, text: cut } satisfies typeof InboxItem.Type
  })

const texts = (items: ReadonlyArray<Item>, length: number) =>
  Effect.forEach(items, (item) => withText(item, length), { concurrency: 10 })

/** What is unread, oldest first; `all`: then what was read, newest first. */
export const inbox = ({ all }: Input<"inbox">) =>
  Effect.gen(function* () {
    const items = yield* desk.ask("Describe", {})
    const unread = items.filter(({ readAt }) => readAt === null)
    const read = all === true ? items.filter(({ readAt }) => readAt !== null).toReversed() : []
    const listed = [...unread, ...read]
    const letters = yield* texts(listed.slice(0, MOST), FIRST)
    return { unread: unread.length, letters, left: listed.length - letters.length } satisfies Output<"inbox">
  })

export const markRead = ({ ids }: Input<"markRead">) =>
  Effect.gen(function* () {
    const how = ids === undefined ? "sm inbox --read-all" : "sm inbox --read"
    const { read, unknown } = yield* desk.ask("Read", { ids: ids ?? null, how })
    if (read.length === 0 && unknown.length > 0) {
      return yield* new Refusal({
        code: "not-found",
        message: `there is no message ${unknown.join(", ")} in the inbox`,
        hint: "sm inbox --all shows them"
      })
    }
    const letters = yield* texts(read.slice(0, MOST), read.length > 1 ? FIRST : Infinity)
    return { letters, read: read.length, unknown } satisfies Output<"markRead">
  })
