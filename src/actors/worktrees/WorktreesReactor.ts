/** Makes the worktrees of this host follow the committed state, and reports what came of it. Restartable at any point. */
import { Clock, Effect } from "effect"
import { Roster } from "../../agents/Roster.ts"
import type { Broker } from "../../broker/Broker.ts"
import { Directory } from "../../broker/Directory.ts"
import { isLive } from "../../domain/Session.ts"
import { Git, type GitError } from "../../git/Git.ts"
import type { React, Self } from "../Behavior.ts"
import { lookAt } from "./Looking.ts"
import { refusal } from "./Reserving.ts"
import type { Entry, Worktrees } from "./Worktrees.ts"

export type Surroundings = Git | Directory | Roster | Broker

/** Of several repositories so many are worked on at once; each takes one after the other. */
const AT_ONCE = 3
/** What failed is tried again after this, ms. */
const AGAIN = 10_000

const wants = ({ sweep, worktree: { phase } }: Entry): boolean =>
  sweep !== null || phase === "adding" || phase === "restoring" || phase === "removing"

/** Sessions that live in it. */
const inhabitants = (host: string, path: string) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    return (yield* directory.all).filter(
      (card) =>
        card.host === host && isLive(card.state) && (card.workingDir === path || card.workingDir.startsWith(`${path}/`))
    )
  })

export const reactor = (
  self: Self<typeof Worktrees>
): Effect.Effect<React<typeof Worktrees, Surroundings>, never, Surroundings> =>
  Effect.gen(function* () {
    const git = yield* Git

    const make = Effect.fnUntraced(function* ({ begun, worktree }: Entry) {
      const { id, kept, path, phase } = worktree
      // What stands at its place now is not ours; what stands there later is.
      if (!begun && !(yield* git.occupied(path))) return self.report("Began", { id })
      if (phase === "adding") yield* git.add(worktree, { begun })
      else if (kept !== null) yield* git.bring(worktree, id, kept, { begun })
      self.report("Made", { id })
    })

    const remove = Effect.fnUntraced(function* ({ dropping, force, worktree }: Entry) {
      const { id, kept, path } = worktree
      if (dropping) return self.report((yield* git.drop(worktree, kept)) ? "Dropped" : "Changed", { id })
      const [inhabitant] = force ? [] : yield* inhabitants(self.address.host, path)
      if (inhabitant !== undefined) {
        const problem = `${inhabitant.name} (${inhabitant.id}) works in ${path}: sm kill ${inhabitant.name} first`
        return self.report("Refused", { id, problem })
      }
      const held = yield* refusal(worktree)
      if (held !== undefined) return self.report("Refused", { id, problem: held })
      self.report("Settled", { id, kept: yield* git.keep(worktree, yield* Clock.currentTimeMillis, force) })
    })

    /** Answers when it shall be tried again. */
    const stumbled = ({ dropping, sweep, worktree: { id, phase, problem } }: Entry, error: GitError) =>
      Effect.gen(function* () {
        const words = `${error.problem}; ${error.fix}`
        if (problem !== words) yield* Effect.logWarning(`worktree ${id}: ${words}`)
        if (phase === "adding" || phase === "restoring") self.report("Failed", { id, problem: words })
        else if (sweep === null && (!dropping || error.refused)) self.report("Refused", { id, problem: words })
        else {
          if (problem !== words) self.report("Stumbled", { id, problem: words })
          return AGAIN
        }
        return undefined
      })

    const carry = (entry: Entry): Effect.Effect<number | undefined, never, Surroundings> =>
      Effect.gen(function* () {
        const { sweep, worktree } = entry
        if (sweep !== null) {
          yield* git.forget(worktree.repo, worktree.id, sweep)
          self.report("Swept", { id: worktree.id })
        } else yield* worktree.phase === "removing" ? remove(entry) : make(entry)
        return undefined
      }).pipe(Effect.catchTag("GitError", (error) => stumbled(entry, error)))

    return (state) =>
      Effect.gen(function* () {
        const repositories = new Map<string, ReadonlyArray<Entry>>()
        for (const entry of state.entries.filter(wants)) {
          const { repo } = entry.worktree
          repositories.set(repo, [...(repositories.get(repo) ?? []), entry])
        }
        const work = Effect.forEach(repositories.values(), (entries) => Effect.forEach(entries, carry), {
          concurrency: AT_ONCE
        })
        const looking = Effect.forEach(state.turns, (turn) => lookAt(turn, self.report), { concurrency: AT_ONCE })
        const [times] = yield* Effect.all([work, looking], { concurrency: 2 })
        const again = times.flat().filter((time) => time !== undefined)
        return again.length === 0 ? undefined : Math.min(...again)
      })
  })
