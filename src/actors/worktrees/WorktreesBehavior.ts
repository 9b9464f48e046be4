/** How the worktrees' actor answers its mail: pure moves; its reactor carries them out. */
import { Effect } from "effect"
import type { Worktree, WorktreeId } from "../../domain/Worktree.ts"
import type { Behavior, Mail } from "../Behavior.ts"
import { NotNow } from "../session/Session.ts"
import { stay } from "../Move.ts"
import { enter, type Move, entryOf, erase, put, putBack, released } from "./Entries.ts"
import { tellTurn } from "./TurnEnd.ts"
import { type Entry, type State, Worktrees } from "./Worktrees.ts"
import { reactor, type Surroundings } from "./WorktreesReactor.ts"

/** So often the files of one may change while they are kept. */
const RESTLESS = 3
/** Most turns that wait to be looked at; the newest count. */
const WAITING = 100

const called = ({ branch, name }: Worktree): string => `the worktree of ${branch} in ${name}`

const BUSY: Partial<Record<Worktree["phase"], string>> = {
  adding: "is being made",
  removing: "is being removed",
  restoring: "is being brought back"
}

/** Of a worktree that must be known and at rest. */
const atRest = (state: State, id: WorktreeId) =>
  Effect.gen(function* () {
    const entry = entryOf(state, id)
    if (entry === undefined)
      return yield* new NotNow({ reason: `there is no worktree ${id}`, hint: "sm worktree list shows them" })
    const busy = BUSY[entry.worktree.phase]
    if (busy !== undefined || entry.sweep !== null)
      return yield* new NotNow({
        reason: `${called(entry.worktree)} ${busy ?? "is being tidied up"}`,
        hint: "sm worktree list shows when it is done"
      })
    return entry
  })

/** A report on a worktree in one of these phases; of any other it is late. */
const report =
  <P extends { readonly id: WorktreeId }>(
    phases: ReadonlyArray<Worktree["phase"]>,
    step: (payload: P, entry: Entry, state: State, mail: Mail) => Move
  ) =>
  (payload: P, state: State, mail: Mail) =>
    Effect.sync(() => {
      const entry = entryOf(state, payload.id)
      const late = entry === undefined || !phases.includes(entry.worktree.phase)
      const { out, state: after } = late ? stay(state) : step(payload, entry, state, mail)
      return { state: after, reply: null, out }
    })

const untroubled = (worktree: Worktree): Worktree =>
  worktree.problem === null ? worktree : { ...worktree, problem: null }

/** It is not removed, and whoever asked is told why. */
const stays = (state: State, entry: Entry, problem: string, now: number): Move => {
  const { id, kept } = entry.worktree
  const move = putBack(state, { ...enter(entry, "ready", now, { kept: null }), sweep: kept }, problem)
  return { state: move.state, out: [...move.out, released(id, "it stays")] }
}

const answering = ({ out, state }: Move, { worktree }: Entry) => ({ state, reply: worktree, out })

