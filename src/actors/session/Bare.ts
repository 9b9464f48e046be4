/** Decides that an agent has ended inside its wrapper and left a shell: a wrapper is a shell too while it starts its agent. */
import type { SessionPhase } from "../../domain/Session.ts"
import type { Sight } from "./Sight.ts"
import type { Death } from "./Vigilance.ts"

/** Ms for which that must be so; while an agent starts, its wrapper may have a lot to do first. */
const PATIENCE = 1000
const STARTING = 15_000
/** Ms between two looks. */
const LOOK = 250

export type Verdict = { readonly wait: number } | { readonly reason: string; readonly death: Death }

/** None: it is not so. While it may be so, nothing is typed. */
export const makeBare = (): ((sight: Sight, phase: SessionPhase, now: number) => Verdict | undefined) => {
  let since: number | undefined
  return ({ bare, observation }, phase, now) => {
    if (!bare) {
      since = undefined
      return undefined
    }
    since ??= now
    if (now - since < (phase === "starting" ? STARTING : PATIENCE)) return { wait: LOOK }
    since = undefined
    const farewell = observation.activity === "exited"
    return { reason: "the agent ended and left a shell in its pane", death: farewell ? "ended" : "crashed" }
  }
}
