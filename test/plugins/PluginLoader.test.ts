import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { load } from "../../src/plugins/PluginLoader.ts"
import { temporary } from "../support/TmuxTest.ts"

describe("the plugins' configuration", () => {
  it.effect("is refused by name when it waits for something", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("plugins")
      writeFileSync(join(dir, "plugins.config.mjs"), "export default () => new Promise(() => {})")
      const loading = yield* Effect.forkChild(Effect.flip(load(dir, () => ({ plugins: [] }))), {
        startImmediately: true
      })
      const error = yield* Effect.raceFirst(
        Fiber.join(loading),
        Effect.forever(Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow))
      )
      assert.include(error.message, "plugins.config.mjs: it was not ready within 10 seconds")
    }).pipe(Effect.scoped)
  )
})
