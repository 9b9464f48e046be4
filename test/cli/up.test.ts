/** `sm up` in the foreground and in the background: what it says when it works, and when it cannot. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { following } from "../support/Following.ts"
import { runSm } from "../support/Run.ts"
import { natsBinary } from "../support/Sm.ts"
import { killTmux, temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const place = Effect.gen(function* () {
  const home = yield* temporary("up")
  const binary = yield* natsBinary
  yield* Effect.addFinalizer(() => Effect.sync(() => killTmux(join(home, "run/tmux"))))
  return { home, how: { env: { SM_HOME: home, SM_NATS_SERVER: binary } } }
})

describe("sm up", () => {
  it.live("says in one envelope that it is ready, and ends with 0 when it is told to", () =>
    Effect.gen(function* () {
      const { how } = yield* place
      const up = yield* following(["up", "--json"], how)
      const line = yield* until(
        "it is ready",
        Effect.sync(() => up.lines()[0])
      )
      const { data, ok } = JSON.parse(line) as { readonly ok: boolean; readonly data: Record<string, unknown> }
      assert.isTrue(ok)
      assert.strictEqual(data["already"], false)
      const second = yield* runSm(["up", "--json"], how)
      assert.deepStrictEqual(
        [second.code, JSON.parse(second.stdout)],
        [0, { ok: true, data: { pid: data["pid"], already: true } }]
      )
      up.child.kill("SIGINT")
      const code = yield* until(
        "it ends",
        Effect.sync(() => up.code())
      )
      assert.deepStrictEqual([code, up.lines().length], [0, 1])
    }).pipe(Effect.scoped)
  )

  it.live("is one daemon when two are started at the same moment, and both say that it is ready", () =>
    Effect.gen(function* () {
      const { how } = yield* place
      const both = yield* Effect.all([runSm(["up", "-d", "--json"], how), runSm(["up", "-d", "--json"], how)], {
        concurrency: 2
      })
      const pids = both.map(({ code, stdout }) => {
        assert.strictEqual(code, 0, stdout)
        return (JSON.parse(stdout) as { readonly data: { readonly pid: number } }).data.pid
      })
      assert.strictEqual(pids[0], pids[1])
      assert.strictEqual((yield* runSm(["down"], how)).code, 0)
    }).pipe(Effect.scoped)
  )

  it.live("starts the daemon again when an exception that nobody caught has ended it", () =>
    Effect.gen(function* () {
      const { home, how } = yield* place
      const once = join(home, "once.cjs")
      writeFileSync(
        once,
        `const { existsSync, writeFileSync } = require("node:fs")
         const mark = ${JSON.stringify(join(home, "thrown"))}
         if (process.argv[1]?.endsWith("daemon.mjs") && !existsSync(mark)) {
           writeFileSync(mark, "")
           setTimeout(() => { throw new Error("nobody catches this") }, 10)
         }`
      )
      const env = { ...how.env, NODE_OPTIONS: `--require ${once}` }
      const up = yield* runSm(["up", "--detach", "--json"], { env })
      assert.strictEqual(up.code, 0, up.stdout)
      const log = readFileSync(join(home, "state/daemon.log"), "utf8")
      assert.include(log, "nobody catches this")
      assert.include(log, "the daemon failed (exit 1); starting it again")
      assert.strictEqual((yield* runSm(["down"], how)).code, 0)
    }).pipe(Effect.scoped)
  )

  it.live("exits 2 for an address of a broker that it would not keep secret, and does not show its password", () =>
    Effect.gen(function* () {
      const { home, how } = yield* place
      mkdirSync(join(home, "config"), { recursive: true })
      for (const url of ["tls://me:hidden@127.0.0.1:1", "nats://me%er:hidden@127.0.0.1:1", "nats://me:hidden@"]) {
        writeFileSync(join(home, "config/config.yaml"), `broker: { url: "${url}" }\n`)
        const { code, stderr, stdout } = yield* runSm(["up", "--json"], how)
        assert.strictEqual(code, 2, url)
        assert.include(stderr, "broker.url")
        assert.notInclude(stderr + stdout, "hidden")
      }
    }).pipe(Effect.scoped)
  )

  it.live("is not taken for stopped by sm down while it hangs", () =>
    Effect.gen(function* () {
      const { how } = yield* place
      const { stdout } = yield* runSm(["up", "--detach", "--json"], how)
      const { data } = JSON.parse(stdout) as { readonly data: { readonly pid: number } }
      process.kill(data.pid, "SIGSTOP")
      const hung = yield* Effect.ensuring(
        runSm(["down", "--json"], how),
        Effect.sync(() => process.kill(data.pid, "SIGCONT"))
      )
      assert.deepStrictEqual([hung.code, hung.stdout.includes('"timeout"')], [4, true])
      // On a loaded machine it may take a while to wake up.
      yield* until(
        "it is down",
        Effect.map(runSm(["down"], how), ({ code }) => code === 0 || undefined)
      )
      assert.include((yield* runSm(["down"], how)).stdout, "sm is not running")
    }).pipe(Effect.scoped)
  )

  it.live("is refused to an agent, whose broker's address it would overwrite", () =>
    Effect.gen(function* () {
      const { home, how } = yield* place
      const broker = join(home, "broker.json")
      writeFileSync(broker, "{}")
      const agent = { ...how.env, SM_BROKER: broker, SM_CREDENTIALS: join(home, "credential.json") }
      for (const args of [["up"], ["up", "-d"]]) {
        const { code, stderr } = yield* runSm(args, { env: agent })
        assert.deepStrictEqual([code, stderr.split("\n")[0]], [1, "sm: an agent may not start the daemon"])
      }
      assert.strictEqual(readFileSync(broker, "utf8"), "{}")
      assert.isFalse(existsSync(join(home, "state")))
    }).pipe(Effect.scoped)
  )

  it.live("exits 2 and names the file when the configuration is wrong", () =>
    Effect.gen(function* () {
      const { home, how } = yield* place
      mkdirSync(join(home, "config"), { recursive: true })
      writeFileSync(join(home, "config/config.yaml"), "retsore: auto\n")
      const front = yield* runSm(["up", "--json"], how)
      const back = yield* runSm(["up", "--detach", "--json"], how)
      for (const { code, stdout } of [front, back]) {
        assert.strictEqual(code, 2)
        const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string; readonly message: string } }
        assert.deepStrictEqual([error.code, error.message], ["invalid", "the daemon did not start"])
      }
      assert.include(front.stderr, "config.yaml")
      assert.include(back.stdout, "config.yaml")
    }).pipe(Effect.scoped)
  )
})
