/** Verbs about git worktrees that sm has made. */
import { Schema } from "effect"
import { Worktree } from "../../domain/Worktree.ts"
import { verb } from "../Verb.ts"

/** By its id, its branch, its path, or the name of the session it is for. */
const Which = Schema.NonEmptyString

const WorktreeView = Schema.Struct({
  ...Worktree.fields,
  /** Name of a session that lives in it. */
  living: Schema.NullOr(Schema.String),
  /** Files with uncommitted changes; none: not asked for, or it cannot be told. */
  changes: Schema.NullOr(Schema.Int)
})

export const worktreeVerbs = {
  worktrees: verb(
    "The git worktrees of this host, and what is kept of those that are gone.",
    Schema.Struct({
      /** Count what is uncommitted in each. */
      changes: Schema.optionalKey(Schema.Boolean)
    }),
    Schema.Array(WorktreeView)
  ),
  removeWorktree: verb(
    "Remove a worktree in which nobody works; what it has and nothing else has is kept. Of one that is gone: forget what is kept.",
    Schema.Struct({ worktree: Which, force: Schema.optionalKey(Schema.Boolean) }),
    Worktree
  ),
  restoreWorktree: verb(
    "Bring a removed worktree back, with its uncommitted files.",
    Schema.Struct({ worktree: Which, branch: Schema.optionalKey(Schema.NonEmptyString) }),
    Worktree
  )
} as const
