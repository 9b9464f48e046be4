/** Agents in git worktrees of their own, by the real command: nothing of their work is lost, whoever dies when. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { contentOf, dirty, git, repository } from "../support/Repositories.ts"
import { makeSm, makeSmWith } from "../support/Sm.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

interface Listed {
  readonly branch: string
  readonly phase: string
  readonly path: string
  readonly living: string | null
  readonly changes: number | null
  readonly problem: string | null
}

type Sm = Effect.Success<typeof makeSm>

/** Only the fields that are looked at are named. */
const listOf = ({ json }: Sm) =>
  Effect.map(json("worktree"), (worktrees) => worktrees as never as ReadonlyArray<Listed>)

const is = (sm: Sm, phase: string) =>
  until(
    `the worktree is ${phase}`,
    Effect.map(listOf(sm), (worktrees) => worktrees.find((worktree) => worktree.phase === phase))
  )

describe("an agent in a worktree of its own", () => {
  it.live("works there, is asked about its work, and is gone and back without a loss", () =>
    Effect.gen(function* () {
      const world = yield* makeSm
      const { json, sm, taken } = world
      const main = yield* repository()
      const [eng, other] = yield* Effect.all(
        [
          json("spawn", "fake", "--name", "eng", "--worktree", "--cwd", main),
          json("spawn", "fake", "--name", "other", "--worktree", "fix/other", "--cwd", join(main, "src"))
        ],
        { concurrency: 2 }
      )
      const tree = String(eng["workingDir"])
      assert.match(tree, /\/worktrees\/api-[0-9a-z]{6}\/sm\/eng$/u)
      assert.match(String(other["workingDir"]), /\/fix\/other\/src$/u)
      const again = yield* sm("spawn", "fake", "--name", "third", "--worktree", "sm/eng", "--cwd", main)
      assert.strictEqual(again.code, 1)
      assert.include(again.stderr, `sm: sm/eng is checked out in ${tree} already`)

      dirty(tree)
      yield* json("send", "eng", "hello")
      yield* until(
        "eng is asked",
        Effect.sync(() => taken().find((prompt) => prompt.startsWith("[sm worktree · m")))
      )
      const asked = taken().find((prompt) => prompt.startsWith("[sm worktree")) ?? ""
      for (const word of [tree, "branch sm/eng", "?? dangling", "sm worktree remove sm/eng"])
        assert.include(asked, word)

      const lives = yield* sm("worktree", "remove", "sm/eng")
      assert.strictEqual(lives.code, 1)
      assert.match(lives.stderr, /^sm: eng \([0-9a-f]{8}\) works in .*: sm kill eng first/u)
      const before = contentOf(tree)
      assert.include((yield* sm("kill", "eng")).stdout, `its worktree ${tree} stays`)
      assert.include((yield* sm("worktree")).stdout, "ready (5 uncommitted)")
      const removed = yield* sm("worktree", "remove", "eng")
      assert.match(removed.stdout, /^removed .*; its uncommitted work is kept in .*\.bundle \(\d+ /u)
      assert.isFalse(existsSync(tree))
      assert.include((yield* sm("doctor")).stdout, "1 kept in a bundle")
      assert.include((yield* sm("worktree", "restore", "sm/eng")).stdout, `restored sm/eng in ${tree}`)
      assert.deepStrictEqual(contentOf(tree), before)
      assert.include(yield* json("restore", "eng"), { workingDir: tree } as never)

      yield* sm("kill", "other")
      const nothing = yield* sm("worktree", "remove", "fix/other")
      assert.include(nothing.stdout, "nothing in it was only there")
      assert.strictEqual(git(main, "branch", "--list", "fix/*"), "")
      const plain = yield* sm("spawn", "fake", "--worktree", "--cwd", world.work)
      assert.deepStrictEqual([plain.code, plain.stderr.split("\n")[0]], [1, `sm: ${world.work} is in no git worktree`])
      assert.deepStrictEqual(
        (yield* listOf(world)).map(({ branch, living, phase }) => [branch, living, phase]),
        [["sm/eng", "eng", "ready"]]
      )
    }).pipe(Effect.scoped)
  )

  it.live("is made, removed and brought back over the death of the daemon in the midst of it", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("shim")
      const hold = join(dir, "hold")
      const reached = join(dir, "reached")
      // A git that stands still in the midst of the command that is written in `hold`.
      const script = `#!/bin/sh
PATH=\${PATH#*:}
if [ -s '${hold}' ] && case " $* " in *" $(cat '${hold}') "*) true;; *) false;; esac; then
  git "$@"
  code=$?
  echo "$$" > '${reached}'
  while [ -e '${hold}' ]; do sleep 0.05; done
  exit $code
fi
exec git "$@"
`
      writeFileSync(join(dir, "git"), script, { mode: 0o755 })
      const world = yield* makeSmWith({ env: { PATH: `${dir}:${process.env["PATH"]}` } })
      const { daemonPid, sm } = world
      const main = yield* repository()

      /** Kills the daemon while git does this for what is asked meanwhile. */
      const killedIn = (command: string, ...args: ReadonlyArray<string>) =>
        Effect.gen(function* () {
          writeFileSync(hold, command)
          yield* Effect.forkScoped(sm(...args))
          const pid = yield* until(
            `git is at ${command}`,
            Effect.sync(() => (existsSync(reached) ? readFileSync(reached, "utf8").trim() : "") || undefined)
          )
          process.kill(daemonPid(), "SIGKILL")
          yield* until(
            "git has ended with it",
            Effect.sync(() => (alive(Number(pid)) ? undefined : true))
          )
          rmSync(hold)
          rmSync(reached)
          const up = yield* sm("up", "--detach")
          assert.strictEqual(up.code, 0, up.stderr)
        })

      yield* killedIn("worktree add", "spawn", "fake", "--name", "eng", "--worktree", "--cwd", main)
      const { path } = yield* is(world, "ready")
      assert.strictEqual(git(path, "status", "--porcelain"), "")
      dirty(path)
      const before = contentOf(path)
      yield* killedIn("bundle create", "worktree", "remove", "sm/eng")
      yield* is(world, "kept")
      assert.isFalse(existsSync(path))
      yield* sm("worktree", "restore", "sm/eng")
      assert.deepStrictEqual(contentOf(path), before)
      yield* killedIn("worktree remove", "worktree", "remove", "sm/eng")
      yield* is(world, "kept")
      assert.strictEqual(git(main, "worktree", "list").split("\n").length, 1)
      yield* sm("worktree", "restore", "sm/eng")
      assert.deepStrictEqual(contentOf(path), before)
    }).pipe(Effect.scoped)
  )
})

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