export const behavior: Behavior<typeof Worktrees, Surroundings> = {
  initial: () => ({ entries: [], turns: [], told: [] }),
  reactor,
  handlers: {
    Add: (order, state, { now }) =>
      Effect.gen(function* () {
        const known = entryOf(state, order.id)
        if (known !== undefined) return { state, reply: known.worktree }
        const same = state.entries.find(
          ({ worktree: { branch, path, phase, repo } }) =>
            phase !== "kept" && (path === order.path || (repo === order.repo && branch === order.branch))
        )
        if (same !== undefined)
          return yield* new NotNow({
            reason: `${called(same.worktree)} is there already (for ${same.worktree.sessionName}): ${same.worktree.path}`,
            hint: `another branch, or --cwd ${same.worktree.path}`
          })
        const entry: Entry = {
          worktree: { ...order, phase: "adding", kept: null, problem: null, createdAt: now, since: now },
          begun: false,
          dropping: false,
          restless: 0,
          force: false,
          sweep: null
        }
        return answering(put(state, entry), entry)
      }),
    Remove: ({ force, id }, state, { now }) =>
      Effect.gen(function* () {
        const entry = yield* atRest(state, id)
        const { kept, phase } = entry.worktree
        if (phase === "kept" && !force)
          return yield* new NotNow({
            reason: `${called(entry.worktree)} is removed already, and its work is kept`,
            hint: `sm worktree restore ${id} brings it back; --force forgets it for good`
          })
        if (phase === "kept" && kept !== null) {
          const swept = { ...entry, sweep: kept }
          return answering(put(state, swept), swept)
        }
        const next = { ...enter(entry, "removing", now), force }
        return answering(put(state, next), next)
      }),
    Restore: ({ branch, id }, state, { now }) =>
      Effect.gen(function* () {
        const entry = yield* atRest(state, id)
        if (entry.worktree.kept === null || entry.worktree.phase !== "kept")
          return yield* new NotNow({
            reason: `${called(entry.worktree)} is there: ${entry.worktree.path}`,
            hint: `sm spawn … --cwd ${entry.worktree.path} works in it`
          })
        const on = branch ?? entry.worktree.kept.branch
        const next = enter(entry, "restoring", now, {
          kept: { ...entry.worktree.kept, branch: on },
          ...(on === null || on === entry.worktree.branch ? {} : { branch: on, made: false })
        })
        return answering(put(state, next), next)
      }),
    Describe: (_, state) => Effect.sync(() => ({ state, reply: state.entries.map(({ worktree }) => worktree) })),
    TurnOver: (turn, state) =>
      Effect.sync(() => {
        const others = state.turns.filter(({ session }) => session !== turn.session)
        return { state: { ...state, turns: [...others, turn].slice(-WAITING) }, reply: null }
      }),

    Began: report(["adding", "restoring"], (_, entry, state) => put(state, { ...entry, begun: true })),
    Made: report(["adding", "restoring"], (_, entry, state, { now }) => {
      // What was kept has been brought back.
      const { kept } = entry.worktree
      return put(state, { ...enter(entry, "ready", now, { kept: null }), sweep: kept })
    }),
    Failed: report(["adding", "restoring"], ({ problem }, entry, state, { now }) =>
      entry.worktree.phase === "adding"
        ? erase(state, entry, { phase: "failed", problem, since: now })
        : putBack(state, enter(entry, "kept", now), problem)
    ),
    Settled: report(["removing"], ({ kept }, entry, state) =>
      put(state, { ...entry, dropping: true, worktree: { ...entry.worktree, kept } })
    ),
    Refused: report(["removing"], ({ problem }, entry, state, { now }) => stays(state, entry, problem, now)),
    Changed: report(["removing"], (_, entry, state, { now }) =>
      entry.restless < RESTLESS
        ? put(state, { ...entry, dropping: false, restless: entry.restless + 1 })
        : stays(state, entry, `files in ${entry.worktree.path} change all the while: end what writes there`, now)
    ),
    Dropped: report(["removing"], ({ id }, entry, state, { now }) => {
      const { kept } = entry.worktree
      const move =
        kept === null
          ? erase(state, entry, { phase: "gone", problem: null, since: now })
          : put(state, enter(entry, "kept", now))
      return { state: move.state, out: [...move.out, released(id, "it is removed")] }
    }),
    Stumbled: report(["removing", "ready", "kept"], ({ problem }, entry, state) =>
      put(state, { ...entry, worktree: { ...entry.worktree, problem } })
    ),
    Swept: report(["ready", "kept"], (_, entry, state, { now }) =>
      entry.worktree.phase === "kept"
        ? erase(state, entry, { phase: "gone", problem: null, since: now })
        : put(state, { ...entry, sweep: null, worktree: untroubled(entry.worktree) })
    ),
    Looked: ({ looks, turn }, state, { key }) =>
      Effect.sync(() => {
        const turns = state.turns.filter((other) => other.session !== turn.session || other.at !== turn.at)
        const told = tellTurn({ ...state, turns }, key, turn, looks)
        return { state: told.state, reply: null, out: told.out }
      })
  }
}
