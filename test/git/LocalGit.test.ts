/** Worktrees as git itself makes them: kept, removed and brought back without a loss. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import type { Kept, Site } from "../../src/domain/Worktree.ts"
import { Git, type GitError } from "../../src/git/Git.ts"
import * as LocalGit from "../../src/git/LocalGit.ts"
import { contentOf, dirty, git, gitEnv, repository } from "../support/Repositories.ts"
import { temporary } from "../support/TmuxTest.ts"

const ID = "w0000001"
const fresh = { begun: false }

interface World {
  readonly git: (typeof Git)["Service"]
  /** A repository with one commit. */
  readonly main: string
  /** Where worktrees lie. */
  readonly root: string
}

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Scope.Scope>) =>
  it.live(title, () =>
    Effect.gen(function* () {
      const root = yield* temporary("trees")
      const main = yield* repository()
      const driver = yield* Effect.provide(Git, LocalGit.layer({ root, env: gitEnv(root) }))
      yield* body({ git: driver, main, root })
    }).pipe(Effect.scoped)
  )

const leaving = (site: Site) => ({ ...site, id: ID })
const refused = (effect: Effect.Effect<unknown, GitError>) =>
  Effect.map(Effect.flip(effect), ({ problem, refused: no }) => {
    assert.isTrue(no, problem)
    return problem
  })

