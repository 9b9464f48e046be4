/** A file that clients find their way by: written at the start, and again when somebody removed or damaged it. */
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect, Schedule, type Scope } from "effect"
import { writePrivate } from "./Trust.ts"

/** For so long at most clients cannot find their way. */
const LOOK = Schedule.spaced("3 seconds")

/** Holds until the scope ends; the file stays. Where its whole directory is gone it is left alone. */
export const keep = (path: string, text: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    yield* Effect.promise(() => writePrivate(path, text))
    const mend = Effect.gen(function* () {
      const found = yield* Effect.promise(() => readFile(path, "utf8").catch(() => ""))
      if (found === text || !existsSync(dirname(path))) return
      yield* Effect.logWarning(`${path} was removed or changed; it is written again`)
      yield* Effect.tryPromise(() => writePrivate(path, text))
    }).pipe(Effect.catch((error) => Effect.logWarning(`${path} cannot be written: ${error.message}`)))
    yield* Effect.forkScoped(Effect.repeat(mend, LOOK))
  })
