/** Files and folders of worktrees. */
import { lstat, readFile, realpath, rename, rmdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { run } from "../process/Subprocess.ts"
import { GitError } from "./Git.ts"

const LOOK = "look at the disk and at the directory's mode"

/** Work on files, whose failure is told behind `what`. */
export const files = <A>(what: string, work: () => Promise<A>): Effect.Effect<A, GitError> =>
  Effect.tryPromise({
    try: work,
    catch: (error) =>
      new GitError({
        problem: `${what}: ${error instanceof Error ? error.message : String(error)}`,
        fix: LOOK,
        refused: false
      })
  })

const missing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT"

export const occupied = (path: string): Effect.Effect<boolean, GitError> =>
  files(`${path} cannot be looked at`, () =>
    lstat(path).then(
      () => true,
      (error: unknown) => {
        if (missing(error)) return false
        throw error
      }
    )
  )

/** Where a worktree lies while it is being removed: nobody finds it there. */
export const trashOf = (root: string, id: string): string => join(root, ".removing", id)

/** And where it is deleted, once nothing more can be in it than was kept. */
export const gone = (root: string, id: string): string => `${trashOf(root, id)}.gone`

export const moveAway = (root: string, id: string, path: string) =>
  files(`${path} cannot be moved away`, () => rename(path, trashOf(root, id)))

/** As a program of its own: a tree of a hundred thousand files would keep everything else waiting. */
const REMOVE = 'chmod -R u+rwX -- "$1" 2>/dev/null; rm -rf -- "$1"'
const MOST = 65_536

/** All of it, also what its owner may not write. */
export const empty = (path: string): Effect.Effect<void, GitError> =>
  run({
    command: ["/bin/sh", "-c", REMOVE, "sh", path],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdin: "",
    most: MOST,
    tied: true
  }).pipe(
    Effect.map(({ code, stderr }) => (code === 0 ? undefined : stderr.trim().split("\n").at(-1))),
    Effect.catch((error) => Effect.succeed(error.message)),
    Effect.flatMap((problem) =>
      problem === undefined
        ? Effect.void
        : Effect.fail(new GitError({ problem: `${path} cannot be removed: ${problem}`, fix: LOOK, refused: false }))
    )
  )

/** Folders that nothing is in any more, from here up to the root. */
export const prune = (root: string, path: string) =>
  files(`${path} cannot be removed`, async () => {
    for (let at = dirname(path); at.startsWith(`${root}/`); at = dirname(at)) {
      try {
        await rmdir(at)
      } catch (error) {
        if (missing(error)) continue
        // Something else is in it.
        return
      }
    }
  })

/** The root of the linked worktree around a directory, from git's own files. */
export const linkedAround = async (directory: string): Promise<string | null> => {
  const real = await realpath(directory)
  for (let at = real; ; at = dirname(at)) {
    const found = await lstat(join(at, ".git")).catch(() => undefined)
    if (found?.isDirectory() === true) return null
    if (found?.isFile() === true) {
      const named = /^gitdir: (.+)$/mu.exec(await readFile(join(at, ".git"), "utf8"))?.[1]
      // A submodule's has a repository of its own behind it.
      return named !== undefined && /\/worktrees\/[^/]+$/u.test(named.trim()) ? at : null
    }
    if (at === dirname(at)) return null
  }
}

/** A worktree below the root that this path would lie in: a branch `a` may have been renamed, and `a/b` be free. */
export const nestedIn = async (root: string, path: string): Promise<string | undefined> => {
  for (let at = dirname(path); at.startsWith(`${root}/`); at = dirname(at))
    if ((await lstat(join(at, ".git")).catch(() => undefined)) !== undefined) return at
  return undefined
}
