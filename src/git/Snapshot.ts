/** What a worktree's files are now, as a tree in the repository: taken through an index of its own, so that nothing moves. */
import { copyFile, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import type { GitError } from "./Git.ts"
import { type Command, refuse } from "./GitCommand.ts"
import { files, occupied } from "./Places.ts"

export interface Snapshot {
  readonly head: string
  /** None: HEAD is on no branch. */
  readonly branch: string | null
  /** All files that git does not ignore. */
  readonly tree: string
  /** What stands in the index; none: it has conflicts. */
  readonly index: string | null
  /** Not one file differs from HEAD, and the index neither. */
  readonly clean: boolean
}

const scratch = Effect.acquireRelease(
  files("no temporary directory can be made", () => mkdtemp(join(tmpdir(), "sm-index-"))),
  (dir) => Effect.promise(() => rm(dir, { recursive: true, force: true }))
)

/** Commits in it are lost with it: they are of another repository. */
const strangers = (staged: string): ReadonlyArray<string> =>
  staged
    .split("\0")
    .filter((line) => line.startsWith("160000 "))
    .map((line) => line.slice(line.indexOf("\t") + 1))

export const snapshot = (command: Command, path: string): Effect.Effect<Snapshot, GitError> =>
  Effect.gen(function* () {
    const { ask, say } = command
    const what = `what is in ${path} cannot be read`
    const [head = "", gitDir = ""] = (yield* say(what, path, [
      "rev-parse",
      "--path-format=absolute",
      "HEAD^{commit}",
      "--git-dir"
    ])).split("\n")
    const on = yield* ask(path, ["symbolic-ref", "-q", "--short", "HEAD"])
    const dir = yield* scratch
    const own = { GIT_INDEX_FILE: join(dir, "index") }
    // With what it knows of each file only those that have changed are read.
    const real = join(gitDir, "index")
    if (yield* occupied(real)) yield* files(what, () => copyFile(real, own.GIT_INDEX_FILE))
    const index = yield* ask(path, ["write-tree"], own)
    yield* say(what, path, ["add", "-A", "--", ":/"], own)
    const [stranger] = strangers(yield* say(what, path, ["ls-files", "-s", "-z", "--", ":/"], own))
    if (stranger !== undefined)
      return yield* refuse(
        `${join(path, stranger)} is a repository of its own, which would be lost`,
        "move it away first"
      )
    const tree = yield* say(what, path, ["write-tree"], own)
    const base = yield* say(what, path, ["rev-parse", "HEAD^{tree}"])
    return {
      head,
      branch: on.code === 0 ? on.text : null,
      tree,
      index: index.code === 0 ? index.text : null,
      clean: tree === base && index.code === 0 && index.text === base
    }
  }).pipe(Effect.scoped)
