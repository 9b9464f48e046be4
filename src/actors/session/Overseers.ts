/** Pure: who is told what befalls a session. */
import type { Sender } from "../../domain/Message.ts"
import { SessionId } from "../../domain/Ids.ts"
import type { State } from "./State.ts"

/** The EM it is enrolled with and who had its context watched; with `parent`, and where there is neither, its parent. */
export const overseers = ({ enrolled, gauge, id, spec }: State, parent?: "parent"): ReadonlyArray<Sender> => {
  const asked = [enrolled?.by, gauge?.notify ?? undefined].filter((to) => to !== undefined)
  const parentId = spec?.parentId ?? null
  const known: ReadonlyArray<Sender> =
    asked.length > 0 || parent === undefined || parentId === null
      ? asked
      : [{ kind: "session", id: SessionId.make(parentId), name: parentId }]
  return known.filter((to, index) => to.id !== id && known.findIndex((other) => other.id === to.id) === index)
}
