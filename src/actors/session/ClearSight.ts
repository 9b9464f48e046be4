/** Pure: when an agent's own command that clears its context may be typed, and what is seen of its effect. */
import type { Sight } from "./Sight.ts"

/** Ms for which an agent must look idle where only its screen says so: Codex takes no clear in the moment in which its turn ends. */
const SETTLED = 1000
/** Ms after which a clear that reports nothing has had its effect. */
const CLEARED = 1500

/** `age`: ms since it was taken up. */
export const mayClear = ({ structured }: Sight, age: number): boolean => structured || age >= SETTLED

/** `age`: ms since it was typed. */
export const clearSeen = ({ observation }: Sight, age: number): "done" | "refused" | "not yet" => {
  if (observation.activity !== "idle" || age <= CLEARED) return "not yet"
  return observation.refused === true ? "refused" : "done"
}
