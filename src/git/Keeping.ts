/** Keeps what a worktree has and nothing else has: a commit of its uncommitted files, and a bundle of that and of its branch. */
import { mkdir, mkdtemp, open, rename, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import type { Kept } from "../domain/Worktree.ts"
import { type Git, type GitError, type Leaving } from "./Git.ts"
import { type Command, refuse } from "./GitCommand.ts"
import { type Listed, listed } from "./Listed.ts"
import { files, occupied } from "./Places.ts"
import { type Snapshot, snapshot } from "./Snapshot.ts"

/** Holds on to the kept commits, so that the repository never forgets what the bundle builds on. */
export const refOf = (id: string): string => `refs/sm/kept/${id}`
export const bundleOf = (root: string, id: string): string => join(root, ".kept", `${id}.bundle`)

/** Files of git that stand for something half done. */
const UNDER_WAY: Readonly<Record<string, string>> = {
  MERGE_HEAD: "a merge",
  CHERRY_PICK_HEAD: "a cherry-pick",
  REVERT_HEAD: "a revert",
  "rebase-merge": "a rebase",
  "rebase-apply": "a rebase",
  BISECT_LOG: "a bisect"
}

const underWay = Effect.fnUntraced(function* ({ say }: Command, path: string) {
  const gitDir = yield* say(`${path} cannot be read`, path, ["rev-parse", "--absolute-git-dir"])
  for (const [name, what] of Object.entries(UNDER_WAY)) if (yield* occupied(join(gitDir, name))) return what
  return undefined
})

/** Commits that no other branch, no tag and no remote has. */
export const alone = ({ say }: Command, path: string, { branch, head }: Snapshot) =>
  Effect.map(
    say("its commits cannot be read", path, [
      "rev-list",
      "--max-count=1",
      head,
      "--not",
      "--remotes",
      "--tags",
      ...(branch === null ? [] : [`--exclude=${branch}`]),
      "--branches"
    ]),
    (found) => found !== ""
  )

/** Another worktree below it, where git ignores it perhaps, goes with it, and what is in that is not kept. */
export const holdsNone = Effect.fnUntraced(function* (path: string, all: ReadonlyArray<Listed>) {
  for (const { path: other } of all)
    if (other.startsWith(`${path}/`) && (yield* occupied(other)))
      return yield* refuse(
        `${other} is a worktree of its own, which would be lost`,
        `git worktree remove ${other} first`
      )
})

const commitOf = ({ say }: Command, path: string, tree: string, parents: ReadonlyArray<string>, text: string) =>
  say("its files cannot be kept", path, [
    "commit-tree",
    tree,
    ...parents.flatMap((parent) => ["-p", parent]),
    "-m",
    text
  ])

/** As a stash is made: the files, behind HEAD and what was in the index. */
const workOf = Effect.fnUntraced(function* (command: Command, path: string, { branch, head, index, tree }: Snapshot) {
  const of = branch ?? head.slice(0, 10)
  const staged = index === null ? null : yield* commitOf(command, path, index, [head], `index of ${of}`)
  const parents = staged === null ? [head] : [head, staged]
  const commit = yield* commitOf(command, path, tree, parents, `uncommitted work of ${of}, kept by sm`)
  return { commit, tree, index }
})

/** Every object of it is read, in a repository that borrows ours: what cannot be unpacked was not kept. */
const proved = (command: Command, repo: string, bundle: string) =>
  Effect.acquireUseRelease(
    files("no temporary directory can be made", () => mkdtemp(`${bundle}-`)),
    (dir) =>
      Effect.andThen(
        command.say("the bundle cannot be tried", dir, [
          "clone",
          "-q",
          "--mirror",
          "--shared",
          "--template=",
          repo,
          "try"
        ]),
        command.say("the bundle cannot be read back", join(dir, "try"), ["bundle", "unbundle", bundle])
      ),
    (dir) => Effect.promise(() => rm(dir, { recursive: true, force: true }))
  )

const flushed = async (path: string): Promise<number> => {
  const file = await open(path)
  try {
    await file.chmod(0o600)
    await file.sync()
  } finally {
    await file.close()
  }
  return (await stat(path)).size
}

/** The commits that no remote has, and what they hang on. */
const bundled = Effect.fnUntraced(function* (
  command: Command,
  root: string,
  leaving: Leaving,
  taken: Snapshot,
  top: string
) {
  const { say } = command
  const { id, path, repo } = leaving
  const bundle = bundleOf(root, id)
  const part = `${bundle}.part`
  yield* files(`${dirname(bundle)} cannot be made`, () => mkdir(dirname(bundle), { recursive: true, mode: 0o700 }))
  yield* say("what is kept cannot be named", repo, ["update-ref", refOf(id), top])
  const refs = [refOf(id), ...(taken.branch === null ? [] : [`refs/heads/${taken.branch}`])]
  yield* say(`the work in ${path} cannot be bundled`, repo, [
    "bundle",
    "create",
    "-q",
    part,
    ...refs,
    "--not",
    "--remotes"
  ])
  yield* proved(command, repo, part)
  const bytes = yield* files(`${bundle} cannot be written`, async () => {
    const size = await flushed(part)
    await rename(part, bundle)
    return size
  })
  return { bundle, bytes }
})

export const keep = (command: Command, root: string): (typeof Git)["Service"]["keep"] =>
  Effect.fn("Git.keep")(function* (leaving, now, force): Effect.fn.Return<Kept | null, GitError> {
    const { path, repo } = leaving
    if (!(yield* occupied(path))) return yield* refuse(`${path} is gone`, "sm worktree remove --force forgets it")
    const all = yield* listed(command, repo)
    const entry = all.find((other) => other.path === path)
    if (entry === undefined)
      return yield* refuse(
        `git knows no worktree ${path} any more`,
        `move its files away, then git worktree repair ${path}`
      )
    if (entry.locked !== null)
      return yield* refuse(
        `${path} is locked${entry.locked === "" ? "" : `: ${entry.locked}`}`,
        `git worktree unlock ${path}`
      )
    yield* holdsNone(path, all)
    const half = force ? undefined : yield* underWay(command, path)
    if (half !== undefined)
      return yield* refuse(
        `${half} is under way in ${path}`,
        "finish or abort it, or --force to keep only the files as they are"
      )
    const taken = yield* snapshot(command, path)
    if (taken.clean && !(yield* alone(command, path, taken))) return null
    const work = taken.clean ? null : yield* workOf(command, path, taken)
    const { bundle, bytes } = yield* bundled(command, root, leaving, taken, work?.commit ?? taken.head)
    return { bundle, bytes, branch: taken.branch, head: taken.head, work, at: now }
  })
