import { execFileSync, spawn } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSm } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

const cli = join(import.meta.dirname, "../../dist/sm.cjs")

describe("a lock", () => {
  it.live("goes from an agent that is killed to whoever waits, over the daemon's death; Ctrl-C waits no more", () =>
    Effect.gen(function* () {
      const { daemonPid, home, json, sm, work } = yield* makeSm
      execFileSync("git", ["init", "-q", work])
      yield* json("spawn", "shell", "--name", "holder")
      yield* json("send", "holder", "sm lock hold; sleep 100")
      const standing = Effect.map(json("locks"), ({ leases, waiting }) => {
        const reasons = (items: unknown) => (items as ReadonlyArray<{ reason: string }>).map(({ reason }) => reason)
        return [reasons(leases).join(), reasons(waiting).join()].join("|")
      })
      const stands = (wanted: string) =>
        until(
          `the locks are ${wanted}`,
          Effect.map(standing, (now) => (now === wanted ? true : undefined)),
          30
        )
      yield* stands("hold|")
      const refused = yield* sm("lock", "mine")
      assert.strictEqual(refused.code, 1)
      assert.match(refused.stderr, /^sm: holder \([0-9a-f]{8}\) has had \/.* for \d+s \(hold\), until its turn ends$/mu)

      /** Waits in a process of its own; its exit code, once it has one. */
      const waiter = (reason: string) =>
        Effect.gen(function* () {
          const child = yield* Effect.acquireRelease(
            Effect.sync(() =>
              spawn(process.execPath, [cli, "lock", reason, "--wait", "60s"], {
                cwd: work,
                env: { ...process.env, SM_HOME: home },
                stdio: "ignore"
              })
            ),
            (process) => Effect.sync(() => void process.kill("SIGKILL"))
          )
          yield* stands(`hold|${reason}`)
          const code = until(
            `${reason} has ended`,
            Effect.sync(() => child.exitCode ?? undefined),
            30
          )
          return { child, code }
        })
      const impatient = yield* waiter("impatient")
      impatient.child.kill("SIGINT")
      assert.strictEqual(yield* impatient.code, 130)
      yield* stands("hold|")

      const patient = yield* waiter("patient")
      process.kill(daemonPid(), "SIGKILL")
      const panes = ["-S", join(home, "run/tmux"), "list-panes", "-a", "-F", "#{session_name} #{pane_pid}"]
      const agent = /^sm-[0-9a-f]{8} (\d+)$/mu.exec(execFileSync("tmux", panes, { encoding: "utf8" }))?.[1]
      process.kill(Number(agent), "SIGKILL")
      assert.strictEqual(yield* patient.code, 0)
      yield* stands("patient|")
      assert.strictEqual((yield* sm("unlock")).code, 0)
      yield* stands("|")
    }).pipe(Effect.scoped)
  )
})
