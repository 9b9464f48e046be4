/** The cache of the real agents survives installs at the same time and installs that are cut short. */
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { installPinned } from "../support/PinnedAgents.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const PINS = [{ command: "one", name: "one", version: "1.2.3" }]

/** An npm that writes down each call, and waits half-way while a file `wait` stands beside it. */
const npmIn = (dir: string): string => {
  const npm = join(dir, "npm")
  writeFileSync(
    npm,
    `#!/bin/sh
echo call >> ${dir}/calls
mkdir -p "$3/node_modules/.bin"
printf '#!/bin/sh\\necho 1.2.' > "$3/node_modules/.bin/one"
while [ -e ${dir}/wait ]; do sleep 0.05; done
printf '3\\n' >> "$3/node_modules/.bin/one"
chmod +x "$3/node_modules/.bin/one"
`,
    { mode: 0o755 }
  )
  return npm
}
const callsIn = (dir: string): number => readFileSync(join(dir, "calls"), "utf8").split("\n").length - 1

/** Another process that installs. */
const installer = (dir: string) => {
  const wanted = JSON.stringify({ cache: join(dir, "cache"), pins: PINS, npm: join(dir, "npm") })
  const script = `import { installPinned } from ${JSON.stringify(join(import.meta.dirname, "../support/PinnedAgents.ts"))}
await installPinned(${wanted})`
  return spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore", detached: true })
}

describe("the cache of pinned agents", () => {
  it.live("is filled once by several at the same time", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("pins")
      const wanted = { cache: join(dir, "cache"), pins: PINS, npm: npmIn(dir) }
      const other = installer(dir)
      const left = new Promise((resolve) => other.once("exit", resolve))
      yield* Effect.promise(() => installPinned(wanted))
      assert.strictEqual(yield* Effect.promise(() => left), 0)
      assert.strictEqual(callsIn(dir), 1)
      yield* Effect.promise(() => installPinned(wanted))
      assert.strictEqual(callsIn(dir), 1)
    }).pipe(Effect.scoped)
  )

  it.live("is not broken by an install that was killed half-way", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("pins")
      const wanted = { cache: join(dir, "cache"), pins: PINS, npm: npmIn(dir) }
      writeFileSync(join(dir, "wait"), "")
      const other = installer(dir)
      yield* until(
        "npm is at work",
        // The shell makes the file a moment before it writes into it.
        Effect.sync(() => (existsSync(join(dir, "calls")) && callsIn(dir) === 1 ? true : undefined))
      )
      assert.isFalse(existsSync(wanted.cache))
      // With its npm, as an interrupted terminal does.
      process.kill(-(other.pid ?? 0), "SIGKILL")
      yield* Effect.promise(() => new Promise((resolve) => other.once("exit", resolve)))
      rmSync(join(dir, "wait"))
      yield* Effect.promise(() => installPinned(wanted))
      assert.strictEqual(callsIn(dir), 2)
      assert.deepStrictEqual(
        readdirSync(dir).filter((name) => name.startsWith("cache")),
        ["cache"]
      )
    }).pipe(Effect.scoped)
  )

  it.live("says why it cannot be filled, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("pins")
      const npm = join(dir, "npm")
      writeFileSync(npm, "#!/bin/sh\necho 'no network' >&2\nexit 1\n", { mode: 0o755 })
      const reason = yield* Effect.promise(() =>
        installPinned({ cache: join(dir, "cache"), pins: PINS, npm }).then(
          () => "",
          (error: unknown) => String(error)
        )
      )
      assert.include(reason, "no network")
      assert.deepStrictEqual(readdirSync(dir), ["npm"])
    }).pipe(Effect.scoped)
  )
})
