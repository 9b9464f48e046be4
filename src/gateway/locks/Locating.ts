/** Where a file lies, there or not yet: its workspace, and its path in it. */
import { relative } from "node:path"
import { Context, Effect } from "effect"
import { Repository } from "../Repository.ts"

export interface Located {
  /** False where it could not be looked at in time. */
  readonly known: boolean
  /** None outside of git. */
  readonly workspace: string | null
  /** Within it, with `/`, through links, as the write goes; none for all of it. */
  readonly path: string | null
}

type Look = (path: string) => Effect.Effect<Located, never, Repository>

export const locate: Look = (path) =>
  Effect.gen(function* () {
    const { known, real, workspace } = yield* Effect.flatMap(Repository, (repository) => repository.fresh(path))
    return { known, workspace, path: workspace === null ? null : relative(workspace, real) || null }
  })

/** How writes find their workspace. */
export const Locator = Context.Reference<Look>("sm/gateway/Locator", { defaultValue: () => locate })
