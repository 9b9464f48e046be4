import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { keep } from "../../src/broker/server/KeptFile.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

describe("a file that clients find their way by", () => {
  it.live("comes back when it is removed or damaged under a running daemon", () =>
    Effect.gen(function* () {
      const path = join(yield* temporary("kept"), "broker.json")
      yield* keep(path, "whole")
      const whole = until(
        "it is whole again",
        Effect.sync(() => {
          try {
            return readFileSync(path, "utf8") === "whole" ? true : undefined
          } catch {
            return undefined
          }
        })
      )
      rmSync(path)
      yield* whole
      writeFileSync(path, "{")
      yield* whole
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    }).pipe(Effect.scoped)
  )
})
