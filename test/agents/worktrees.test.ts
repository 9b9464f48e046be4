/** Real agents in worktrees of one repository: each writes on a branch of its own, and is asked about what it left. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { answered, asked, promptsOf, reaches, send, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { git, repository } from "../support/Repositories.ts"

describe.skipIf(missing !== undefined)("real agents in worktrees", { concurrent: true }, () => {
  it.live(
    "write the same file without meeting, and are asked once what shall become of it",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const main = yield* repository()
        const trees = new Set<string>()
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            const claude = kind === "claude"
            const mode = claude ? ["--permission-mode", "bypassPermissions", "--env", "IS_SANDBOX=1"] : []
            const card = yield* sm.json("spawn", kind, "--name", kind, "--worktree", "--cwd", main, ...mode)
            const tree = String(card["workingDir"])
            yield* reaches(sm, kind, "idle")
            const command = `echo ${kind} > same.txt`
            const tool = claude
              ? `Bash ${JSON.stringify({ command })}`
              : `exec_command ${JSON.stringify({ cmd: command })}`
            const work = yield* send(sm, kind, `[[tool ${tool}]] [[text written]]`)
            assert.strictEqual((yield* answered(sm, work)).answer, "written")
            const prompt = yield* asked(sm, kind, `Your turn ended with uncommitted work in ${tree}`)
            assert.match(prompt, /^\[sm worktree · m\w{15}\] /u)
            assert.include(prompt, "?? same.txt")
            yield* reaches(sm, kind, "idle")
            yield* answered(sm, yield* send(sm, kind, "[[text again]]"))
            assert.strictEqual(
              promptsOf(sm, kind).filter((words) => words.startsWith("[sm worktree")).length,
              1,
              "the same files are not told again"
            )
            trees.add(tree)
          })
        )
        assert.strictEqual(trees.size, 2)
        assert.isFalse(existsSync(join(main, "same.txt")))
        assert.strictEqual(git(main, "status", "--porcelain"), "")
      }).pipe(Effect.scoped),
    180_000
  )
})
