/** Looks at a repository before a worktree is made: whether that can be, where, and from which commit. */
import { basename, dirname, join } from "node:path"
import { Effect } from "effect"
import type { Git, Look } from "./Git.ts"
import { type Command, refuse } from "./GitCommand.ts"
import { listed } from "./Listed.ts"
import { occupied } from "./Places.ts"

/** FNV-1a: the same repository has the same folder. */
const hash = (text: string): string => {
  let sum = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) sum = ((sum ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return sum.toString(36).slice(0, 6)
}

const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9._@+/-]/gu, "_").slice(0, 100)

/** A branch's folder: its name, and where that would be odd in a path, what can be read of it and a number. */
const folder = (branch: string): string => (plain(branch) === branch ? branch : `${plain(branch)}-${hash(branch)}`)

/** `/home/me/api/.git` is `api`, as people say. */
const nameOf = (repo: string): string => {
  const last = basename(repo) === ".git" ? basename(dirname(repo)) : basename(repo).replace(/\.git$/u, "")
  return plain(last === "" ? "repository" : last).replaceAll("/", "_")
}

const ELSEWHERE = "run it in a repository of its own, or leave --worktree out"

export const survey = (command: Command, root: string): (typeof Git)["Service"]["survey"] =>
  Effect.fn("Git.survey")(function* (directory, branch) {
    const { ask, say } = command
    if (!(yield* occupied(directory))) return yield* refuse(`there is no directory ${directory}`, "sm spawn … --cwd")
    const found = yield* ask(directory, [
      "rev-parse",
      "--path-format=absolute",
      "--is-inside-work-tree",
      "--git-common-dir",
      "--show-prefix"
    ])
    const [inside, repo = "", below = ""] = found.stdout.split("\n")
    if (found.code !== 0 && /dubious ownership/u.test(found.stderr))
      return yield* refuse(`git does not trust ${directory}: it belongs to somebody else`, "git config safe.directory")
    if (found.code !== 0 || inside !== "true")
      return yield* refuse(`${directory} is in no git worktree`, "git init, or leave --worktree out")
    const parent = yield* say(directory, directory, ["rev-parse", "--show-superproject-working-tree"])
    if (parent !== "") return yield* refuse(`${directory} is in a submodule of ${parent}`, ELSEWHERE)
    const proper = yield* ask(directory, ["check-ref-format", "--branch", branch])
    if (proper.code !== 0 || proper.text !== branch)
      return yield* refuse(`${branch} is no name of a branch`, "no spaces, ~ ^ : ? * [ \\ or .., and no / at an end")
    const tip = (ref: string) =>
      Effect.map(ask(directory, ["rev-parse", "-q", "--verify", `${ref}^{commit}`]), ({ code, text }) =>
        code === 0 ? text : undefined
      )
    const own = yield* tip(`refs/heads/${branch}`)
    const remote = own === undefined ? yield* tip(`refs/remotes/origin/${branch}`) : undefined
    const base = own ?? remote ?? (yield* tip("HEAD"))
    if (base === undefined)
      return yield* refuse(`the repository of ${directory} has no commit yet`, "commit something first")
    const modules = yield* ask(directory, ["cat-file", "-e", `${base}:.gitmodules`])
    if (modules.code === 0)
      return yield* refuse(
        `the repository of ${directory} has submodules, whose work would be lost with the worktree`,
        ELSEWHERE
      )
    const holder = (yield* listed(command, repo)).find((other) => other.branch === branch)
    if (holder !== undefined)
      return yield* refuse(
        `${branch} is checked out in ${holder.path} already`,
        `another branch, or --cwd ${holder.path}`
      )
    return {
      repo,
      name: nameOf(repo),
      path: join(root, `${nameOf(repo)}-${hash(repo)}`, folder(branch)),
      branch,
      base,
      made: own === undefined,
      follows: remote === undefined ? null : `origin/${branch}`,
      below
    }
  })

/** As a person would see it; paths are told as they are. */
export const look = (command: Command): (typeof Git)["Service"]["look"] =>
  Effect.fn("Git.look")(function* (path) {
    const { ask, say } = command
    const root = yield* say(path, path, ["rev-parse", "--path-format=absolute", "--show-toplevel"])
    const head = yield* ask(path, ["symbolic-ref", "-q", "--short", "HEAD"])
    const status = [
      "status",
      "--porcelain",
      "-z",
      "--no-renames",
      "--untracked-files=normal",
      "--ignore-submodules=none"
    ]
    const said = yield* say(path, root, status)
    const changes = said.split("\0").filter((line) => line !== "")
    return { root, branch: head.code === 0 ? head.text : null, changes } satisfies Look
  })
