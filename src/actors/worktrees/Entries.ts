/** Pure: the records of worktrees and how they move from phase to phase. */
import type { WorktreeId, Worktree, WorktreePhase } from "../../domain/Worktree.ts"
import { type Out, publish, tell } from "../Out.ts"
import { SWARM } from "../ActorSystem.ts"
import { Locks } from "../locks/Locks.ts"
import type { Move as Step } from "../Move.ts"
import { Monitor } from "../monitor/Monitor.ts"
import type { Entry, State } from "./Worktrees.ts"

export type Move = Step<State>

export const entryOf = ({ entries }: State, id: WorktreeId): Entry | undefined =>
  entries.find(({ worktree }) => worktree.id === id)

const moved = (worktree: Worktree): Out => publish({ _tag: "WorktreeMoved", id: worktree.id, worktree })

const causeOf = ({ id }: Worktree): string => `worktree ${id}`

/** What fails again and again is a person's business, until it does no more. */
const noted = (before: Entry | undefined, worktree: Worktree | null): ReadonlyArray<Out> => {
  const was = before?.worktree
  if (was !== undefined && was.problem !== null && (worktree === null || worktree.problem === null))
    return [tell(Monitor, was.host, was.host, "Over", { causes: causeOf(was), why: "it is done" })]
  if (worktree === null || worktree.problem === null || (was?.problem ?? null) !== null) return []
  const { branch, host, name, problem, session, sessionName, since } = worktree
  const text = `git does not get on with the worktree of ${branch} in ${name}: ${problem}`
  const cause = `${causeOf(worktree)} ${since}`
  const notice = {
    cause,
    kind: "worktree",
    severity: "problem",
    host,
    session,
    name: sessionName,
    text,
    at: since
  } as const
  return [tell(Monitor, host, host, "Saw", notice)]
}

/** What everyone may know has changed. */
export const put = (state: State, entry: Entry): Move => {
  const known = entryOf(state, entry.worktree.id)
  const entries =
    known === undefined ? [...state.entries, entry] : state.entries.map((other) => (other === known ? entry : other))
  const out = known?.worktree === entry.worktree ? [] : [moved(entry.worktree), ...noted(known, entry.worktree)]
  return { state: { ...state, entries }, out }
}

/** The same, and why what was asked for did not come about: that is told once, and true only then. */
export const putBack = (state: State, entry: Entry, problem: string): Move => ({
  state: put(state, entry).state,
  out: [moved({ ...entry.worktree, problem })]
})

/** Nothing is left to be remembered of it. */
export const erase = (state: State, entry: Entry, last: Partial<Worktree>): Move => ({
  state: { ...state, entries: state.entries.filter((other) => other !== entry) },
  out: [moved({ ...entry.worktree, ...last }), ...noted(entry, null)]
})

/** In another phase, as if nothing had begun. */
export const enter = (entry: Entry, phase: WorktreePhase, now: number, more: Partial<Worktree> = {}): Entry => ({
  ...entry,
  worktree: { ...entry.worktree, phase, since: now, problem: null, ...more },
  begun: false,
  dropping: false,
  restless: 0,
  force: false
})

/** Who holds a worktree while it is removed: nobody else may. */
export const remover = (id: WorktreeId) => ({
  _tag: "Guest" as const,
  id: `worktree ${id}`,
  name: "sm worktree remove"
})

/** It holds it no more. */
export const released = (id: WorktreeId, why: string): Out =>
  tell(Locks, SWARM, "main", "GuestOver", { id: remover(id).id, why })
