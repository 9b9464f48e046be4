/** Pure: what lies on the person's desk, and for how long. */
import type { MessageId } from "../../domain/Ids.ts"
import type { MessageStatus } from "../../domain/Message.ts"
import type { Move as Step } from "../Move.ts"
import { Out, publish, timer } from "../Out.ts"
import { Desk, type Item, type State } from "./Desk.ts"

export type Move = Step<State>

/** Read letters that are kept, and unread news of sm's own; letters of sessions stay until they are read. */
const KEPT = 500
/** Ids remembered of what is not kept. */
const REMEMBERED = 500

export const statusOf = ({ gone, items }: State, id: MessageId): MessageStatus | undefined => {
  const item = items.find((other) => other.id === id)
  if (item !== undefined) return item.readAt === null ? "accepted" : "submitted"
  return gone.find(([other]) => other === id)?.[1]
}

const hop = (id: MessageId, status: MessageStatus, evidence: string): Out =>
  publish({ _tag: "MessageMoved", id, to: "human", status, evidence })

/** Takes items off the desk. */
const dropped = (state: State, items: ReadonlyArray<Item>, status: (item: Item) => MessageStatus): State => ({
  items: state.items.filter((item) => !items.includes(item)),
  gone: [...state.gone, ...items.map((item) => [item.id, status(item)] as const)].slice(-REMEMBERED)
})

export const withdrawn = (state: State, item: Item, evidence: string): Move => ({
  state: dropped(state, [item], () => "withdrawn"),
  out: [hop(item.id, "withdrawn", evidence)]
})

export const read = (state: State, ids: ReadonlyArray<MessageId>, now: number, evidence: string): Move => {
  const fresh = state.items.filter((item) => item.readAt === null && ids.includes(item.id))
  return {
    state: { ...state, items: state.items.map((item) => (fresh.includes(item) ? { ...item, readAt: now } : item)) },
    out: fresh.map(({ id }) => hop(id, "submitted", evidence))
  }
}

const nextExpiry = ({ items }: State): number | undefined =>
  items.reduce<number | undefined>(
    (least, { expiresAt, readAt }) =>
      expiresAt === undefined || readAt !== null ? least : Math.min(least ?? Infinity, expiresAt),
    undefined
  )

/** Ends a move: what is too much or too late goes, and the next expiry is set. */
export const settled = (before: State, { out, state }: Move, now: number): Move => {
  const late = state.items.filter(
    ({ expiresAt, readAt }) => readAt === null && expiresAt !== undefined && expiresAt <= now
  )
  const left = dropped(state, late, () => "expired")
  const old = left.items.filter(({ readAt }) => readAt !== null).slice(0, -KEPT)
  const stale = left.items.filter(({ from, readAt }) => readAt === null && from.kind === "system").slice(0, -KEPT)
  const kept = dropped(left, [...old, ...stale], ({ readAt }) => (readAt === null ? "expired" : "submitted"))
  const due = nextExpiry(kept)
  return {
    state: kept,
    out: [
      ...out,
      ...late.map(({ id }) => hop(id, "expired", "its time to live ran out before the person read it")),
      ...stale.map(({ id }) => hop(id, "expired", `${KEPT} newer pieces of news wait unread`)),
      ...(due === undefined || due === nextExpiry(before) ? [] : [timer(Desk, "expiry", due, "Tick", {})])
    ]
  }
}
