/** Programs that sm runs: tied to it, they may tidy up; and nothing they started outlives them. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { run } from "../../src/process/Subprocess.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const program = (script: string, tied = true) => ({
  command: ["/bin/sh", "-c", script] as const,
  cwd: "/",
  env: { PATH: process.env["PATH"] ?? "" },
  stdin: "",
  most: 1000,
  tied
})

const there = (path: string) =>
  until(
    `${path} is there`,
    Effect.sync(() => (existsSync(path) ? true : undefined))
  )

describe("a program that is tied to sm", () => {
  it.live("answers with its own exit code and words, reads nothing, and may not say too much", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(program("cat; echo out; echo err >&2; exit 3"))
      assert.deepStrictEqual([code, stdout, stderr], [3, "out\n", "err\n"])
      assert.include((yield* Effect.flip(run(program("yes")))).message, "says more than 1000 bytes")
    })
  )

  it.live("is asked to end when it is not wanted any more, and waited for while it tidies up", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("tied")
      const [begun, tidied] = [join(dir, "begun"), join(dir, "tidied")]
      const script = `trap 'sleep 0.2; echo yes > ${tidied}; exit 1' TERM; echo > ${begun}; while :; do sleep 0.05; done`
      const fiber = yield* Effect.forkChild(run(program(script)), { startImmediately: true })
      yield* there(begun)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(readFileSync(tidied, "utf8"), "yes\n")
    }).pipe(Effect.scoped)
  )

  it.live("that does not want to end is killed", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("tied")
      const begun = join(dir, "begun")
      const script = `trap '' TERM; echo $$ > ${begun}; while :; do sleep 0.05; done`
      const fiber = yield* Effect.forkChild(run(program(script), "200 millis"), { startImmediately: true })
      yield* there(begun)
      const pid = Number(readFileSync(begun, "utf8"))
      yield* Fiber.interrupt(fiber)
      yield* until(
        "it is gone",
        Effect.sync(() => {
          try {
            process.kill(pid, 0)
            return undefined
          } catch {
            return true
          }
        })
      )
    }).pipe(Effect.scoped)
  )
})
