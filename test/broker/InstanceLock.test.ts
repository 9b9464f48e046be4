import { join } from "node:path"
import { Worker } from "node:worker_threads"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { temporary } from "../support/TmuxTest.ts"

const ROUNDS = 16

describe("the lock of a state directory", () => {
  it.live("is held by exactly one of two that try at the same moment", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("lock")
      const paths = Array.from({ length: ROUNDS }, (_, round) => join(dir, `${round}.lock`))
      const held = new Int32Array(new SharedArrayBuffer(4 * ROUNDS))
      const steps = new Int32Array(new SharedArrayBuffer(4))
      const thread = Effect.promise(
        () =>
          new Promise<number>((resolve, reject) => {
            const probe = join(import.meta.dirname, "../support/lock-probe.ts")
            const worker = new Worker(probe, { workerData: { paths, held, steps } })
            worker.once("error", reject)
            worker.once("exit", resolve)
          })
      )
      assert.deepStrictEqual(yield* Effect.all([thread, thread], { concurrency: 2 }), [0, 0])
      assert.deepStrictEqual(
        [...held],
        paths.map(() => 1)
      )
    }).pipe(Effect.scoped)
  )
})
