/** Hook reports written while the daemon was away: taken in their order, and removed when they are stored. */
import { readdir, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import type { ActorSystem } from "../actors/ActorSystem.ts"
import { Roster } from "../agents/Roster.ts"
import { Broker } from "../broker/Broker.ts"
import { Directory } from "../broker/Directory.ts"
import { verbs } from "./Api.ts"
import { signal } from "./SystemVerbs.ts"

const decode = Schema.decodeEffect(Schema.fromJsonString(Schema.toCodecJson(verbs.signal.input)))
/** A report that cannot be read is kept under this ending for a person to see. */
const BAD = ".bad"

const names = (dir: string) =>
  Effect.promise(() =>
    readdir(dir).then(
      (found) => found.filter((name) => name.endsWith(".json")).sort(),
      () => []
    )
  )

/** Takes everything that waits. File names begin with the time of the report. */
export const drain = (dir: string): Effect.Effect<number, never, Broker | Directory | Roster> =>
  Effect.gen(function* () {
    let taken = 0
    for (const name of yield* names(dir)) {
      const path = join(dir, name)
      const input = yield* Effect.result(
        Effect.flatMap(
          Effect.promise(() => readFile(path, "utf8").catch(() => "")),
          decode
        )
      )
      if (input._tag === "Failure") {
        yield* Effect.logWarning(`spool: ${name} cannot be read and is set aside`)
        yield* Effect.promise(() => rename(path, `${path}${BAD}`).catch(() => undefined))
        continue
      }
      const stored = yield* Effect.result(signal(input.success, { name: "human", card: undefined }))
      if (stored._tag === "Failure" && stored.failure._tag === "BrokerError") return taken
      // Refused: the session is not known any more.
      yield* Effect.promise(() => rm(path, { force: true }))
      taken++
    }
    return taken
  })

/** At start, then whenever something is there. */
export const drainForever = (dir: string): Effect.Effect<never, never, Broker | Directory | Roster | ActorSystem> =>
  drain(dir).pipe(
    Effect.tap((taken) => (taken > 0 ? Effect.logInfo(`took ${taken} hook reports from the spool`) : Effect.void)),
    Effect.andThen(Effect.sleep("400 millis")),
    Effect.forever
  )
