/** Which sessions work in one repository: read from git's own files, as git itself writes them. */
import { execFileSync } from "node:child_process"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Repository from "../../src/gateway/Repository.ts"
import { temporary } from "../support/TmuxTest.ts"

const git = (cwd: string, ...args: ReadonlyArray<string>) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example", "-C", cwd, ...args], {
    env: { PATH: process.env["PATH"], HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" },
    stdio: "pipe"
  })

const made = (path: string): string => {
  mkdirSync(path, { recursive: true })
  return path
}

describe("a repository", () => {
  it.live(
    "is the same for its worktrees and what lies below, and another for a submodule, a clone and no repository",
    () =>
      Effect.gen(function* () {
        const root = yield* temporary("repositories")
        const main = made(join(root, "main"))
        git(main, "init", "-q")
        git(main, "commit", "-q", "--allow-empty", "-m", "first")
        git(main, "worktree", "add", "-q", join(root, "tree"))
        git(main, "remote", "add", "other", "git@example.com:other.git")
        git(main, "remote", "add", "origin", "git@example.com:team/api.git")
        const clone = made(join(root, "clone"))
        git(clone, "init", "-q")
        git(clone, "remote", "add", "origin", "git@example.com:team/api.git")
        git(main, "-c", "protocol.file.allow=always", "submodule", "add", "-q", join(root, "tree"), "part")
        const plain = made(join(root, "plain"))
        const broken = made(join(root, "broken"))
        writeFileSync(join(broken, ".git"), "gitdir: /nowhere/at/all\n")
        made(join(root, "empty", ".git"))
        symlinkSync(join(root, "tree"), join(root, "link"))
        // Links that lead nowhere yet: a write through them makes what they name.
        symlinkSync("../tree/made.txt", join(main, "ahead"))
        symlinkSync("ahead", join(main, "behind"))

        const { of } = yield* Repository.Repository
        const here = yield* of(main)
        const shared = { root: join(main, ".git"), origin: "git@example.com:team/api.git" }
        assert.deepStrictEqual(here, { ...shared, real: main, known: true, workspace: main })
        const tree = join(root, "tree")
        for (const [same, real, workspace] of [
          [tree, tree, tree],
          [made(join(main, "src/deep")), join(main, "src/deep"), main],
          [join(main, ".git"), join(main, ".git"), main],
          [made(join(tree, "src")), join(tree, "src"), tree],
          [join(root, "link"), tree, tree],
          // Not there yet, as a file that is about to be written.
          [join(root, "link/new/a.txt"), join(tree, "new/a.txt"), tree],
          [join(main, "behind"), join(tree, "made.txt"), tree]
        ] as const)
          assert.deepStrictEqual(yield* of(same), { ...shared, real, known: true, workspace }, same)
        const part = yield* of(join(main, "part"))
        assert.strictEqual(part.root, join(main, ".git/modules/part"))
        assert.strictEqual(part.workspace, join(main, "part"))
        const other = { root: join(clone, ".git"), origin: here.origin, real: clone, known: true, workspace: clone }
        assert.deepStrictEqual(yield* of(clone), other)
        for (const alone of [plain, broken, join(root, "empty"), join(root, "gone")])
          assert.deepStrictEqual(
            yield* of(alone),
            { root: alone, real: alone, known: true, workspace: null, origin: null },
            alone
          )
      }).pipe(Effect.provide(Repository.layer), Effect.scoped)
  )
})
