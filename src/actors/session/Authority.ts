/** Pure: who may do what to a session. A person may do everything; a session only what concerns its own children. */
import type { Sender } from "../../domain/Message.ts"
import { NotAllowed } from "./Session.ts"
import type { State } from "./State.ts"

/** Why `by` may not; none when it may. The broker's credential, not a payload's author, says who `by` is. */
export const forbidden = (state: State, by: Sender, verb: string): NotAllowed | undefined => {
  if (by.kind !== "session") return undefined
  const parent = state.spec?.parentId ?? null
  if (parent !== null && by.id === parent) return undefined
  return new NotAllowed({
    reason: `only the parent of ${state.name} (${state.id}) may ${verb} it`,
    hint: parent === null ? "it has no parent: ask the person at the keyboard" : `ask session ${parent}`
  })
}
