/** Pure: a letter whose time runs out ends then, whatever its session is doing: a durable timer says when. */
import { Out, timer } from "../Out.ts"
import { Session } from "./Session.ts"
import type { State } from "./State.ts"

const NAME = "expiry"

/** When the first of the waiting letters runs out, Unix ms. */
const soonest = ({ queue }: State): number | undefined =>
  queue.reduce<number | undefined>(
    (least, { expiresAt }) => (expiresAt === undefined ? least : Math.min(least ?? Infinity, expiresAt)),
    undefined
  )

/** Sets the timer again: one that has fired is gone. */
export const rearmed = (state: State): ReadonlyArray<Out> => {
  const at = soonest(state)
  return at === undefined ? [] : [timer(Session, NAME, at, "Tick", {})]
}

/** Keeps the timer where the line wants it. */
export const awaited = (before: State, after: State): ReadonlyArray<Out> => {
  const at = soonest(after)
  if (at === soonest(before)) return []
  return at === undefined ? [Out.cases.CancelTimer.make({ name: NAME })] : rearmed(after)
}
