/** Removes a worktree whose work is kept, in steps that can each be done again. */
import { mkdir, rename } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect } from "effect"
import type { Kept } from "../domain/Worktree.ts"
import type { Git, Leaving } from "./Git.ts"
import type { Command } from "./GitCommand.ts"
import { alone, bundleOf, holdsNone, refOf } from "./Keeping.ts"
import { listed } from "./Listed.ts"
import { empty, files, gone, moveAway, occupied, prune, trashOf } from "./Places.ts"
import { snapshot } from "./Snapshot.ts"

/** Is it still what was kept? */
const same = Effect.fnUntraced(function* (command: Command, path: string, kept: Kept | null) {
  const taken = yield* snapshot(command, path)
  const { branch, clean, head, index, tree } = taken
  if (kept === null) return clean && !(yield* alone(command, path, taken))
  return (
    head === kept.head &&
    branch === kept.branch &&
    (kept.work === null ? clean : tree === kept.work.tree && index === kept.work.index)
  )
})

/** A branch that was made with the worktree, and whose commits others have, goes with it. */
const forgetBranch = Effect.fnUntraced(function* ({ ask }: Command, { branch, made, repo }: Leaving) {
  if (!made) return
  const rest = yield* ask(repo, [
    "rev-list",
    "--max-count=1",
    `refs/heads/${branch}`,
    "--not",
    "--remotes",
    "--tags",
    `--exclude=${branch}`,
    "--branches"
  ])
  // It is gone already, or has commits of its own, or somebody has it checked out: then it stays.
  if (rest.code === 0 && rest.text === "") yield* ask(repo, ["branch", "-q", "-D", "--", branch])
})

/** Looked at once more where nobody finds it: what was written since the last look is in it, and it goes back to its place. */
const sealed = Effect.fnUntraced(function* (
  command: Command,
  root: string,
  { id, path, repo }: Leaving,
  kept: Kept | null
) {
  const trash = trashOf(root, id)
  // What git has forgotten meanwhile was compared when it left its place, and cannot be any more.
  const known = (yield* occupied(repo)) && (yield* listed(command, repo)).some((entry) => entry.path === path)
  const whole = !known || (yield* same(command, trash, kept))
  yield* files(`${trash} cannot be moved`, () => rename(trash, whole ? gone(root, id) : path))
  return whole
})

export const drop = (command: Command, root: string): (typeof Git)["Service"]["drop"] =>
  Effect.fn("Git.drop")(function* (leaving, kept) {
    const { id, path, repo } = leaving
    const trash = trashOf(root, id)
    yield* empty(gone(root, id))
    // It goes from its place in one step: what is found there is whole.
    if (yield* occupied(path)) {
      yield* holdsNone(path, (yield* occupied(repo)) ? yield* listed(command, repo) : [])
      if (!(yield* same(command, path, kept))) return false
      yield* files(`${dirname(trash)} cannot be made`, () => mkdir(dirname(trash), { recursive: true, mode: 0o700 }))
      yield* moveAway(root, id, path)
    }
    if ((yield* occupied(trash)) && !(yield* sealed(command, root, leaving, kept))) return false
    yield* empty(gone(root, id))
    // Whoever has removed the repository itself has removed what it knew.
    if (yield* occupied(repo)) {
      if ((yield* listed(command, repo)).some((entry) => entry.path === path))
        yield* command.say(`${path} cannot be forgotten`, repo, ["worktree", "remove", "-f", "-f", path])
      yield* forgetBranch(command, leaving)
    }
    yield* prune(root, path)
    return true
  })

export const forget = (command: Command, root: string): (typeof Git)["Service"]["forget"] =>
  Effect.fn("Git.forget")(function* (repo, id, { bundle }) {
    if (yield* occupied(repo))
      yield* command.say("what was kept cannot be forgotten", repo, ["update-ref", "-d", refOf(id)])
    // Never a file elsewhere, whatever a record says.
    if (bundle === bundleOf(root, id)) yield* empty(bundle)
  })
