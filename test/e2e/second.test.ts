/** A second start beside a running daemon. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSm } from "../support/Sm.ts"

describe("a second start", () => {
  it.live("says that sm is running, exits 0 and leaves the first alone", () =>
    Effect.gen(function* () {
      const { daemonPid, json, sm } = yield* makeSm
      const pid = daemonPid()

      const foreground = yield* sm("up")
      const background = yield* sm("up", "--detach")

      for (const { code, stdout } of [foreground, background]) {
        assert.strictEqual(code, 0)
        assert.include(stdout, `already running (pid ${pid})`)
      }
      assert.strictEqual((yield* json("up"))["pid"] as never, pid)
    }).pipe(Effect.scoped)
  )
})
