/** What a directory and a glob mean as a scope of a lease. */
import { posix } from "node:path"
import { Effect } from "effect"
import type { HostId } from "../../domain/Ids.ts"
import type { Scope } from "../../domain/Lock.ts"
import { Refusal } from "../Refusal.ts"
import { Repository } from "../Repository.ts"

const LONGEST = 200

/** The glob as it stands in the workspace; none when that is all of it, undefined when it leads outside. */
const inside = (below: string, glob: string): string | null | undefined => {
  const path = posix.normalize(posix.join(below, glob)).replace(/\/+$/u, "")
  if (path === ".." || path.startsWith("../..") || path.startsWith("/")) return undefined
  return path === "." || path === "**" ? null : path
}

export const scopeOf = (cwd: string, glob: string | undefined, host: HostId) =>
  Effect.gen(function* () {
    const repository = yield* Repository
    const { known, real, workspace } = yield* repository.fresh(cwd)
    if (!known) {
      return yield* new Refusal({
        code: "unavailable",
        message: `${cwd} could not be looked at in time: which workspace it is in is not known`,
        hint: "try again; the disk may be slow or away"
      })
    }
    if (workspace === null) {
      return yield* new Refusal({
        code: "wrong-state",
        message: `${cwd} is in no git repository: only a workspace can be locked`,
        hint: "git init makes one; sm locks shows what is locked"
      })
    }
    if (glob === undefined) return { host, workspace, path: null } satisfies Scope
    const below = glob.startsWith("/") ? "" : posix.relative(workspace, real)
    const own = glob.startsWith(`${workspace}/`) || glob === workspace ? posix.relative(workspace, glob) : glob
    const path = inside(below, own)
    if (path === undefined || (path?.length ?? 0) > LONGEST) {
      return yield* new Refusal({
        code: "invalid",
        message:
          path === undefined
            ? `path ${glob} is outside of the workspace ${workspace}`
            : `path is longer than ${LONGEST} characters`,
        hint: "a path is a glob inside the workspace, from where you are: src (and what is in it), src/**/*.ts, *.md"
      })
    }
    return { host, workspace, path } satisfies Scope
  })
