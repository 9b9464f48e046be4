/** Makes a worktree, and makes it anew where an earlier attempt was cut short. */
import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect } from "effect"
import type { Coming, Git } from "./Git.ts"
import type { Site } from "../domain/Worktree.ts"
import { type Command, refuse } from "./GitCommand.ts"
import { listed } from "./Listed.ts"
import { empty, files, nestedIn, occupied } from "./Places.ts"

/** A branch to check out, or one to make at a commit. */
export interface Head {
  readonly branch: string | null
  readonly commit: string
  readonly follows: string | null
}

const tipOf = ({ ask }: Command, repo: string, branch: string) =>
  Effect.map(ask(repo, ["rev-parse", "-q", "--verify", `refs/heads/${branch}^{commit}`]), ({ code, text }) =>
    code === 0 ? text : undefined
  )

/** The path and what git knows of it. No agent has worked there yet. */
export const tidy = Effect.fnUntraced(function* (command: Command, repo: string, path: string) {
  yield* empty(path)
  if ((yield* listed(command, repo)).some((entry) => entry.path === path))
    yield* command.say(`${path} cannot be forgotten`, repo, ["worktree", "remove", "-f", "-f", path])
})

/** A branch that is there is at this very commit: an attempt of our own may have made it. */
const argumentsOf = (head: Head, tip: string | undefined): ReadonlyArray<string> => {
  const { branch, commit, follows } = head
  if (branch === null) return ["--detach", "PATH", commit]
  if (tip !== undefined) return ["PATH", branch]
  return follows === null ? ["--no-track", "-b", branch, "PATH", commit] : ["--track", "-b", branch, "PATH", follows]
}

export const plant = Effect.fnUntraced(function* (
  command: Command,
  root: string,
  { path, repo }: Pick<Site, "path" | "repo">,
  head: Head,
  { begun }: Coming
) {
  if (begun) yield* tidy(command, repo, path)
  else if (yield* occupied(path))
    return yield* refuse(`${path} is there already`, `move it away, or --cwd ${path} to work in it`)
  const around = yield* files(`${root} cannot be looked at`, () => nestedIn(root, path))
  if (around !== undefined) return yield* refuse(`${path} would lie in another worktree, ${around}`, "another branch")
  const tip = head.branch === null ? undefined : yield* tipOf(command, repo, head.branch)
  if (tip !== undefined && tip !== head.commit)
    return yield* refuse(
      `the branch ${head.branch} has moved meanwhile: it is at ${tip.slice(0, 10)}, not at ${head.commit.slice(0, 10)}`,
      "another branch"
    )
  yield* files(`${dirname(path)} cannot be made`, () => mkdir(dirname(path), { recursive: true, mode: 0o700 }))
  const args = argumentsOf(head, tip).map((arg) => (arg === "PATH" ? path : arg))
  yield* command.say(`the worktree ${path} cannot be made`, repo, ["worktree", "add", "-q", ...args])
})

export const add = (command: Command, root: string): (typeof Git)["Service"]["add"] =>
  Effect.fn("Git.add")((site, how) =>
    plant(command, root, site, { branch: site.branch, commit: site.base, follows: site.follows }, how)
  )
