/** Pure: a durable timer of the session that follows what is due. */
import { Out, timer } from "../Out.ts"
import { Session } from "./Session.ts"

/** Sets it, sets it anew or cancels it; nothing when the time has not changed. Unix ms. */
export const alarm = (name: string, before: number | undefined, after: number | undefined): ReadonlyArray<Out> => {
  if (before === after) return []
  return after === undefined
    ? [Out.cases.CancelTimer.make({ name })]
    : [timer(Session, name, after, "Woke", { timer: name, at: after })]
}
