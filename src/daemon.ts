/** The daemon's process: builds the application, says where things are, and runs until it is told to stop. */
import { appendFileSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Clock, Deferred, Effect, Exit, Layer, Logger, Schema } from "effect"
import * as App from "./App.ts"
import { resolveHome } from "./Home.ts"
import { log } from "./LogFile.ts"

const here = dirname(fileURLToPath(import.meta.url))
/** `src/` when run from source, `dist/` when bundled: the package is one above either. */
const root = dirname(here)
// An agent's broker and credential are never the daemon's to write.
const { SM_BROKER: _broker, SM_CREDENTIALS: _credentials, SM_SPOOL: _spool, ...own } = process.env
const home = resolveHome(own, process.getuid?.() ?? 0)
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string }

/** Exit codes of `sm`: misuse, unavailable, and "a bug: start me again". */
const MISUSE = 2
const UNAVAILABLE = 3
const BUG = 70
/** For the supervisor only (`EX_TEMPFAIL`): broker or tmux went away while the daemon started. */
const NOT_NOW = 75

const smCommand = (): readonly [string, ...ReadonlyArray<string>] => {
  const given = process.env["SM_CLI"]
  if (given !== undefined) return JSON.parse(given) as [string, ...ReadonlyArray<string>]
  return [process.execPath, join(root, "dist", "sm.cjs")]
}

/** Set by `sm up --detach`. */
const logPath = process.env["SM_LOG"]

const line = Logger.make(({ cause, date, logLevel, message }) => {
  const words = (Array.isArray(message) ? message : [message]).map((part) =>
    typeof part === "string" ? part : JSON.stringify(part)
  )
  const trouble = cause.reasons.length === 0 ? "" : `\n${Cause.pretty(cause)}`
  const text = `${date.toISOString()} ${logLevel.toUpperCase()} ${words.join(" ")}${trouble}\n`
  if (logPath === undefined) process.stderr.write(text)
  else log(logPath, text)
})

/** Ends the process as a defect would, which makes the supervisor start it again. */
class StartAgain extends Schema.TaggedError<StartAgain>()("StartAgain", {}) {
  override get message() {
    return "the daemon ends to be started again"
  }
}

const main = Effect.gen(function* () {
  const stop = yield* Deferred.make<void, StartAgain>()
  const started = yield* Clock.currentTimeMillis
  const app = App.layer({
    home,
    env: process.env,
    version,
    root,
    sm: smCommand(),
    shutdown: Effect.asVoid(Deferred.succeed(stop, undefined)),
    restart: Effect.asVoid(Deferred.fail(stop, new StartAgain()))
  })
  yield* Effect.gen(function* () {
    yield* Layer.build(app)
    const took = (yield* Clock.currentTimeMillis) - started
    yield* Effect.logInfo(`sm ${version} is ready after ${took} ms (pid ${process.pid})`)
    process.send?.("ready")
    // For a supervisor that watches the log instead of a channel.
    const file = process.env["SM_READY_FILE"]
    if (file !== undefined) appendFileSync(file, `${process.pid}\n`)
    yield* Deferred.await(stop)
    // The answer to whoever asked for the stop is still on its way.
    yield* Effect.sleep("50 millis")
  }).pipe(Effect.scoped)
  yield* Effect.logInfo("sm is stopped; agents keep running in their panes")
})

const PERMANENT: ReadonlySet<string> = new Set(["SettingsError", "PluginsConfigError", "TrustError", "ProvisionError"])

const codeOf = (error: unknown): number => {
  if (typeof error !== "object" || error === null || !("_tag" in error)) return BUG
  const tag = String(error._tag)
  if (tag === "StartAgain") return BUG
  if (tag === "AlreadyRunning") return UNAVAILABLE
  const missing = tag === "TerminalError" && "reason" in error && error.reason === "NotInstalled"
  return missing || PERMANENT.has(tag) ? MISUSE : NOT_NOW
}

NodeRuntime.runMain(
  main.pipe(
    Effect.tapCause((cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.void
      const error = Cause.squash(cause)
      const expected = typeof error === "object" && error !== null && "_tag" in error
      return expected
        ? Effect.logError(error instanceof Error ? error.message : JSON.stringify(error))
        : Effect.logError("the daemon failed", cause)
    }),
    Effect.provide(Logger.layer([line]))
  ),
  {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) onExit(0)
      else onExit(codeOf(Cause.squash(exit.cause)))
    }
  }
)
