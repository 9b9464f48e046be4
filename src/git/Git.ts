/** The port to git: what sm does with worktrees, each step bounded, and safe to do again after it was cut short. */
import { Context, type Effect, Schema } from "effect"
import type { Kept, Site } from "../domain/Worktree.ts"

/** One sentence, and what to do. `refused`: as it stands git must not do it; else it could not. */
export class GitError extends Schema.TaggedError<GitError>()("GitError", {
  problem: Schema.String,
  fix: Schema.String,
  refused: Schema.Boolean
}) {
  override get message() {
    return this.problem
  }
}

/** What there is to say about a worktree's files. */
export interface Look {
  /** Root of the worktree, real path. */
  readonly root: string
  /** None: HEAD is on no branch. */
  readonly branch: string | null
  /** Lines of `git status`, two letters and a path. */
  readonly changes: ReadonlyArray<string>
}

/** A worktree that is to go. */
export type Leaving = Pick<Site, "repo" | "path" | "branch" | "made"> & { readonly id: string }

/** A worktree that is to come; `begun`: by an earlier process perhaps, so that what is there half done is made anew. */
export interface Coming {
  readonly begun: boolean
}

export class Git extends Context.Service<
  Git,
  {
    /** Where a worktree for this branch would be, seen from a directory of the repository. Changes nothing. */
    readonly survey: (directory: string, branch: string) => Effect.Effect<Site & { readonly below: string }, GitError>
    /** The root of the linked worktree that a directory is in; none: the main one, or no repository. Never fails. */
    readonly linked: (directory: string) => Effect.Effect<string | null>
    /** None: nothing is there. */
    readonly occupied: (path: string) => Effect.Effect<boolean>
    readonly add: (site: Site, how: Coming) => Effect.Effect<void, GitError>
    readonly look: (path: string) => Effect.Effect<Look, GitError>
    /**
     * Bundles what is in the worktree and nowhere else; none: there is nothing. `force`: also in the middle of a merge or
     * rebase, of which only the files are kept.
     */
    readonly keep: (leaving: Leaving, now: number, force: boolean) => Effect.Effect<Kept | null, GitError>
    /** Removes the worktree, if it still is as it was kept. False: it has changed since, and stays. */
    readonly drop: (leaving: Leaving, kept: Kept | null) => Effect.Effect<boolean, GitError>
    /** Makes the worktree that was kept, on the branch it was on, with its uncommitted files. */
    readonly bring: (
      site: Pick<Site, "path" | "repo">,
      id: string,
      kept: Kept,
      how: Coming
    ) => Effect.Effect<void, GitError>
    /** Forgets what was kept: it has been brought back, or is not wanted. */
    readonly forget: (repo: string, id: string, kept: Kept) => Effect.Effect<void, GitError>
  }
>()("sm/git/Git") {}
