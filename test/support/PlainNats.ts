/** A plain nats-server for a test: it can be killed, paused and started again on its port and store, and is gone with the scope. */
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { natsBinary } from "./Sm.ts"
import { temporary } from "./TmuxTest.ts"
import { until } from "./Until.ts"

export interface Options {
  /** Lines of configuration: users, limits. */
  readonly config?: string
  /** A store of the test's own. */
  readonly store?: string
  readonly jetstream?: boolean
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()))

export const plainNats = Effect.fnUntraced(function* (options: Options = {}) {
  const binary = yield* Effect.orDie(natsBinary)
  const dir = yield* temporary("nats")
  const config = join(dir, "nats.conf")
  let port = -1
  let child: ChildProcess | undefined
  const start = Effect.gen(function* () {
    const jetstream =
      options.jetstream === false ? "" : `jetstream { store_dir: "${options.store ?? dir}", sync_interval: always }`
    writeFileSync(
      config,
      `host: "127.0.0.1"\nport: ${port}\nports_file_dir: "${dir}"\nmax_payload: 8388608\n${jetstream}\n${options.config ?? ""}\n`
    )
    const started = spawn(binary, ["-c", config, "-l", join(dir, "log")], { stdio: "ignore" })
    child = started
    const ports = join(dir, `${binary.split("/").at(-1)}_${started.pid}.ports`)
    const found = yield* Effect.orDie(
      until(
        "the server listens",
        Effect.sync(() => {
          if (started.exitCode !== null) throw new Error(readFileSync(join(dir, "log"), "utf8"))
          try {
            return /nats:\/\/[^:"]+:(\d+)/u.exec(readFileSync(ports, "utf8"))?.[1]
          } catch {
            return undefined
          }
        })
      )
    )
    rmSync(ports, { force: true })
    port = Number(found)
  })
  const kill = (signal: NodeJS.Signals = "SIGKILL") =>
    Effect.promise(async () => {
      if (child === undefined) return
      child.kill(signal)
      await ended(child)
    })
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      Effect.sync(() => child?.kill("SIGCONT")),
      kill()
    )
  )
  yield* start
  return {
    dir,
    start,
    kill,
    signal: (name: NodeJS.Signals) => Effect.sync(() => void child?.kill(name)),
    port: () => port,
    pid: () => child?.pid ?? 0,
    log: () => readFileSync(join(dir, "log"), "utf8")
  }
})
