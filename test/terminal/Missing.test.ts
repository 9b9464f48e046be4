/** A machine without tmux. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Tmux from "../../src/terminal/Tmux.ts"
import { temporary } from "../support/TmuxTest.ts"

describe("Tmux without tmux", () => {
  it.live("says that it is not installed, and how it would be", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("missing")

      const error = yield* Effect.flip(Layer.build(Tmux.layer({ socket: join(dir, "tmux"), dir, bin: "no-such-tmux" })))

      assert.strictEqual(error.reason, "NotInstalled")
      assert.include(error.message, "apt-get install tmux")
    }).pipe(Effect.scoped)
  )
})
