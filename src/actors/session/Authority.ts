/** Pure: what a session answers to those who may not rule it. */
import { onlyParent } from "../../domain/Authority.ts"
import type { Sender } from "../../domain/Message.ts"
import { NotAllowed } from "./Session.ts"
import type { State } from "./State.ts"

/** Why `by` may not; none when it may. The broker's credential, not a payload's author, says who `by` is. */
export const forbidden = ({ id, name, spec }: State, by: Sender, verb: string): NotAllowed | undefined => {
  const no = onlyParent({ id, name, parentId: spec?.parentId ?? null }, by, verb)
  return no === undefined ? undefined : new NotAllowed(no)
}

/** The same of what a session may also do itself. */
export const forbiddenToOthers = (state: State, by: Sender, verb: string): NotAllowed | undefined =>
  by.id === state.id ? undefined : forbidden(state, by, verb)
