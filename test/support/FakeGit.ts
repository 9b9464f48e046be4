/** git as the worktrees' actor sees it, in memory: it notes what it is told to do, and can hang or fail at any step. */
import { Effect } from "effect"
import type { Kept } from "../../src/domain/Worktree.ts"
import { type Git, GitError, type Look } from "../../src/git/Git.ts"

type Service = (typeof Git)["Service"]

export const SHA = "a".repeat(40)

export const keptOf = (id: string): Kept => ({
  bundle: `/kept/${id}.bundle`,
  bytes: 100,
  branch: "sm/eng",
  head: SHA,
  work: { commit: SHA, tree: SHA, index: SHA },
  at: 1
})

export class FakeGit {
  /** Every step that changes something, in order: `add sm/eng`, with `again` when it may have begun before. */
  readonly steps: Array<string> = []
  /** Directories of linked worktrees. */
  readonly linked = new Map<string, Look>()
  /** Paths where something is. */
  readonly there = new Set<string>()
  /** Worktrees, by path, that have something to be kept. */
  readonly dirty = new Set<string>()
  /** How often the files of a path change still, each time after they were kept. */
  readonly restless = new Map<string, number>()
  /** Does it, and never says so: what a process was in the midst of when it was killed. */
  hangs: string | undefined
  /** Takes ten seconds. */
  slow: string | undefined
  fails: { readonly step: string; readonly error: GitError } | undefined

  #step(name: string, effect: () => void): Effect.Effect<void, GitError> {
    return Effect.suspend(() => {
      this.steps.push(name)
      if (this.fails !== undefined && name.startsWith(this.fails.step)) return Effect.fail(this.fails.error)
      effect()
      if (this.slow !== undefined && name.startsWith(this.slow)) return Effect.sleep("10 seconds")
      return this.hangs !== undefined && name.startsWith(this.hangs) ? Effect.never : Effect.void
    })
  }

  readonly service: Service = {
    survey: () => Effect.die("nobody asks"),
    linked: (directory) => Effect.sync(() => (this.linked.has(directory) ? directory : null)),
    occupied: (path) => Effect.sync(() => this.there.has(path)),
    look: (path) => {
      const found = this.linked.get(path)
      return found === undefined
        ? Effect.fail(new GitError({ problem: `${path} is gone`, fix: "", refused: false }))
        : Effect.succeed(found)
    },
    add: ({ branch, path }, { begun }) =>
      this.#step(`add ${branch}${begun ? " again" : ""}`, () => void this.there.add(path)),
    keep: ({ branch, id, path }) =>
      Effect.map(
        this.#step(`keep ${branch}`, () => {}),
        () => (this.dirty.has(path) ? keptOf(id) : null)
      ),
    drop: ({ branch, path }) =>
      Effect.map(
        this.#step(`drop ${branch}`, () => {
          if (!this.restless.has(path)) this.there.delete(path)
        }),
        () => {
          const left = this.restless.get(path) ?? 0
          if (left > 1) this.restless.set(path, left - 1)
          else this.restless.delete(path)
          return left === 0
        }
      ),
    bring: ({ path }, _, { branch }, { begun }) =>
      this.#step(`bring ${branch}${begun ? " again" : ""}`, () => void this.there.add(path)),
    forget: (_, id) => this.#step(`forget ${id}`, () => {})
  }
}
