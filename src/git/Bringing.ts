/** Brings back what was kept: the worktree on its branch, its index and its uncommitted files. */
import { Effect } from "effect"
import type { Kept } from "../domain/Worktree.ts"
import { plant, tidy } from "./Adding.ts"
import { type Git, GitError } from "./Git.ts"
import { type Command, refuse } from "./GitCommand.ts"
import { refOf } from "./Keeping.ts"
import { occupied } from "./Places.ts"
import { snapshot } from "./Snapshot.ts"

/** The commits are in the repository, or come from the bundle. */
const present = Effect.fnUntraced(function* (command: Command, repo: string, id: string, top: string, bundle: string) {
  const { ask, say } = command
  if (!(yield* occupied(repo)))
    return yield* refuse(`the repository ${repo} is gone`, `git clone ${bundle}, or fetch it into another clone`)
  const held = yield* ask(repo, ["rev-parse", "-q", "--verify", `${refOf(id)}^{commit}`])
  if (held.code === 0 && held.text === top) return
  yield* say(`${bundle} cannot be read into the repository`, repo, [
    "fetch",
    "-q",
    "--no-tags",
    "--no-write-fetch-head",
    bundle,
    `+${refOf(id)}:${refOf(id)}`
  ])
})

/** The files that were not committed, and those of them that stood in the index. */
const unpacked = Effect.fnUntraced(function* (
  command: Command,
  path: string,
  head: string,
  work: NonNullable<Kept["work"]>
) {
  const { say } = command
  const what = `the files of ${path} cannot be brought back`
  yield* say(what, path, ["read-tree", "--reset", "-u", work.tree])
  yield* say(what, path, ["read-tree", work.index ?? head])
  const { tree } = yield* snapshot(command, path)
  if (tree !== work.tree)
    return yield* new GitError({
      problem: `what was brought back to ${path} is not what was kept`,
      fix: `${work.commit.slice(0, 10)} is the commit of it in the repository; the bundle stays`,
      refused: false
    })
})

export const bring = (command: Command, root: string): (typeof Git)["Service"]["bring"] =>
  Effect.fn("Git.bring")(function* ({ path, repo }, id, kept, how) {
    const { branch, head, work } = kept
    yield* present(command, repo, id, work?.commit ?? head, kept.bundle)
    yield* plant(command, root, { path, repo }, { branch, commit: head, follows: null }, how)
    if (work !== null)
      yield* Effect.tapError(unpacked(command, path, head, work), () => Effect.ignore(tidy(command, repo, path)))
  })
