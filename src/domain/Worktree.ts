/** A git worktree that sm has made for an agent, and what is kept of one that is gone. */
import { Effect, Random, Schema } from "effect"
import { HostId, SessionId } from "./Ids.ts"

/** `w` and seven base-36 digits; whoever asks makes it, so that a retry is the same worktree. */
export const WorktreeId = Schema.String.check(Schema.isPattern(/^w[0-9a-z]{7}$/u)).pipe(Schema.brand("WorktreeId"))
export type WorktreeId = typeof WorktreeId.Type

export const makeWorktreeId: Effect.Effect<WorktreeId> = Effect.map(Random.nextIntBetween(0, 36 ** 7), (value) =>
  WorktreeId.make(`w${value.toString(36).padStart(7, "0")}`)
)

/** A commit's or a tree's name. */
const Sha = Schema.String.check(Schema.isPattern(/^[0-9a-f]{40}([0-9a-f]{24})?$/u))

/** Where a worktree is to be, and from what it is made. */
export const Site = Schema.Struct({
  /** The directory that all worktrees of the repository share: `/home/me/api/.git`. */
  repo: Schema.NonEmptyString,
  /** What people call the repository: `api`. */
  name: Schema.NonEmptyString,
  /** Absolute. */
  path: Schema.NonEmptyString,
  branch: Schema.NonEmptyString,
  /** The commit it begins with. */
  base: Sha,
  /** The branch is made with it, following this one of a remote, if that has it. */
  made: Schema.Boolean,
  follows: Schema.NullOr(Schema.String)
})
export type Site = typeof Site.Type

/** What a removed worktree had that is nowhere else: a bundle of its commits and of its uncommitted files. */
export const Kept = Schema.Struct({
  bundle: Schema.NonEmptyString,
  bytes: Schema.Int,
  /** None: its HEAD was on no branch. */
  branch: Schema.NullOr(Schema.String),
  head: Sha,
  /** A commit of the uncommitted files, untracked ones included, and its tree; none: there were none. */
  work: Schema.NullOr(Schema.Struct({ commit: Sha, tree: Sha, index: Schema.NullOr(Sha) })),
  /** Unix ms. */
  at: Schema.Finite
})
export type Kept = typeof Kept.Type

/**
 * adding, restoring: being made. ready: it is there. removing: what it has is being kept, then it goes. kept: it is gone, and
 * its work lies in a bundle. Only told: failed, it could not be made; gone, and nothing of it had to be kept.
 */
export const WorktreePhase = Schema.Literals(["adding", "ready", "removing", "kept", "restoring", "failed", "gone"])
export type WorktreePhase = typeof WorktreePhase.Type

export const Worktree = Schema.Struct({
  id: WorktreeId,
  host: HostId,
  ...Site.fields,
  /** Whom it is for. */
  session: SessionId,
  sessionName: Schema.String,
  phase: WorktreePhase,
  kept: Schema.NullOr(Kept),
  /** What is tried again and again, and why it fails; when told, why it did not come about. */
  problem: Schema.NullOr(Schema.String),
  createdAt: Schema.Finite,
  /** When its phase last changed, Unix ms. */
  since: Schema.Finite
})
export type Worktree = typeof Worktree.Type
