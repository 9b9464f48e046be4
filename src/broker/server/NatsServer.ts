/** The embedded broker: a child that outlives a killed daemon, is found again, and is restarted on the same port. */
import { spawn } from "node:child_process"
import { mkdir, readFile, rm, statfs } from "node:fs/promises"
import { createServer } from "node:net"
import { basename, join } from "node:path"
import { Duration, Effect, Option, Schedule, Schema, type Scope } from "effect"
import { allWith, alive, runsWith, stop } from "./ServerProcess.ts"
import { writePrivate } from "./Trust.ts"

export interface Options {
  readonly binary: string
  /** The text of nats-server.conf with its double braces. */
  readonly template: string
  /** Operator and accounts, appended to it. */
  readonly trust: string
  readonly name: string
  readonly run: string
  readonly state: string
  readonly data: string
}

export class ServerError extends Schema.TaggedError<ServerError>()("ServerError", { reason: Schema.String }) {
  override get message() {
    return `nats-server: ${this.reason}`
  }
}

const Running = Schema.Struct({ v: Schema.Literal(1), pid: Schema.Int, port: Schema.Int, binary: Schema.String })
type Running = typeof Running.Type
const runningJson = Schema.fromJsonString(Running)
const decode = Schema.decodeOption(runningJson)
const encode = Schema.encodeSync(runningJson)

/** A large store takes its time after a crash. */
const READY_MS = 60_000
/** Bytes that must be free before a server that could not write is started again. */
const ROOM = 1024 * 1024
/** How often a live server's process is looked at, ms. */
const WATCH_MS = 200

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

/** Any free port. */
const ANY = -1
const retryPace = Schedule.spaced("500 millis")
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const lastLines = async (log: string): Promise<string> =>
  readFile(log, "utf8").then(
    (text) => text.trimEnd().split("\n").slice(-3).join(" | "),
    () => "no log"
  )

/** The configuration file. `port` -1 is any free one. */
const render = (options: Options, port: number): string => {
  const quoted = (text: string) => text.replaceAll(/["\\]/gu, String.raw`\$&`)
  const fill: Readonly<Record<string, string>> = {
    name: quoted(options.name),
    port: String(port),
    run: quoted(options.run),
    state: quoted(options.state),
    data: quoted(options.data)
  }
  const text = options.template.replaceAll(/\{\{(\w+)\}\}/gu, (whole, key: string) => fill[key] ?? whole)
  return `${text}\n${options.trust}`
}

/** A server with the given port, or any free one; answers when it has said itself where it listens. */
const launch = async (options: Options, config: string, port: number): Promise<Running> => {
  await mkdir(options.data, { recursive: true, mode: 0o700 })
  await mkdir(options.run, { recursive: true, mode: 0o700 })
  await writePrivate(config, render(options, port))
  // Its log and ports files follow the umask. Secrets are in the file, never in the arguments.
  const child = spawn("/bin/sh", ["-c", 'umask 077; exec "$0" -c "$1"', options.binary, config], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: options.state }
  })
  child.unref()
  let ended: string | undefined
  child.once("error", (error) => (ended = error.message))
  child.once("exit", (code, signal) => (ended = `exit ${code ?? signal}`))
  const ports = join(options.run, `${basename(options.binary)}_${child.pid}.ports`)
  const deadline = Date.now() + READY_MS
  while (Date.now() < deadline) {
    if (ended !== undefined) throw new Error(`${ended}: ${await lastLines(join(options.state, "nats.log"))}`)
    const told = await readFile(ports, "utf8").catch(() => "")
    const found = /"nats":\s*\["nats:\/\/[^:"]+:(\d+)"/u.exec(told)?.[1]
    if (found !== undefined && child.pid !== undefined) {
      await rm(ports, { force: true })
      const running: Running = { v: 1, pid: child.pid, port: Number(found), binary: options.binary }
      // What runs, for whoever finds it later.
      await writePrivate(config, render(options, running.port))
      return running
    }
    await pause(3)
  }
  // Still starting: it must not come up beside the next one, for two servers on one store lose messages.
  if (child.pid !== undefined) await stop(child.pid)
  throw new Error(`it was not ready within ${READY_MS / 1000} s: ${await lastLines(join(options.state, "nats.log"))}`)
}

