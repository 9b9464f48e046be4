/** Reminders and waits, as their user has them, over a stop of everything and the death of the daemon. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSm } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

interface Reminders {
  readonly reminders: ReadonlyArray<{ readonly text: string; readonly every: number | null; readonly due: number }>
}

describe("time", () => {
  it.live("brings what came due while sm was down, and ends every wait in one word", () =>
    Effect.gen(function* () {
      const { daemonPid, json, sm, taken } = yield* makeSm
      yield* json("spawn", "fake", "--name", "one")
      yield* json("spawn", "shell", "--name", "boss")

      const walk = yield* sm("remind", "--to", "one", "--every", "10m", "take", "a", "walk")
      assert.match(walk.stdout, /^r[0-9a-z]{7}: one will be reminded .*, in 10m, then every 10m\n$/u)
      // Long enough for a loaded machine to be down by then.
      const due = Date.now() + 4000
      assert.strictEqual((yield* sm("remind", "--to", "one", "4", "tea")).code, 0)
      const { reminders } = (yield* json("remind", "--list", "--to", "one")) as unknown as Reminders
      assert.deepStrictEqual(
        reminders.map(({ every, text }) => [text, every]),
        [
          ["tea", null],
          ["take a walk", 600_000]
        ]
      )
      assert.strictEqual((yield* sm("down")).code, 0)
      yield* until(
        "it is due",
        Effect.sync(() => (Date.now() > due + 300 ? true : undefined))
      )
      assert.deepStrictEqual(taken(), [])
      assert.strictEqual((yield* sm("up", "--detach")).code, 0)
      yield* until(
        "the reminder comes",
        Effect.sync(() => (taken().length > 0 ? true : undefined))
      )
      assert.match(taken()[0] ?? "", /^\[sm remind · m[0-9a-z]{15}\] tea\n\(set by a person\)$/u)

      yield* json("send", "one", "[[work 2500]] long", "--wait=submitted", "--timeout", "20")
      const late = yield* sm("wait", "--block", "one", "0.2")
      assert.deepStrictEqual([late.code, late.stdout], [4, ""])
      assert.include(late.stderr, "one still active after 0s (working)")
      yield* json("send", "boss", "sm wait one 5m")
      yield* until(
        "boss waits",
        Effect.map(sm("output", "boss"), ({ stdout }) => (stdout.includes("you will be told") ? true : undefined))
      )
      const killed = Effect.sync(() => process.kill(daemonPid(), "SIGKILL"))
      const [waited] = yield* Effect.all([sm("wait", "--block", "one"), Effect.delay(killed, "300 millis")], {
        concurrency: 2
      })
      assert.deepStrictEqual([waited.code, waited.stderr], [0, ""])
      assert.match(waited.stdout, /^one is idle \(waited \d+s\)\n$/u)
      yield* until(
        "boss is told",
        Effect.map(sm("output", "boss"), ({ stdout }) =>
          /\[sm wait · m[0-9a-z]{15}\] one is now idle/u.test(stdout) ? true : undefined
        )
      )

      assert.include((yield* sm("remind", "--cancel", "--all", "--to", "one")).stdout, "take a walk")
      assert.include((yield* sm("remind", "--list", "--to", "one")).stdout, "one will be reminded of nothing")
      yield* json("kill", "one")
      const gone = yield* sm("wait", "--block", "one")
      assert.deepStrictEqual([gone.code, gone.stdout], [1, ""])
      assert.include(gone.stderr, "one no longer exists (stopped: killed by human)")
      assert.lengthOf(taken(), 2)

      const shell = yield* sm("remind", "5m", "x")
      assert.strictEqual(shell.code, 1)
      assert.include(shell.stderr, "name one: --to <session>")
      assert.strictEqual((yield* sm("wait", "one")).code, 1)
      for (const words of [
        ["remind"],
        ["remind", "soon", "x"],
        ["remind", "--every", "10s", "x"],
        ["remind", "--every", "5m", "30", "x"],
        ["remind", "--cancel"],
        ["remind", "--cancel", "tea"],
        ["remind", "--all"],
        ["remind", "--list", "x"],
        ["wait", "one", "soon"]
      ])
        assert.strictEqual((yield* sm(...words)).code, 2, words.join(" "))
    }).pipe(Effect.scoped)
  )
})
