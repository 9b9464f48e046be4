/** Pure: what is seen of an agent, where its own words leave room for it. */
import { andThen, enter, idOf, type Move, stay, tellWorld } from "./Move.ts"
import type { State } from "./State.ts"
import { ends, over } from "./Turns.ts"

/**
 * What the reactor saw, with hooks outranking it: a screen may end `starting`, a dialog, a person's draft and an
 * interrupted turn, and it may show a dialog or a draft; the reactor reports `idle` of a working agent only when the
 * agent's own state file says so or the screen has said so for a while.
 */
export const observed = (
  state: State,
  activity: "starting" | "idle" | "busy" | "dialog" | "composing",
  detail: string,
  now: number
): Move => {
  if (state.phase === "stopped" || state.phase === "crashed") return stay(state)
  switch (activity) {
    case "starting":
      return stay(state)
    case "dialog":
      return andThen(enter(state, "waiting-permission", detail.slice(0, 500), now), (next) =>
        state.phase === "waiting-permission"
          ? stay(next)
          : tellWorld(next, { _tag: "PermissionAsked", id: idOf(next), question: detail.slice(0, 2000) })
      )
    case "composing":
      return state.phase === "idle" ? enter(state, "human-composing", detail, now) : stay(state)
    case "busy":
      return state.phase === "compacting" ? stay(state) : enter(state, "working", detail, now)
    case "idle":
      if (state.phase === "idle") return stay(state)
      if (state.carried.length > 0) {
        const why = detail || "the agent is idle again without having ended the turn"
        return ends(state, null, why.slice(0, 500), now)
      }
      return enter({ ...over(state), interrupting: null }, "idle", "", now)
  }
}
