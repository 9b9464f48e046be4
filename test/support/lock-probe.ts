/** A thread that tries to hold locks in step with another: `held` counts, for each path, who got it. */
import { workerData } from "node:worker_threads"
import { Effect } from "effect"
import { hold } from "../../src/broker/server/InstanceLock.ts"

const { held, paths, steps } = workerData as {
  readonly paths: ReadonlyArray<string>
  readonly held: Int32Array
  readonly steps: Int32Array
}

/** Returns at the same moment in both threads. */
const together = (step: number): void => {
  Atomics.add(steps, 0, 1)
  while (Atomics.load(steps, 0) < step * 2);
}

const attempt = (path: string, index: number) =>
  Effect.gen(function* () {
    together(index * 2 + 1)
    yield* hold(path)
    Atomics.add(held, index, 1)
  }).pipe(
    Effect.catchTag("AlreadyRunning", () => Effect.void),
    Effect.andThen(Effect.sync(() => together(index * 2 + 2))),
    Effect.scoped
  )

await Effect.runPromise(Effect.forEach(paths, attempt, { discard: true }))
