/** The real thing for a test: the bundled `sm` with a home of its own, gone with the scope. */
import { execFile } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { Effect, References } from "effect"
import { provision } from "../../src/broker/server/Provision.ts"
import { daemonOf } from "./daemonOf.ts"
import { killTmux, temporary } from "./TmuxTest.ts"

const root = join(import.meta.dirname, "../..")

/** Exit code of `sm` that met no daemon, or none that answered. */
const UNREACHABLE = 3
const LOOKS = new Set(["list", "trace", "queue", "children"])

/** One binary for all tests, kept between runs. */
export const natsBinary = provision({
  cache: process.env["SM_TEST_CACHE"] ?? join(homedir(), ".cache/sm-test"),
  env: process.env,
  platform: process.platform,
  arch: process.arch
}).pipe(Effect.provideService(References.MinimumLogLevel, "Warn"))

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  /** Added to the environment of `sm` and of the daemon. */
  readonly env?: Readonly<Record<string, string>>
  /** Another bundle than the one in `dist/`. */
  readonly dist?: string
  /** Elements of the plugin list, as source text. */
  readonly plugins?: string | ((home: string) => string)
  /** Modules whose exports the plugin list uses: name → path. */
  readonly imports?: Readonly<Record<string, string>>
  /** The text of config.yaml. */
  readonly config?: string
  /** False: the test starts it. */
  readonly up?: boolean
}

export const makeSmWith = Effect.fnUntraced(function* (options: Options) {
  const binary = yield* natsBinary
  const home = yield* temporary("home")
  const work = yield* temporary("work")
  const prompts = join(home, "prompts")
  writeFileSync(prompts, "")
  mkdirSync(join(home, "config"), { recursive: true })
  if (options.config !== undefined) writeFileSync(join(home, "config", "config.yaml"), options.config)
  const fake = [process.execPath, join(import.meta.dirname, "fake-agent.ts")]
  const imports = Object.entries(options.imports ?? {}).map(
    ([name, path]) => `import { ${name} } from ${JSON.stringify(path)}\n`
  )
  writeFileSync(
    join(home, "config", "plugins.config.mjs"),
    `${imports.join("")}export default ({ defineConfig, claude, codex, command }) => defineConfig({ plugins: [
      command({ kind: "fake", run: ${JSON.stringify(fake)}, ready: "^ready", busy: "^working", reports: true, env: { FAKE_PROMPTS: ${JSON.stringify(prompts)}, FAKE_LOG: ${JSON.stringify(join(home, "state/daemon.log"))} } }),
      command({ kind: "shell", run: ["bash", "--norc"], ready: "[$#]$" }),
      command({ kind: "absent", run: ["no-such-program"] }),
      ${typeof options.plugins === "function" ? options.plugins(home) : (options.plugins ?? "")}
    ] })`
  )
  const base = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("SM_") && name !== "NODE_OPTIONS")
  )
  const env = { ...base, ...options.env, SM_HOME: home, SM_NATS_SERVER: binary }
  /** As somebody else than a person: as a session, by its environment. */
  const as =
    (who: Readonly<Record<string, string>>) =>
    (...args: ReadonlyArray<string>): Effect.Effect<Result> =>
      Effect.callback<Result>((resume) => {
        execFile(
          process.execPath,
          [join(options.dist ?? join(root, "dist"), "sm.cjs"), ...args],
          { cwd: work, env: { ...env, ...who }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === "number" ? error.code : 70
            resume(Effect.succeed({ code, stdout, stderr }))
          }
        ).stdin?.end()
      })
  const sm = as({})
  /** A machine may stand still for longer than a client waits: what only looks is asked again. */
  const asked = (args: ReadonlyArray<string>) => {
    const once = sm(args[0] ?? "", "--json", ...args.slice(1))
    const looks = LOOKS.has(args[0] ?? "")
    return Effect.filterOrElse(
      once,
      ({ code }) => !looks || code !== UNREACHABLE,
      () => once
    )
  }
  /** With `--json`: the data, or the failure as a defect. */
  const json = (...args: ReadonlyArray<string>) =>
    Effect.flatMap(asked(args), ({ code, stderr, stdout }) => {
      const reply =
        stdout.trim() === ""
          ? { ok: false, error: `exit code ${code}: ${stderr}` }
          : (JSON.parse(stdout) as { readonly ok: boolean; readonly data?: unknown; readonly error?: unknown })
      // Tests name the fields they look at.
      return reply.ok
        ? Effect.succeed(reply.data as never as Record<string, never>)
        : Effect.die(new Error(`sm ${args.join(" ")}: ${JSON.stringify(reply)}`))
    })
  const daemonPid = (): number => daemonOf(join(home, "state/daemon.log"))
  const brokerPid = (): number =>
    (JSON.parse(readFileSync(join(home, "run/nats.json"), "utf8")) as { readonly pid: number }).pid
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      if (options.up !== false || existsSync(join(home, "run/nats.json"))) yield* sm("down")
      yield* Effect.sync(() => killTmux(join(home, "run/tmux")))
    })
  )
  if (options.up !== false) {
    const up = yield* sm("up", "--detach")
    if (up.code !== 0) return yield* Effect.die(new Error(up.stderr))
  }
  const taken = () =>
    readFileSync(prompts, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string)
  return { sm, as, json, home, work, daemonPid, brokerPid, taken }
})

/** With the scripted agents only. */
export const makeSm = makeSmWith({})