/** The same port as before, so that nobody's connection is lost for good; another when that one is taken. */
const start = async (options: Options, config: string, file: string, before: Running | undefined): Promise<Running> => {
  for (const stray of await allWith(config)) await stop(stray)
  const wanted = before !== undefined && (await isFree(before.port)) ? before.port : ANY
  const running = await launch(options, config, wanted).catch((error: unknown) => {
    if (wanted === ANY) throw error
    return launch(options, config, ANY)
  })
  await writePrivate(file, encode(running))
  return running
}

/** The server noted earlier, when it still runs, and just as it would be started now. */
const adopt = async (options: Options, config: string, noted: Running | undefined): Promise<Running | undefined> => {
  if (noted === undefined || noted.binary !== options.binary || !(await runsWith(noted.pid, config))) return undefined
  const text = await readFile(config, "utf8").catch(() => "")
  return text === render(options, noted.port) ? noted : undefined
}

export interface Server {
  readonly port: number
  readonly pid: Effect.Effect<number>
  /** It answers nobody who wants something stored: says that the disk is full, or starts it again when it is not. */
  readonly heal: Effect.Effect<void>
}

/** Bytes free on the disk of the store, for us. */
const room = async (options: Options): Promise<number> => {
  const { bavail, bsize } = await statfs(options.data)
  return bavail * bsize
}

/**
 * Runs, or finds running, the server of a state directory. The scope's end stops it; a daemon that is killed leaves it
 * running for the next one. `onMoved` is told when a restart had to take another port.
 */
export const scoped = (
  options: Options,
  onMoved: (port: number) => Effect.Effect<void>
): Effect.Effect<Server, ServerError, Scope.Scope> =>
  Effect.gen(function* () {
    const config = join(options.state, "nats.conf")
    const file = join(options.run, "nats.json")
    const attempt = <A>(run: () => Promise<A>) =>
      Effect.tryPromise({
        try: run,
        catch: (error) => new ServerError({ reason: error instanceof Error ? error.message : String(error) })
      })

    const noted = Option.getOrUndefined(decode(yield* Effect.promise(() => readFile(file, "utf8").catch(() => ""))))
    const adopted = yield* attempt(() => adopt(options, config, noted))
    let running = yield* Effect.acquireRelease(
      adopted === undefined ? attempt(() => start(options, config, file, noted)) : Effect.succeed(adopted),
      () =>
        Effect.promise(async () => {
          if (await runsWith(running.pid, config)) await stop(running.pid)
        })
    )
    yield* Effect.logInfo(
      `broker ${adopted === undefined ? "started" : "found running"} (pid ${running.pid}, port ${running.port})`
    )

    const watch = Effect.gen(function* () {
      while (true) {
        yield* Effect.sleep(Duration.millis(WATCH_MS))
        if (alive(running.pid)) continue
        yield* Effect.logWarning(`broker (pid ${running.pid}) is gone; starting it again`)
        const before = running
        // Whole or not at all: a server that starts while the scope ends would run on.
        const again = Effect.map(
          attempt(() => start(options, config, file, before)),
          (started) => (running = started)
        )
        yield* Effect.uninterruptible(again).pipe(
          Effect.tapError((error) => Effect.logError(`${error.message}; trying again`)),
          Effect.retry({ schedule: retryPace })
        )
        if (running.port !== before.port) yield* onMoved(running.port)
      }
    })
    yield* Effect.forkScoped(Effect.orDie(watch))
    // A stream that could not be written once stays shut until the server is started again.
    const heal = Effect.gen(function* () {
      const free = yield* attempt(() => room(options))
      if (free < ROOM)
        return yield* Effect.logError(`the disk of ${options.data} is full: nothing can be stored until there is room`)
      yield* Effect.logWarning("the broker stores nothing although there is room; starting it again")
      yield* attempt(() => stop(running.pid))
    })
    return {
      port: running.port,
      pid: Effect.sync(() => running.pid),
      heal: Effect.catch(heal, (error) => Effect.logWarning(error.message))
    }
  })
