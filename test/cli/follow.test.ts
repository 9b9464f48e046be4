/** `sm tail --follow` against a real daemon: live, over restarts, to the end. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { following } from "../support/Following.ts"
import { runSm } from "../support/Run.ts"
import { makeSm } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

interface Line {
  readonly type: string
  readonly tool?: string
  readonly detail?: string
  readonly took?: number | null
  readonly reason?: string
}

describe("sm tail --follow", () => {
  it.live("shows actions as they happen, over a restart of broker and daemon, and ends with the session", () =>
    Effect.gen(function* () {
      const { brokerPid, daemonPid, home, json, sm } = yield* makeSm
      const id = (yield* json("spawn", "fake", "--name", "worker"))["id"] as never as string
      const env = { SM_HOME: home }
      const report = (event: string, tool: string, detail: string) =>
        runSm(["hook", "fake", event], {
          env: { ...env, SM_SESSION_ID: id },
          input: JSON.stringify({ turn_id: "t1", tool_name: tool, tool_input: { command: detail } })
        })
      const tail = yield* following(["tail", "worker", "--follow", "--json"], { env })
      const people = yield* following(["tail", "worker", "-f"], { env })
      const heard = () => tail.lines().map((line) => JSON.parse(line) as Line)
      const sees = (what: string, holds: (line: Line) => boolean) =>
        until(
          what,
          Effect.sync(() => heard().find(holds))
        )

      yield* report("PreToolUse", "Bash", "npm test")
      const begun = yield* sees("the beginning", ({ tool }) => tool === "Bash")
      assert.deepInclude(begun, { type: "action", detail: "npm test", took: null })
      yield* report("PostToolUse", "Bash", "npm test")
      yield* sees("the end", ({ took, tool }) => tool === "Bash" && typeof took === "number")

      const [broker, daemon] = [brokerPid(), daemonPid()]
      process.kill(broker, "SIGKILL")
      process.kill(daemon, "SIGKILL")
      yield* until(
        "another daemon is up",
        Effect.map(sm("doctor", "--json"), ({ code }) => (code === 0 && daemonPid() !== daemon ? true : undefined))
      )
      yield* report("PreToolUse", "Read", "a.ts")
      yield* report("PostToolUse", "Read", "a.ts")
      yield* sees("an action of the next life", ({ took, tool }) => tool === "Read" && typeof took === "number")
      assert.isUndefined(tail.code(), tail.errors())

      yield* json("kill", "worker")
      yield* until(
        "both end",
        Effect.sync(() => (tail.code() === undefined || people.code() === undefined ? undefined : true))
      )
      assert.deepStrictEqual([tail.code(), people.code()], [0, 0], tail.errors() + people.errors())
      assert.deepStrictEqual(heard().at(-1), { type: "stopped", reason: "killed by human" })
      // Once when it began, once when it ended, never again after a restart.
      for (const tool of ["Bash", "Read"]) assert.isAtMost(heard().filter((line) => line.tool === tool).length, 2, tool)
      assert.match(people.lines()[0] ?? "", /^\d\d:\d\d:\d\d +…  Bash  npm test$/u)
      assert.strictEqual(people.lines().at(-1), "worker has stopped: killed by human")

      // What has ended already is told and left.
      const late = yield* sm("tail", "worker", "-f")
      assert.strictEqual(late.code, 0)
      assert.include(late.stdout, "worker has stopped")
    }).pipe(Effect.scoped)
  )

  it.live("ends with 130 and no words on Ctrl-C, and with 1 for a session that is not there", () =>
    Effect.gen(function* () {
      const { home, json, sm } = yield* makeSm
      const id = (yield* json("spawn", "fake", "--name", "worker"))["id"] as never as string
      const other = yield* sm("tail", "nobody", "-f", "--json")
      assert.strictEqual(other.code, 1)
      assert.strictEqual(JSON.parse(other.stdout).error.code, "not-found")
      const tail = yield* following(["tail", "worker", "-f"], { env: { SM_HOME: home } })
      const input = JSON.stringify({ turn_id: "t1", tool_name: "Bash", tool_input: { command: "ls" } })
      yield* runSm(["hook", "fake", "PreToolUse"], { env: { SM_HOME: home, SM_SESSION_ID: id }, input })
      yield* until(
        "it runs",
        Effect.sync(() => tail.lines()[0])
      )
      tail.child.kill("SIGINT")
      yield* until(
        "it ends",
        Effect.sync(() => tail.code())
      )
      assert.deepStrictEqual([tail.code(), tail.lines().length, tail.errors()], [130, 1, ""])
    }).pipe(Effect.scoped)
  )
})
