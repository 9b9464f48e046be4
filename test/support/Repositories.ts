/** Real git repositories for a test, without the person's own settings. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { temporary } from "./TmuxTest.ts"

export const gitEnv = (home: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  LC_ALL: "C"
})

export const git = (cwd: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(
    "git",
    ["-c", "user.name=t", "-c", "user.email=t@example", "-c", "init.defaultBranch=main", "-C", cwd, ...args],
    {
      env: gitEnv(cwd),
      stdio: "pipe",
      encoding: "utf8"
    }
  ).trim()

/** One with a commit, in a directory of its own. */
export const repository = (name = "api") =>
  Effect.map(temporary("repository"), (root) => {
    const path = join(root, name)
    mkdirSync(join(path, "src"), { recursive: true })
    git(path, "init", "-q")
    writeFileSync(join(path, "a.txt"), "one\n")
    writeFileSync(join(path, "src", "gone.txt"), "soon\n")
    writeFileSync(join(path, ".gitignore"), "*.log\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "first")
    return path
  })

/** Everything that git can keep and a careless copy would lose. */
export const dirty = (tree: string): void => {
  writeFileSync(join(tree, "a.txt"), "two\n")
  git(tree, "rm", "-q", "src/gone.txt")
  writeFileSync(join(tree, "staged.txt"), "staged\n")
  git(tree, "add", "staged.txt")
  writeFileSync(join(tree, "staged.txt"), "and changed since\n")
  mkdirSync(join(tree, "new", "ünï code"), { recursive: true })
  writeFileSync(join(tree, "new", "ünï code", 'odd "name"\n.txt'), "")
  writeFileSync(
    join(tree, "new", "binary"),
    Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256))
  )
  writeFileSync(join(tree, "new", "run.sh"), "#!/bin/sh\n")
  chmodSync(join(tree, "new", "run.sh"), 0o755)
  symlinkSync("../a.txt", join(tree, "new", "link"))
  symlinkSync("/nowhere", join(tree, "dangling"))
  writeFileSync(join(tree, "debug.log"), "ignored\n")
}

const read = (path: string): string => {
  const found = lstatSync(path)
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`
  const mode = (found.mode & 0o111) === 0 ? "file" : "program"
  return `${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`
}

/** Every file that git does not ignore, and what `git status` says. */
export const contentOf = (tree: string) => {
  const names = git(tree, "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
  const there = names.filter(
    (name) => name !== "" && lstatSync(join(tree, name), { throwIfNoEntry: false }) !== undefined
  )
  return {
    files: Object.fromEntries(there.map((name) => [name, read(join(tree, name))])),
    status: git(tree, "status", "--porcelain=v2", "--untracked-files=all")
  }
}
