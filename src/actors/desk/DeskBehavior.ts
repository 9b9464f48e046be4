/** How the person's desk answers its mail. */
import { Effect } from "effect"
import type { Behavior, Mail } from "../Behavior.ts"
import { newsId } from "../NoticeId.ts"
import { Out, publish } from "../Out.ts"
import { ownLetter } from "../OwnLetter.ts"
import { type Letter, replaces } from "../../domain/Letter.ts"
import { NotAllowed, NotNow } from "../session/Session.ts"
import { Desk, type State } from "./Desk.ts"
import { type Move, read, settled, statusOf, withdrawn } from "./Keeping.ts"

/** Most letters that may lie unread: each commit writes them all. */
const FULL = 1000

type Given = Pick<Letter, "id" | "from" | "at" | "bytes" | "expiresAt" | "cause" | "mode" | "key">

const put = (state: State, { at, bytes, cause, expiresAt, from, id, key, mode }: Given): Move => {
  if (statusOf(state, id) !== undefined) return { state, out: [] }
  const limits = { ...(expiresAt === undefined ? {} : { expiresAt }), ...(key === undefined ? {} : { key }) }
  const item = { id, from, at, bytes, readAt: null, ...limits }
  const fact = { _tag: "MessageAccepted", id, to: "human", from, mode, bytes } as const
  const last: Move = {
    state: { ...state, items: [...state.items, item] },
    out: [publish(cause === undefined ? fact : { ...fact, cause })]
  }
  return state.items
    .filter((other) => other.readAt === null && replaces(item, other))
    .reduce((move, other) => {
      const next = withdrawn(move.state, other, `${id} of the same sender, key ${key}, took its place`)
      return { state: next.state, out: [...move.out, ...next.out] }
    }, last)
}

const unreadIn = ({ items }: State): number => items.filter(({ readAt }) => readAt === null).length

const ending = <A>(before: State, move: Move, mail: Mail, reply: (state: State) => A) => {
  const { out, state } = settled(before, move, mail.now)
  return { state, reply: reply(state), out }
}

export const behavior: Behavior<typeof Desk> = {
  initial: () => ({ items: [], gone: [] }),
  handlers: {
    Accept: (letter, state, mail) =>
      Effect.gen(function* () {
        const unread = unreadIn(state)
        if (unread >= FULL && statusOf(state, letter.id) === undefined) {
          return yield* new NotNow({
            reason: `${unread} messages lie unread before the person already`,
            hint: "wait until some are read; sm unsend takes one back"
          })
        }
        return ending(state, put(state, letter), mail, (after) => ({
          state: statusOf(after, letter.id) ?? ("accepted" as const),
          unread: unreadIn(after)
        }))
      }),
    News: ({ about, at, text }, state, mail) =>
      Effect.sync(() => {
        const id = newsId(at, about)
        const { out, state: after } = put(state, ownLetter({ id, at }, text))
        const texts = out.length === 0 ? [] : [Out.cases.Text.make({ key: id, text })]
        return ending(state, { state: after, out: [...texts, ...out] }, mail, () => null)
      }),
    Read: ({ how, ids }, state, mail) =>
      Effect.sync(() => {
        const known = state.items.filter(({ id, readAt }) => (ids === null ? readAt === null : ids.includes(id)))
        const found = known.map(({ id }) => id)
        const move = read(state, found, mail.now, `read by the person (${how})`)
        const unknown = (ids ?? []).filter((id) => !found.includes(id))
        const shown = move.state.items.filter(({ id }) => found.includes(id))
        return ending(state, move, mail, () => ({ read: shown, unknown }))
      }),
    Unsend: ({ by, id }, state, mail) =>
      Effect.gen(function* () {
        const item = state.items.find((other) => other.id === id && other.readAt === null)
        if (item === undefined) {
          return yield* new NotNow({
            reason: `${id} does not lie unread before the person any more: it is ${statusOf(state, id) ?? "not here"}`,
            hint: `sm trace ${id}`
          })
        }
        if (by.kind === "session" && item.from.id !== by.id) {
          return yield* new NotAllowed({
            reason: `only ${item.from.name}, who sent ${id}, may take it back`,
            hint: "or a person at a shell"
          })
        }
        return ending(state, withdrawn(state, item, `taken back by ${by.name}`), mail, () => null)
      }),
    Describe: (_, state) => Effect.sync(() => ({ state, reply: state.items })),
    Tick: (_, state, mail) => Effect.sync(() => ending(state, { state, out: [] }, mail, () => null))
  }
}
