/** The daemon's log: bounded, and no line is lost when it is put away. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { append, log } from "../../src/LogFile.ts"
import { daemonOf } from "../support/daemonOf.ts"
import { makeSm } from "../support/Sm.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

describe("a log file", () => {
  it.live("is put away when it is full, keeps three, and has every line of the writers that remain", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("log")
      const path = join(dir, "daemon.log")
      const text = (number: number) => `line ${String(number).padStart(4, "0")}\n`
      // Ten lines a file.
      for (let number = 0; number < 45; number++) {
        if (number % 2 === 0) log(path, text(number), { limit: 100, keep: 3 })
        else append(path, text(number))
      }
      assert.isFalse(existsSync(`${path}.4`))
      const files = [`${path}.3`, `${path}.2`, `${path}.1`, path].map((file) => readFileSync(file, "utf8"))
      const kept = files.join("").split("\n").filter(Boolean)
      const first = Number(kept[0]?.slice(5))
      assert.deepStrictEqual(
        kept,
        Array.from({ length: 45 - first }, (_, index) => text(first + index).trim())
      )
      assert.isAtMost(first, 15)
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      for (const file of files) assert.isAtMost(file.length, 110)
    }).pipe(Effect.scoped)
  )

  it.live("stops nobody when it cannot be written", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("log")
      mkdirSync(join(dir, "daemon.log"))
      log(join(dir, "daemon.log"), "text\n")
      append(join(dir, "nowhere/daemon.log"), "text\n")
    }).pipe(Effect.scoped)
  )

  it.live("is put away by a starting supervisor and by a running daemon", () =>
    Effect.gen(function* () {
      const { daemonPid, home, sm } = yield* makeSm
      const path = join(home, "state/daemon.log")
      const filler = `${"x".repeat(1023)}\n`.repeat(10 * 1024)
      yield* sm("down")
      writeFileSync(path, filler)
      yield* sm("up", "--detach")
      assert.isTrue(statSync(`${path}.1`).size >= filler.length)
      const first = daemonPid()
      assert.isAbove(first, 0)

      appendFileSync(path, filler)
      process.kill(first, "SIGKILL")
      const second = yield* until(
        "another daemon says that it is ready",
        Effect.sync(() => {
          try {
            return [path, `${path}.1`].map(daemonOf).find((pid) => pid > 0 && pid !== first)
          } catch {
            // Between two names.
            return undefined
          }
        })
      )
      assert.isAbove(second, 0)
      assert.isTrue(existsSync(`${path}.2`))
      const all = ["", ".1", ".2"]
        .map((end) => (existsSync(path + end) ? readFileSync(path + end, "utf8") : ""))
        .join("")
      assert.include(all, "the daemon was killed; starting it again")
      assert.include(all, `(pid ${first})`)
      assert.include(all, `(pid ${second})`)
    }).pipe(Effect.scoped)
  )
})
