/** People's own rules about screens, `screens/<kind>.yaml`: read at the start and whenever one changes, without a restart. */
import { type FSWatcher, watch } from "node:fs"
import { mkdir, readdir, readFile, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { Clock, Effect, Option, Queue, Result } from "effect"
import { ActorSystem } from "./actors/ActorSystem.ts"
import { ref } from "./actors/ActorRef.ts"
import { Monitor } from "./actors/monitor/Monitor.ts"
import { Session } from "./actors/session/Session.ts"
import { Roster } from "./agents/Roster.ts"
import type { Broker } from "./broker/Broker.ts"
import { Directory } from "./broker/Directory.ts"
import type { HostId } from "./domain/Ids.ts"
import { isLive } from "./domain/Session.ts"

/** An editor writes in several steps; each of them is told. */
const SETTLES = "100 millis"
/** Characters; rules are not a book. */
const LARGEST = 1_000_000

const textOf = (path: string): Promise<Result.Result<string | undefined, string>> =>
  readFile(path, "utf8").then(
    (text) => (text.length > LARGEST ? Result.fail(`it is longer than ${LARGEST} characters`) : Result.succeed(text)),
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? Result.succeed(undefined) : Result.fail(error.message))
  )

/** Tells of every change in a directory. */
const changesIn = (dir: string) =>
  Effect.gen(function* () {
    const changes = yield* Queue.sliding<true>(1)
    const told = () => Queue.offerUnsafe(changes, true)
    yield* Effect.acquireRelease(
      Effect.sync((): FSWatcher => watch(dir, told).on("error", told)),
      (watcher) => Effect.sync(() => watcher.close())
    )
    return changes
  })

export const screenFiles = (
  dir: string,
  host: HostId
): Effect.Effect<void, never, ActorSystem | Broker | Directory | Roster> =>
  Effect.gen(function* () {
    const actors = yield* ActorSystem
    const directory = yield* Directory
    const roster = yield* Roster
    /** Each file as it was last tried. */
    const tried = new Map<string, string>()
    const monitor = ref(Monitor, host, host)

    /** Its sessions look at their screens again. */
    const poke = Effect.fnUntraced(function* (kind: string) {
      for (const card of yield* directory.all)
        if (card.provider === kind && card.host === host && isLive(card.state))
          yield* actors.poke(ref(Session, host, card.id).address)
    })

    const refuse = Effect.fnUntraced(function* (kind: string, path: string, why: string) {
      const at = yield* Clock.currentTimeMillis
      const text = `${path} is not used, and the rules for ${kind}'s screens stay as they were: ${why}`
      yield* Effect.logWarning(text)
      yield* monitor.tell("Saw", {
        cause: `screens ${kind} ${at}`,
        kind: "system",
        severity: "problem",
        host,
        session: null,
        name: null,
        text,
        at
      })
    })

    const take = Effect.fnUntraced(function* (kind: string) {
      const adapter = Option.getOrUndefined(yield* roster.find(kind))
      const path = join(dir, `${kind}.yaml`)
      const found = yield* Effect.promise(() => textOf(path))
      const state = JSON.stringify(found)
      if (tried.get(kind) === state) return
      const first = !tried.has(kind)
      tried.set(kind, state)
      const text = Result.getOrUndefined(found)
      if (first && Result.isSuccess(found) && text === undefined) return
      if (adapter?.rules === undefined) {
        if (text !== undefined)
          yield* refuse(kind, path, adapter === undefined ? `there is no kind ${kind}` : `${kind} is not read by rules`)
        return
      }
      const { correct } = adapter.rules
      const taken = Result.flatMap(found, (own) => correct(own === undefined ? undefined : { path, text: own }))
      if (Result.isFailure(taken)) return yield* refuse(kind, path, taken.failure)
      yield* Effect.logInfo(
        text === undefined ? `${kind}'s screens are read by the shipped rules again` : `${path} is used`
      )
      yield* monitor.tell("Over", { causes: `screens ${kind}`, why: `${basename(path)} was corrected or removed` })
      yield* poke(kind)
    })

    const takeAll = Effect.gen(function* () {
      const written = yield* Effect.promise(() => readdir(dir).catch(() => []))
      const named = written.filter((name) => name.endsWith(".yaml")).map((name) => basename(name, ".yaml"))
      for (const kind of new Set([...(yield* roster.kinds), ...named]))
        yield* Effect.catch(take(kind), (error) => Effect.logWarning(`screens of ${kind}: ${error.message}`))
    })

    /** Until somebody takes the directory away. */
    const follow = Effect.gen(function* () {
      yield* Effect.tryPromise(() => mkdir(dir, { recursive: true, mode: 0o700 }))
      const { ino } = yield* Effect.tryPromise(() => stat(dir))
      const changes = yield* changesIn(dir)
      let there = true
      while (there) {
        yield* takeAll
        yield* Queue.take(changes)
        yield* Effect.sleep(SETTLES)
        there = yield* Effect.promise(() =>
          stat(dir).then(
            (now) => now.ino === ino,
            () => false
          )
        )
      }
    })
    yield* Effect.forever(Effect.scoped(follow)).pipe(
      Effect.catch((error) =>
        Effect.andThen(
          takeAll,
          Effect.logWarning(`${dir} cannot be watched, so changes count at the next start: ${String(error)}`)
        )
      )
    )
  })
