/** What a worktree's files are now, as a tree in the repository: taken through an index of its own, so that nothing moves. */
import { copyFile, mkdtemp, rm, stat, utimes } from "node:fs/promises"
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

/**
 * With the time of the original, in whole seconds: a file that was changed in the second in which the index was written looks
 * unchanged to a newer index.
 */
const copied = async (from: string, to: string): Promise<void> => {
  const { mtimeMs } = await stat(from)
  const second = Math.floor(mtimeMs / 1000)
  await copyFile(from, to)
  await utimes(to, second, second)
}

/** Arguments of one git command. */
const AT_ONCE = 500

/**
 * Files that git was told not to look at (`--assume-unchanged`, `--skip-worktree`) have changes all the same. What a sparse
 * checkout leaves out is not there, and stays left out.
 */
const allSeen = Effect.fnUntraced(function* (
  { say }: Command,
  what: string,
  path: string,
  own: Readonly<Record<string, string>>
) {
  const marked = (yield* say(what, path, ["ls-files", "-v", "-z"], own))
    .split("\0")
    .flatMap((line) => (/^[a-zS] /u.test(line) ? [line] : []))
  const seen = yield* Effect.filter(marked, (line) =>
    line.startsWith("h ") ? Effect.succeed(true) : occupied(join(path, line.slice(2)))
  )
  for (let at = 0; at < seen.length; at += AT_ONCE) {
    const names = seen.slice(at, at + AT_ONCE).map((line) => line.slice(2))
    for (const mark of ["--no-assume-unchanged", "--no-skip-worktree"])
      yield* say(what, path, ["update-index", mark, "--", ...names], own)
  }
})

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
    if (yield* occupied(real)) yield* files(what, () => copied(real, own.GIT_INDEX_FILE))
    const index = yield* ask(path, ["write-tree"], own)
    yield* allSeen(command, what, path, own)
    yield* say(what, path, ["add", "-A", "--sparse", "--", ":/"], own)
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