const branches = (main: string) => git(main, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")

/** Keeps and removes; what was kept. */
const away = ({ git: driver }: World, site: Site) =>
  Effect.gen(function* () {
    const kept = yield* driver.keep(leaving(site), 1, false)
    assert.isTrue(yield* driver.drop(leaving(site), kept))
    assert.isFalse(existsSync(site.path))
    return kept
  })

const added = ({ git: driver, main }: World, branch: string) =>
  Effect.gen(function* () {
    const site = yield* driver.survey(main, branch)
    yield* driver.add(site, fresh)
    return site
  })

const something = (kept: Kept | null): Kept => {
  assert.isNotNull(kept)
  return kept as Kept
}

describe("a worktree", { concurrent: true }, () => {
  test("is made below the root on a branch of its own, and goes without a trace when it has nothing of its own", (world) =>
    Effect.gen(function* () {
      const { git: driver, main, root } = world
      mkdirSync(join(main, "src", "deep"))
      const site = yield* driver.survey(join(main, "src"), "sm/eng")
      assert.include(site, { repo: join(main, ".git"), name: "api", branch: "sm/eng", made: true, below: "src/" })
      assert.match(site.path, new RegExp(`^${root}/api-[0-9a-z]{6}/sm/eng$`, "u"))
      yield* driver.add(site, fresh)
      assert.strictEqual(git(site.path, "symbolic-ref", "HEAD"), "refs/heads/sm/eng")
      assert.strictEqual(yield* driver.linked(join(site.path, "src")), site.path)
      assert.isNull(yield* driver.linked(main))
      assert.isNull(yield* driver.linked("/nowhere"))
      assert.isNull(yield* away(world, site))
      assert.deepStrictEqual(branches(main), ["main"])
      assert.strictEqual(git(main, "worktree", "list").split("\n").length, 1)
      assert.isFalse(existsSync(dirname(dirname(site.path))), "empty folders go too")
    }))

  test("keeps untracked and staged files, modes, links, binary, removals and odd names, and brings them back", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      const site = yield* added(world, "sm/eng")
      git(site.path, "commit", "-q", "--allow-empty", "-m", "of its own")
      dirty(site.path)
      const before = contentOf(site.path)
      assert.deepStrictEqual(
        (yield* driver.look(site.path)).changes.map((line) => line.slice(0, 2)),
        [" M", "D ", "AM", "??", "??"]
      )
      const kept = something(yield* away(world, site))
      assert.isNotNull(kept.work)
      assert.strictEqual(statSync(kept.bundle).size, kept.bytes)
      assert.strictEqual(statSync(kept.bundle).mode & 0o077, 0)
      assert.include(branches(main), "sm/eng", "a branch with commits of its own stays")

      yield* driver.bring(site, ID, kept, fresh)
      assert.deepStrictEqual(contentOf(site.path), before)
      assert.strictEqual(git(site.path, "symbolic-ref", "--short", "HEAD"), "sm/eng")
      yield* driver.forget(site.repo, ID, kept)
      assert.isFalse(existsSync(kept.bundle))
      assert.strictEqual(git(main, "for-each-ref", "refs/sm"), "")
    }))

  test("comes back from its bundle alone when the repository has forgotten branch, ref and objects", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      const site = yield* added(world, "sm/eng")
      writeFileSync(join(site.path, "b.txt"), "committed\n")
      git(site.path, "add", "b.txt")
      git(site.path, "commit", "-q", "-m", "of its own")
      dirty(site.path)
      const before = contentOf(site.path)
      const kept = something(yield* away(world, site))
      git(main, "branch", "-D", "sm/eng")
      git(main, "update-ref", "-d", `refs/sm/kept/${ID}`)
      git(main, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
      assert.throws(() => git(main, "cat-file", "-e", kept.head))
      yield* driver.bring(site, ID, kept, fresh)
      assert.deepStrictEqual(contentOf(site.path), before)
    }))

  test("bundles only what no remote has, and hangs on to what the bundle builds on", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      const remote = join(yield* temporary("remote"), "origin.git")
      git(main, "init", "-q", "--bare", remote)
      git(main, "remote", "add", "origin", remote)
      git(main, "push", "-q", "origin", "main")
      const site = yield* added(world, "sm/eng")
      git(site.path, "commit", "-q", "--allow-empty", "-m", "pushed")
      git(site.path, "push", "-q", "origin", "sm/eng")
      writeFileSync(join(site.path, "wip"), "unfinished\n")
      const kept = something(yield* away(world, site))
      assert.notInclude(branches(main), "sm/eng", "the remote has all of it")
      // Merged and deleted there; then everything that nobody names is thrown away.
      git(main, "push", "-q", "origin", ":sm/eng")
      git(main, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
      yield* driver.bring(site, ID, kept, fresh)
      assert.strictEqual(readFileSync(join(site.path, "wip"), "utf8"), "unfinished\n")
      assert.include(branches(main), "sm/eng")
    }))

  test("keeps what was changed in the very second of a commit, with the same size", (world) =>
    Effect.gen(function* () {
      const { git: driver } = world
      const site = yield* added(world, "sm/eng")
      const file = join(site.path, "a.txt")
      // As if all of that had been some time ago, in one second.
      const then = Math.floor(statSync(file).mtimeMs / 1000) - 100
      const change = (text: string) => (writeFileSync(file, text), utimesSync(file, then, then))
      git(site.path, "config", "core.trustctime", "false")
      change("1111")
      git(site.path, "commit", "-q", "-a", "-m", "of its own")
      utimesSync(join(git(site.path, "rev-parse", "--absolute-git-dir"), "index"), then, then)
      change("2222")
      const kept = something(yield* away(world, site))
      yield* driver.bring(site, ID, kept, fresh)
      assert.strictEqual(readFileSync(file, "utf8"), "2222")
    }))

  test("keeps changes of files that git was told not to look at", (world) =>
    Effect.gen(function* () {
      const { git: driver } = world
      const site = yield* added(world, "sm/eng")
      for (const name of ["skipped", "assumed", "gone"]) writeFileSync(join(site.path, name), "committed\n")
      git(site.path, "add", ".")
      git(site.path, "commit", "-q", "-m", "of its own")
      git(site.path, "update-index", "--skip-worktree", "skipped", "gone")
      git(site.path, "update-index", "--assume-unchanged", "assumed")
      // What a sparse checkout leaves out is no change.
      rmSync(join(site.path, "gone"))
      assert.isNull(something(yield* driver.keep(leaving(site), 1, false)).work)
      for (const name of ["skipped", "assumed"]) writeFileSync(join(site.path, name), "mine, and longer\n")
      const kept = something(yield* away(world, site))
      yield* driver.bring(site, ID, kept, fresh)
      for (const name of ["skipped", "assumed"])
        assert.strictEqual(readFileSync(join(site.path, name), "utf8"), "mine, and longer\n")
    }))

  test("keeps what lies outside of a sparse checkout", (world) =>
    Effect.gen(function* () {
      const { git: driver } = world
      const site = yield* added(world, "sm/eng")
      for (const name of ["in", "out"]) {
        mkdirSync(join(site.path, name))
        writeFileSync(join(site.path, name, "file"), "committed\n")
      }
      git(site.path, "add", ".")
      git(site.path, "commit", "-q", "-m", "of its own")
      git(site.path, "sparse-checkout", "set", "in")
      assert.isFalse(existsSync(join(site.path, "out", "file")))
      mkdirSync(join(site.path, "out"), { recursive: true })
      writeFileSync(join(site.path, "out", "new"), "untracked\n")
      const kept = something(yield* away(world, site))
      yield* driver.bring(site, ID, kept, fresh)
      assert.strictEqual(readFileSync(join(site.path, "out", "new"), "utf8"), "untracked\n")
      git(site.path, "sparse-checkout", "disable")
      assert.strictEqual(readFileSync(join(site.path, "out", "file"), "utf8"), "committed\n")
    }))

  test("stays when it has changed since it was kept", (world) =>
    Effect.gen(function* () {
      const { git: driver } = world
      const site = yield* added(world, "sm/eng")
      writeFileSync(join(site.path, "b"), "1")
      const kept = something(yield* driver.keep(leaving(site), 1, false))
      writeFileSync(join(site.path, "b"), "2")
      assert.isFalse(yield* driver.drop(leaving(site), kept))
      assert.isTrue(existsSync(join(site.path, "b")))
      const other = yield* added(world, "sm/two")
      assert.isNull(yield* driver.keep(leaving(other), 1, false))
      git(other.path, "commit", "-q", "--allow-empty", "-m", "meanwhile")
      assert.isFalse(yield* driver.drop(leaving(other), null))
    }))

  test("checks out the branch that is there, here or at the origin", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      git(main, "branch", "topic")
      git(main, "update-ref", "refs/remotes/origin/theirs", "HEAD")
      git(main, "config", "remote.origin.url", "/nowhere")
      git(main, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
      assert.include(yield* driver.survey(main, "topic"), { made: false, follows: null })
      yield* added(world, "topic")
      const theirs = yield* added(world, "theirs")
      assert.strictEqual(git(theirs.path, "rev-parse", "--abbrev-ref", "@{upstream}"), "origin/theirs")
      assert.include(yield* refused(driver.survey(main, "topic")), "topic is checked out in")
      assert.isNull(yield* away(world, theirs))
      // A branch that was there before is nobody's to delete.
      const topic = yield* driver.survey(main, "other")
      assert.isTrue(topic.made)
      assert.include(branches(main), "topic")
    }))

  test("may be on a branch of any name that git allows", (world) =>
    Effect.gen(function* () {
      const names = ["feature/deep/er", "it's", "$(touch);x", "x".repeat(180)]
      for (const name of names) {
        const { path } = yield* added(world, name)
        assert.strictEqual(git(path, "symbolic-ref", "--short", "HEAD"), name)
      }
      const odd = 'ü/ß"&|<>$`'
      const site = yield* added(world, odd)
      assert.match(site.path, /^[\w./@-]+$/u, "its path needs no quotes")
      writeFileSync(join(site.path, "wip"), odd)
      const kept = something(yield* away(world, site))
      yield* world.git.bring(site, ID, kept, fresh)
      assert.strictEqual(git(site.path, "symbolic-ref", "--short", "HEAD"), odd)
      assert.strictEqual(readFileSync(join(site.path, "wip"), "utf8"), odd)
    }))

  test("is refused with a sentence where it cannot be", (world) =>
    Effect.gen(function* () {
      const { git: driver, main, root } = world
      for (const name of ["", "-x", "a b", "a..b", "x.lock", "a/", "/a", "@{-1}", "HEAD~1"])
        assert.match(yield* refused(driver.survey(main, name)), /is no name of a branch$/u, name)
      const plain = yield* temporary("plain")
      assert.include(yield* refused(driver.survey(plain, "x")), "is in no git worktree")
      assert.include(yield* refused(driver.survey(join(plain, "gone"), "x")), "there is no directory")
      git(plain, "init", "-q")
      assert.include(yield* refused(driver.survey(plain, "x")), "has no commit yet")
      assert.include(yield* refused(driver.survey(join(main, ".git"), "x")), "is in no git worktree")
      const whole = yield* repository("whole")
      git(whole, "-c", "protocol.file.allow=always", "submodule", "add", "-q", main, "part")
      git(whole, "commit", "-q", "-m", "with a part")
      assert.include(yield* refused(driver.survey(whole, "x")), "has submodules")
      assert.include(yield* refused(driver.survey(join(whole, "part"), "x")), "is in a submodule of")
      const site = yield* driver.survey(main, "x")
      mkdirSync(site.path, { recursive: true })
      writeFileSync(join(site.path, "precious"), "")
      assert.include(yield* refused(driver.add(site, fresh)), "is there already")
      assert.isTrue(existsSync(join(site.path, "precious")))
      assert.isTrue(existsSync(root))
    }))

  test("is made whatever the person's own settings of git are", ({ main, root }) =>
    Effect.gen(function* () {
      const config = join(root, "gitconfig")
      const settings = [
        "safe.bareRepository explicit",
        "status.showUntrackedFiles no",
        "core.fsmonitor true",
        "push.default nothing"
      ]
      const odd = [
        "worktree.guessRemote true",
        "branch.autoSetupMerge always",
        "core.hooksPath /nowhere",
        "init.defaultBranch x"
      ]
      for (const setting of [...settings, ...odd]) git(root, "config", "--file", config, ...setting.split(" "))
      writeFileSync(join(main, ".git", "hooks", "post-checkout"), "#!/bin/sh\nexit 1\n", { mode: 0o755 })
      const env = { ...gitEnv(root), GIT_CONFIG_GLOBAL: config, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere/index" }
      const driver = yield* Effect.provide(Git, LocalGit.layer({ root, env }))
      const site = yield* driver.survey(main, "sm/eng")
      yield* driver.add(site, fresh)
      writeFileSync(join(site.path, "untracked"), "")
      assert.deepStrictEqual((yield* driver.look(site.path)).changes, ["?? untracked"])
      const kept = something(yield* driver.keep(leaving(site), 1, false))
      assert.isTrue(yield* driver.drop(leaving(site), kept))
      yield* driver.bring(site, ID, kept, fresh)
      assert.isTrue(existsSync(join(site.path, "untracked")))
    }))

  test("is not removed where something would be lost", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      const nested = yield* added(world, "nested")
      git(nested.path, "init", "-q", "inner")
      git(join(nested.path, "inner"), "commit", "-q", "--allow-empty", "-m", "its own")
      assert.include(yield* refused(driver.keep(leaving(nested), 1, true)), "inner is a repository of its own")

      const merging = yield* added(world, "merging")
      writeFileSync(join(merging.path, "a.txt"), "theirs\n")
      git(merging.path, "commit", "-q", "-a", "-m", "theirs")
      writeFileSync(join(main, "a.txt"), "ours\n")
      git(main, "commit", "-q", "-a", "-m", "ours")
      assert.throws(() => git(merging.path, "merge", "main"))
      assert.include(yield* refused(driver.keep(leaving(merging), 1, false)), "a merge is under way")
      const kept = something(yield* driver.keep(leaving(merging), 1, true))
      const text = readFileSync(join(merging.path, "a.txt"), "utf8")
      assert.include(text, "<<<<<<<")
      assert.isTrue(yield* driver.drop(leaving(merging), kept))
      yield* driver.bring(merging, ID, kept, fresh)
      assert.strictEqual(readFileSync(join(merging.path, "a.txt"), "utf8"), text)

      const around = yield* added(world, "around")
      writeFileSync(join(main, ".git", "info", "exclude"), "ignored/\n")
      git(around.path, "worktree", "add", "-q", "-b", "inside", "ignored/inside")
      assert.include(yield* refused(driver.keep(leaving(around), 1, true)), "ignored/inside is a worktree of its own")
      git(main, "worktree", "remove", join(around.path, "ignored", "inside"))
      assert.isNull(yield* driver.keep(leaving(around), 1, false))
      git(around.path, "worktree", "add", "-q", "ignored/inside", "inside")
      assert.include(yield* refused(driver.drop(leaving(around), null)), "ignored/inside is a worktree of its own")

      const locked = yield* added(world, "locked")
      git(main, "worktree", "lock", "--reason", "on a stick", locked.path)
      assert.include(yield* refused(driver.keep(leaving(locked), 1, false)), "is locked: on a stick")
    }))

  test("keeps commits that are on no branch", (world) =>
    Effect.gen(function* () {
      const { git: driver } = world
      const site = yield* added(world, "sm/eng")
      git(site.path, "checkout", "-q", "--detach")
      git(site.path, "commit", "-q", "--allow-empty", "-m", "nowhere else")
      const head = git(site.path, "rev-parse", "HEAD")
      const kept = something(yield* away(world, site))
      assert.include(kept, { branch: null, head, work: null })
      yield* driver.bring(site, ID, kept, fresh)
      assert.strictEqual(git(site.path, "rev-parse", "HEAD"), head)
      assert.throws(() => git(site.path, "symbolic-ref", "-q", "HEAD"))
    }))

  test("is not brought back over what has happened since", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      const site = yield* added(world, "sm/eng")
      git(site.path, "commit", "-q", "--allow-empty", "-m", "one")
      writeFileSync(join(site.path, "wip"), "")
      const kept = something(yield* away(world, site))
      git(main, "branch", "-f", "sm/eng", "main")
      assert.include(yield* refused(driver.bring(site, ID, kept, fresh)), "the branch sm/eng has moved meanwhile")
      yield* driver.bring(site, ID, { ...kept, branch: "again" }, fresh)
      assert.isTrue(existsSync(join(site.path, "wip")))
      rmSync(site.path, { recursive: true })
      renameSync(main, `${main}-away`)
      assert.include(yield* refused(driver.bring(site, ID, kept, fresh)), "is gone")
    }))
})

