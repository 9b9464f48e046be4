/** What hooks wrote while the daemon was away, reports and writes without a lock: taken in their order, and removed when stored. */
import { readdir, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { ActorSystem } from "../../actors/ActorSystem.ts"
import { Roster } from "../../agents/Roster.ts"
import { Broker } from "../../broker/Broker.ts"
import { Directory } from "../../broker/Directory.ts"
import type { HostId } from "../../domain/Ids.ts"
import { verbs } from "../Api.ts"
import type { Repository } from "../Repository.ts"
import { report } from "./SignalVerbs.ts"
import { tellUnlocked, Unlocked } from "../locks/Unlocked.ts"

/** A write that went without a lock while nobody could be asked (`cli/hot/Gate.ts`). */
const Noted = Schema.Struct({ unlocked: Unlocked })
const Spooled = Schema.Union([verbs.signal.input, Noted])
const decode = Schema.decodeEffect(Schema.fromJsonString(Schema.toCodecJson(Spooled)))
/** A report that cannot be read is kept under this ending for a person to see. */
const BAD = ".bad"

const names = (dir: string) =>
  Effect.promise(() =>
    readdir(dir).then(
      (found) => found.filter((name) => name.endsWith(".json")).sort(),
      () => []
    )
  )

const passed = (unlocked: typeof Unlocked.Type, host: HostId) =>
  Effect.gen(function* () {
    const { session, why } = unlocked
    const directory = yield* Directory
    const card = session === null ? undefined : Option.getOrUndefined(yield* directory.find(session))
    yield* tellUnlocked({ ...unlocked, why: `sm could not be asked: ${why}` }, card?.name ?? null, host)
  })

/** Takes everything that waits. File names begin with the time of the report. */
export const drain = (
  dir: string,
  host: HostId
): Effect.Effect<number, never, Broker | Directory | Repository | Roster> =>
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
      const found = input.success
      const stored = yield* Effect.result(
        "unlocked" in found ? passed(found.unlocked, host) : report(found, { name: "human", card: undefined })
      )
      if (stored._tag === "Failure" && stored.failure._tag === "BrokerError") return taken
      // Refused: the session is not known any more.
      yield* Effect.promise(() => rm(path, { force: true }))
      taken++
    }
    return taken
  })

/** At start, then whenever something is there. */
export const drainForever = (
  dir: string,
  host: HostId
): Effect.Effect<never, never, Broker | Directory | Repository | Roster | ActorSystem> =>
  drain(dir, host).pipe(
    Effect.tap((taken) => (taken > 0 ? Effect.logInfo(`took ${taken} hook reports from the spool`) : Effect.void)),
    Effect.andThen(Effect.sleep("400 millis")),
    Effect.forever
  )
