/** Pure: whoever works in a git worktree is asked at the end of a turn what shall become of uncommitted work there. */
import { tell } from "../Out.ts"
import { Worktrees } from "../worktrees/Worktrees.ts"
import { idOf, stay } from "./Move.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

/** Where it works, and where it has written in this turn. */
const places = ({ host, leasing, spec }: State): ReadonlyArray<string> => {
  const written = leasing.held.filter((lease) => lease.host === host).map(({ workspace }) => workspace)
  return [...new Set([...(spec?.worktree === undefined ? [] : [spec.worktree]), ...written])]
}

/** Back from work of whatever kind; a person's half-typed line is none. */
const rested = (before: State, after: State): boolean =>
  after.phase === "idle" &&
  before.phase !== "idle" &&
  before.phase !== "starting" &&
  before.phase !== "human-composing" &&
  before.phase !== "crashed" &&
  before.phase !== "stopped"

/** The worktrees' actor looks; the session says only that its turn is over, and where. */
export const workLeft: Reflex = (before, after, now) => {
  const directories = rested(before, after) ? places(before) : []
  if (directories.length === 0) return stay(after)
  const turn = { session: idOf(after), epoch: after.epoch, directories, at: now }
  return { state: after, out: [tell(Worktrees, after.host, after.host, "TurnOver", turn)] }
}
