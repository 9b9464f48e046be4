/** What hooks wrote while the daemon was away, reports and writes without a lock: taken in their order, and removed when stored. */
import { readdir, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import { ref } from "../actors/ActorRef.ts"
import type { ActorSystem } from "../actors/ActorSystem.ts"
import { Monitor } from "../actors/monitor/Monitor.ts"
import { Roster } from "../agents/Roster.ts"
import { Broker } from "../broker/Broker.ts"
import { Directory } from "../broker/Directory.ts"
import { type HostId, SessionId } from "../domain/Ids.ts"
import type { Notice } from "../domain/Notice.ts"
import { verbs } from "./Api.ts"
import type { Repository } from "./Repository.ts"
import { report } from "./SignalVerbs.ts"

/** A write that went without a lock while nobody could be asked (`cli/hot/Gate.ts`). */
const Unlocked = Schema.Struct({
  unlocked: Schema.Struct({
    at: Schema.Finite,
    session: Schema.NullOr(SessionId),
    what: Schema.String,
    cwd: Schema.String,
    why: Schema.String
  })
})
const Spooled = Schema.Union([verbs.signal.input, Unlocked])
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

/** Tells the person; once for each of them, in each directory and minute. */
const passed = ({ unlocked: { at, cwd, session, what, why } }: typeof Unlocked.Type, host: HostId) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const card = session === null ? undefined : Option.getOrUndefined(yield* directory.find(session))
    const name = card?.name ?? null
    const minute = Math.floor(at / 60_000)
    const notice: Notice = {
      cause: `locks unlocked ${session ?? "guest"} ${minute} ${cwd}`,
      kind: "locks",
      severity: "attention",
      host,
      session,
      name,
      text: `${name ?? "an agent that sm did not start"} wrote in ${cwd} without a lock (${what}), for sm could not be asked: ${why}`,
      at
    }
    yield* ref(Monitor, host, host).tell("Saw", notice, { id: `unlocked ${notice.cause}` })
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
        "unlocked" in found ? passed(found, host) : report(found, { name: "human", card: undefined })
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
