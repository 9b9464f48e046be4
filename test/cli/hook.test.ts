/** `sm hook` where nothing works: agents take what it prints and its exit code for orders. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { natsStub } from "../support/NatsStub.ts"
import { runSm } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

describe("sm hook", () => {
  it.live("exits 0 and says nothing, also when neither daemon nor spool takes the report", () =>
    Effect.gen(function* () {
      const home = yield* temporary("hook")
      mkdirSync(join(home, "state"))
      // Nothing can be written below a file.
      writeFileSync(join(home, "state/spool"), "")
      const env = { SM_HOME: home, SM_SESSION_ID: "0000000a" }
      for (const event of ["Stop", "StatusLine"])
        for (const input of ["{}", "", "no JSON"])
          assert.deepStrictEqual(yield* runSm(["hook", "claude", event], { env, input }), {
            code: 0,
            stdout: "",
            stderr: ""
          })
    }).pipe(Effect.scoped)
  )

  it.live("prints what the daemon has to say to the agent, and nothing else", () =>
    Effect.gen(function* () {
      const say = JSON.stringify({ hookSpecificOutput: { permissionDecisionReason: `“stop”\n${"x".repeat(100_000)}` } })
      const replies = [
        [{ ok: true, data: { say } }, say],
        [{ ok: true, data: { say: null } }, ""],
        // A daemon of another version.
        [{ ok: true, data: {} }, ""],
        [{ ok: false, error: { code: "not-found", message: "m", hint: "h" } }, ""]
      ] as const
      for (const [reply, stdout] of replies) {
        const home = yield* temporary("hook")
        yield* natsStub(home, reply)
        const env = { SM_HOME: home, SM_SESSION_ID: "0000000a" }
        assert.deepStrictEqual(yield* runSm(["hook", "claude", "PreToolUse"], { env, input: "{}" }), {
          code: 0,
          stdout,
          stderr: ""
        })
      }
    }).pipe(Effect.scoped)
  )

  it.live("waits for the answer to what it asked leave for, and for nothing else", () =>
    Effect.gen(function* () {
      const say = JSON.stringify({ hookSpecificOutput: { decision: { behavior: "allow" } } })
      const waits = { ok: true, data: { say: null, over: false } }
      const away = { ok: false, error: { code: "unavailable", message: "m", hint: "h" } }
      const gone = { ok: false, error: { code: "not-allowed", message: "m", hint: "h" } }
      const cases = [
        { asked: true, answers: [waits, away, { ok: true, data: { say, over: true } }], stdout: say },
        { asked: true, answers: [{ ok: true, data: { say: null, over: true } }], stdout: "" },
        { asked: true, answers: [gone], stdout: "" },
        { asked: false, answers: [], stdout: "" }
      ]
      for (const { answers, asked, stdout } of cases) {
        const home = yield* temporary("hook")
        const { asked: heard } = yield* natsStub(home, { ok: true, data: { say: null, asked } }, ...answers)
        const env = { SM_HOME: home, SM_SESSION_ID: "0000000a" }
        const ran = yield* runSm(["hook", "claude", "PermissionRequest"], { env, input: "{}" })
        assert.deepStrictEqual(ran, { code: 0, stdout, stderr: "" })
        assert.lengthOf(heard(), 1 + answers.length)
      }
    }).pipe(Effect.scoped)
  )
})
