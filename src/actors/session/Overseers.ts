/** Pure: who is told what befalls a session. */
import type { Sender } from "../../domain/Message.ts"
import type { State } from "./State.ts"

/** By its id alone, for more of it is not known here: on the session's own host. */
export const parentOf = (spec: State["spec"]): ReadonlyArray<Sender> => {
  const parentId = spec?.parentId ?? null
  return parentId === null ? [] : [{ kind: "session", id: parentId, name: parentId }]
}

/** The EM it is enrolled with and who had its context watched; with `parent`, and where there is neither, its parent. */
export const overseers = ({ enrolled, gauge, id, spec }: State, parent?: "parent"): ReadonlyArray<Sender> => {
  const asked = [enrolled?.by, gauge?.notify ?? undefined].filter((to) => to !== undefined)
  const known = asked.length > 0 || parent === undefined ? asked : parentOf(spec)
  return known.filter((to, index) => to.id !== id && known.findIndex((other) => other.id === to.id) === index)
}