describe("what was cut short", { concurrent: true }, () => {
  test("a creation is made anew, from whatever it left", (world) =>
    Effect.gen(function* () {
      const { git: driver, main } = world
      const site = yield* driver.survey(main, "sm/eng")
      yield* driver.add(site, { begun: true })
      // Half checked out, and locked as git does while it works.
      const admin = git(site.path, "rev-parse", "--absolute-git-dir")
      writeFileSync(join(admin, "locked"), "initializing")
      rmSync(join(site.path, "a.txt"))
      rmSync(join(admin, "index"))
      yield* driver.add(site, { begun: true })
      assert.strictEqual(git(site.path, "status", "--porcelain"), "")
      // Its folder is gone, or git's own.
      rmSync(site.path, { recursive: true })
      yield* driver.add(site, { begun: true })
      rmSync(git(site.path, "rev-parse", "--absolute-git-dir"), { recursive: true })
      yield* driver.add(site, { begun: true })
      assert.strictEqual(git(site.path, "status", "--porcelain"), "")
    }))

  test("a removal goes on from every step", (world) =>
    Effect.gen(function* () {
      const { git: driver, main, root } = world
      const site = yield* added(world, "sm/eng")
      dirty(site.path)
      const before = contentOf(site.path)
      yield* driver.keep(leaving(site), 1, false)
      // The bundle was being written again.
      writeFileSync(join(root, ".kept", `${ID}.bundle.part`), "half")
      const kept = something(yield* driver.keep(leaving(site), 1, false))
      // Moved away, and half deleted.
      mkdirSync(join(root, ".removing"), { recursive: true })
      renameSync(site.path, join(root, ".removing", ID))
      // Somebody wrote after the last look, in a folder that was open.
      writeFileSync(join(root, ".removing", ID, "late"), "x")
      assert.isFalse(yield* driver.drop(leaving(site), kept))
      assert.isTrue(existsSync(join(site.path, "late")), "it is back")
      rmSync(join(site.path, "late"))
      renameSync(site.path, join(root, ".removing", `${ID}.gone`))
      rmSync(join(root, ".removing", `${ID}.gone`, "a.txt"))
      assert.isTrue(yield* driver.drop(leaving(site), kept))
      assert.isTrue(yield* driver.drop(leaving(site), kept), "and again")
      assert.deepStrictEqual(readdirSync(join(root, ".removing")), [])
      assert.strictEqual(git(main, "worktree", "list").split("\n").length, 1)
      // A restoration is cut short as well.
      yield* driver.bring(site, ID, kept, fresh)
      rmSync(join(site.path, "new"), { recursive: true })
      yield* driver.bring(site, ID, kept, { begun: true })
      assert.deepStrictEqual(contentOf(site.path), before)
    }))

  test("a bundle that cannot be read back is none", (world) =>
    Effect.gen(function* () {
      const { git: driver, main, root } = world
      const site = yield* added(world, "sm/eng")
      writeFileSync(join(site.path, "wip"), "x")
      // A git that damages what it writes.
      const bin = yield* temporary("bin")
      const real = git(main, "--exec-path")
      writeFileSync(
        join(bin, "git"),
        `#!/bin/sh\n"${real}/git" "$@" || exit $?\ncase "$*" in *"bundle create"*) for f in "${root}"/.kept/*.part; do printf X | dd of="$f" bs=1 seek=$(($(wc -c < "$f") - 30)) conv=notrunc 2>/dev/null; done;; esac\n`,
        { mode: 0o755 }
      )
      const damaged = yield* Effect.provide(
        Git,
        LocalGit.layer({ root, env: { ...gitEnv(root), PATH: `${bin}:${process.env["PATH"]}` } })
      )
      const error = yield* Effect.flip(damaged.keep(leaving(site), 1, false))
      assert.include(error.problem, "the bundle cannot be read back")
      assert.isTrue(existsSync(join(site.path, "wip")))
      assert.isNotNull(yield* driver.keep(leaving(site), 1, false))
    }))
})
