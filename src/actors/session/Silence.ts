/** Nothing is conclusive for ever: a session of which neither agent nor screen tells anything decays to `unknown`. */
import type { SessionPhase } from "../../domain/Session.ts"
import { enter, type Move, stay } from "./Move.ts"
import type { Report } from "./SessionReactor.ts"
import type { Sight } from "./Sight.ts"
import type { State } from "./State.ts"

/** What an agent is said to be in the middle of: it goes on telling of it. One at rest is silent, so there only its screen is asked. */
const TELLING: ReadonlySet<SessionPhase> = new Set(["starting", "working", "compacting"])
/** A question waits for a person, however long; of the others there is nothing to doubt. */
const RESTING: ReadonlySet<SessionPhase> = new Set(["idle", "human-composing"])

type Activity = Sight["observation"]["activity"]
const CLEAR: ReadonlySet<Activity> = new Set(["idle", "busy", "dialog"])

export interface Silence {
  /** Only a look can tell whether the silence means anything. */
  readonly needsSight: (state: State, now: number) => boolean
  readonly due: (state: State, now: number) => number | undefined
  /** Reports a silence that has lasted for `after` ms. `activity`: what the look shows; `unknown` where nobody can look. */
  readonly note: (state: State, activity: Activity, now: number) => void
}

const lastWord = ({ heard, since }: State): number => heard.reduce((last, { at }) => Math.max(last, at), since)

export const makeSilence = (report: Report, after: number): Silence => {
  /** When the screen, or the agent's own state file, told something last; since when it has told nothing. */
  let clearAt: number | undefined
  let unclearSince: number | undefined

  const silentSince = (state: State): number | undefined => {
    if (TELLING.has(state.phase)) return Math.max(lastWord(state), clearAt ?? 0)
    return RESTING.has(state.phase) && unclearSince !== undefined ? Math.max(lastWord(state), unclearSince) : undefined
  }
  const dueAt = (state: State): number | undefined => {
    const since = silentSince(state)
    return since === undefined ? undefined : since + after
  }

  return {
    needsSight: (state, now) => (dueAt(state) ?? Infinity) <= now,
    due: (state, now) => {
      const due = dueAt(state)
      return due === undefined ? undefined : Math.max(1, due - now)
    },
    note: (state, activity, now) => {
      // What was said while nobody looked may be on its way still.
      clearAt ??= now
      if (CLEAR.has(activity)) {
        clearAt = now
        unclearSince = undefined
        return
      }
      unclearSince ??= now
      const since = silentSince(state)
      if (since !== undefined && now - since >= after) report("Silent", { since })
    }
  }
}

const clock = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`

/** Unless it has been heard of meanwhile. */
export const unheard = (state: State, since: number, now: number): Move => {
  const decays = TELLING.has(state.phase) || RESTING.has(state.phase)
  if (!decays || lastWord(state) > since) return stay(state)
  return enter(state, "unknown", `no signal since ${clock(since)}, and its screen tells nothing`, now)
}
