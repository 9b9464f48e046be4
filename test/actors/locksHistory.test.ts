/** Users of leases at random, while hosts and the broker die and some stand still: never two with a good lease. */
import { spawn } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Random } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { checkHistory } from "../support/LockHistory.ts"
import { type Line, use } from "../support/LockUser.ts"
import { plainNats } from "../support/PlainNats.ts"
import { withWorld } from "../support/SessionTest.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const script = (name: string) => join(import.meta.dirname, "../support", name)

const child = (file: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [script(file), ...args], { stdio: ["ignore", "ignore", "inherit"] })),
    (process) => Effect.sync(() => void process.kill("SIGKILL"))
  )

/** A soak does more of it. */
const MORE = process.env["SM_SOAK"] === undefined ? 1 : 10

describe("leases", () => {
  it.effect(
    "have one holder, taken at random over many restarts of the host",
    () =>
      withWorld((world) =>
        Effect.gen(function* () {
          const lines: Array<Line> = []
          const users = yield* Effect.forEach(["ann", "ben", "cat", "dan", "eve"], (name) =>
            Effect.forkScoped(use({ name, ttl: 400, rounds: 60 * MORE, write: (line) => void lines.push(line) }))
          )
          let [calm, down] = [0, 0]
          const all = yield* Effect.forkScoped(Effect.forEach(users, Fiber.join))
          while (all.pollUnsafe() === undefined) {
            for (let step = 0; step < 100; step++) yield* Effect.andThen(TestClock.adjust("5 millis"), Effect.yieldNow)
            // Now and then, and never long without.
            if (calm++ < 5 && (yield* Random.nextIntBetween(0, 4)) > 0) continue
            calm = 0
            yield* world.stop
            yield* TestClock.adjust((yield* Random.nextIntBetween(0, 10)) === 0 ? "6 seconds" : "100 millis")
            yield* world.boot
            down++
          }
          yield* Fiber.join(all)
          const { entered, late, rejected } = checkHistory(lines)
          assert.isAbove(entered, 150)
          assert.isAbove(late, 0)
          assert.isAbove(down, 1)
          assert.strictEqual(rejected, 0)
        }).pipe(Effect.scoped)
      ),
    180_000 * MORE
  )

  it.live(
    "have one holder on a real broker that is killed, with a host and a holder that stand still",
    () =>
      Effect.gen(function* () {
        const server = yield* plainNats()
        const port = String(server.port())
        const file = join(yield* temporary("locks"), "lines")
        writeFileSync(file, "")
        const lines = Effect.sync(() =>
          readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as Line)
        )
        const more = (count: number) =>
          Effect.flatMap(lines, ({ length }) =>
            until(
              `${count} lines more`,
              Effect.map(lines, (now) => (now.length >= length + count ? true : undefined)),
              60
            )
          )
        const one = yield* child("lock-host.ts", port, "one")
        const users = yield* Effect.forEach(["ann", "ben", "cat"], (name) => child("lock-user.ts", port, name, file))
        yield* more(20)
        yield* child("lock-host.ts", port, "two")
        yield* server.kill()
        yield* server.start
        yield* more(5)

        // The one that is inside stands still until its lease is over and another was there.
        const ann = users[0]
        yield* until(
          "ann is inside, and stopped there",
          Effect.gen(function* () {
            ann?.kill("SIGSTOP")
            const last = (yield* lines).findLast(({ who }) => who === "ann")
            if (last?.what === "in") return true
            ann?.kill("SIGCONT")
            return undefined
          }),
          60
        )
        yield* more(5)
        ann?.kill("SIGCONT")
        yield* more(5)

        // The host that manages them does: another takes over, and the first may come back with what it knew.
        one.kill("SIGSTOP")
        yield* more(5)
        one.kill("SIGCONT")
        yield* more(5)
        yield* server.kill()
        yield* server.start
        yield* more(5)
        for (const user of users) assert.isNull(user.exitCode)
        const { entered, late } = checkHistory(yield* lines, new Set(["ann"]))
        assert.isAbove(entered, 25)
        assert.isAbove(late, 0, "nobody was stopped inside")
      }).pipe(Effect.scoped),
    180_000
  )
})
