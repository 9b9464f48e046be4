/** Looks at the worktrees in which a turn has worked. */
import { Effect, Option } from "effect"
import { Roster } from "../../agents/Roster.ts"
import { Directory } from "../../broker/Directory.ts"
import { Git } from "../../git/Git.ts"
import type { Self } from "../Behavior.ts"
import { digestOf, SHOWN } from "./TurnEnd.ts"
import type { Turn, Worktrees } from "./Worktrees.ts"

/** Nobody needs to know so much that other work waits longer. */
const PATIENCE = "30 seconds"

/** Only an agent that says when its turn is over is one that can be talked to. */
const listens = (session: string) =>
  Effect.gen(function* () {
    const card = Option.getOrUndefined(yield* (yield* Directory).find(session))
    if (card === undefined) return false
    const adapter = Option.getOrUndefined(yield* (yield* Roster).find(card.provider))
    return adapter?.capabilities.turns === true
  })

const look = (root: string) =>
  Effect.gen(function* () {
    const { branch, changes } = yield* (yield* Git).look(root)
    const shown = changes.slice(0, SHOWN)
    return [{ root, branch, changes: shown, count: changes.length, digest: digestOf(branch, changes) }]
  }).pipe(
    Effect.timeoutOrElse({
      duration: PATIENCE,
      orElse: () => Effect.as(Effect.logWarning(`the end of a turn in ${root}: git does not answer`), [])
    }),
    // It may be gone, or be no repository any more: then there is nothing to say of it.
    Effect.catchTag("GitError", (error) =>
      Effect.as(Effect.logWarning(`the end of a turn in ${root}: ${error.message}`), [])
    )
  )

/** Reports Looked. */
export const lookAt = (turn: Turn, report: Self<typeof Worktrees>["report"]) =>
  Effect.gen(function* () {
    const git = yield* Git
    const roots = (yield* listens(turn.session)) ? yield* Effect.forEach(turn.directories, git.linked) : []
    const distinct = [...new Set(roots.filter((root) => root !== null))]
    report("Looked", { turn, looks: (yield* Effect.forEach(distinct, look)).flat() })
  })
