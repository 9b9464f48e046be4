/** The embedded broker: a child that outlives a killed daemon, is found again, and is restarted on the same port. */
import { execFile, spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { Duration, Effect, Option, Schedule, Schema, type Scope } from "effect"
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

const READY_MS = 20_000
const STOP_MS = 5000
/** How often a live server's process is looked at, ms. */
const WATCH_MS = 200

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
  // Where nobody reaps orphans (a container without init) a dead server stays a zombie for ever.
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !readFileSync(stat, "latin1").includes(") Z ")
}

/** A process id may have been given to another program since: only one that was started with our file counts. */
const isOurs = async (pid: number, config: string): Promise<boolean> => {
  if (!alive(pid)) return false
  const { stdout } = await promisify(execFile)("ps", ["-o", "stat=,args=", "-p", String(pid)]).catch(() => ({
    stdout: ""
  }))
  return stdout.includes(config) && !stdout.trimStart().startsWith("Z")
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

const retryPace = Schedule.spaced("500 millis")
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const lastLines = async (log: string): Promise<string> =>
  readFile(log, "utf8").then(
    (text) => text.trimEnd().split("\n").slice(-3).join(" | "),
    () => "no log"
  )

/** A server with the given port, or any free one; answers when it has said itself where it listens. */
const launch = async (options: Options, config: string, port: number | undefined): Promise<Running> => {
  const fill: Readonly<Record<string, string>> = {
    name: options.name,
    port: String(port ?? -1),
    run: options.run,
    state: options.state,
    data: options.data
  }
  const text = options.template.replaceAll(/\{\{(\w+)\}\}/gu, (whole, key: string) => fill[key] ?? whole)
  await mkdir(options.data, { recursive: true, mode: 0o700 })
  await mkdir(options.run, { recursive: true, mode: 0o700 })
  await writePrivate(config, `${text}\n${options.trust}`)
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
      return { v: 1, pid: child.pid, port: Number(found), binary: options.binary }
    }
    await pause(3)
  }
  throw new Error(`it was not ready within ${READY_MS / 1000} s: ${await lastLines(join(options.state, "nats.log"))}`)
}

/** The same port as before, so that nobody's connection is lost for good; another when that one is taken. */
const start = async (options: Options, config: string, file: string, before: Running | undefined): Promise<Running> => {
  const wanted = before !== undefined && (await isFree(before.port)) ? before.port : undefined
  const running = await launch(options, config, wanted).catch((error: unknown) => {
    if (wanted === undefined) throw error
    return launch(options, config, undefined)
  })
  await writeFile(file, encode(running), { mode: 0o600 })
  return running
}

const stop = async (pid: number): Promise<void> => {
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
    }
  }
  signal("SIGTERM")
  for (const deadline = Date.now() + STOP_MS; alive(pid) && Date.now() < deadline;) await pause(10)
  // Nothing that was acknowledged is lost by it.
  if (alive(pid)) signal("SIGKILL")
}

/**
 * Runs, or finds running, the server of a state directory. The scope's end stops it; a daemon that is killed leaves it
 * running for the next one. `onMoved` is told when a restart had to take another port.
 */
export const scoped = (
  options: Options,
  onMoved: (port: number) => Effect.Effect<void>
): Effect.Effect<{ readonly port: number; readonly pid: Effect.Effect<number> }, ServerError, Scope.Scope> =>
  Effect.gen(function* () {
    const config = join(options.state, "nats.conf")
    const file = join(options.run, "nats.json")
    const attempt = <A>(run: () => Promise<A>) =>
      Effect.tryPromise({
        try: run,
        catch: (error) => new ServerError({ reason: error instanceof Error ? error.message : String(error) })
      })

    const noted = Option.getOrUndefined(decode(yield* Effect.promise(() => readFile(file, "utf8").catch(() => ""))))
    const adopt = noted !== undefined && (yield* attempt(() => isOurs(noted.pid, config)))
    let running = adopt ? noted : yield* attempt(() => start(options, config, file, noted))
    yield* Effect.logInfo(
      adopt
        ? `broker found running (pid ${running.pid}, port ${running.port})`
        : `broker started (pid ${running.pid}, port ${running.port})`
    )
    yield* Effect.addFinalizer(() => Effect.promise(() => stop(running.pid)))

    const watch = Effect.gen(function* () {
      while (true) {
        yield* Effect.sleep(Duration.millis(WATCH_MS))
        if (alive(running.pid)) continue
        yield* Effect.logWarning(`broker (pid ${running.pid}) is gone; starting it again`)
        const before = running
        running = yield* attempt(() => start(options, config, file, before)).pipe(
          Effect.tapError((error) => Effect.logError(`${error.message}; trying again`)),
          Effect.retry({ schedule: retryPace })
        )
        if (running.port !== before.port) yield* onMoved(running.port)
      }
    })
    yield* Effect.forkScoped(Effect.orDie(watch))
    return { port: running.port, pid: Effect.sync(() => running.pid) }
  })
