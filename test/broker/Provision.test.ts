import { createHash } from "node:crypto"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Logger } from "effect"
import { VERSION } from "../../src/broker/server/Candidate.ts"
import { type Options, provision } from "../../src/broker/server/Provision.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const NAME = `nats-server-v${VERSION}-linux-amd64`

/** A release site whose binary is a script that says its version. */
const site = (fault: "none" | "checksum" | "truncated" | "missing" | "slow", version = VERSION) =>
  Effect.gen(function* () {
    const dir = yield* temporary("release")
    mkdirSync(join(dir, NAME))
    writeFileSync(join(dir, NAME, "nats-server"), `#!/bin/sh\necho "nats-server: v${version}"\n`)
    chmodSync(join(dir, NAME, "nats-server"), 0o755)
    execFileSync("tar", ["-czf", join(dir, "a.tar.gz"), "-C", dir, NAME])
    const archive = readFileSync(join(dir, "a.tar.gz"))
    const sum = createHash("sha256").update(archive).digest("hex")
    const server = createServer((request, response) => {
      if (request.url?.endsWith("SHA256SUMS") === true)
        return void response.end(`${fault === "checksum" ? "0".repeat(64) : sum}  ${NAME}.tar.gz\n`)
      if (fault === "missing") return void response.writeHead(404).end()
      if (fault === "slow") return
      if (fault !== "truncated") return void response.end(archive)
      response.writeHead(200, { "content-length": archive.length })
      response.write(archive.subarray(0, 100), () => request.socket.destroy())
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
      () =>
        Effect.promise(() => {
          server.closeAllConnections()
          return new Promise((resolve) => server.close(resolve))
        })
    )
    const cache = yield* temporary("cache")
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = { PATH: "/nowhere", SM_NATS_MIRROR: `${mirror}/` }
    const options: Options = { cache, env, platform: "linux", arch: "x64", timeout: 300, apt: false }
    return { cache, mirror, options, run: provision(options) }
  })

describe("provisioning nats-server", () => {
  it.live("downloads the release, checks it, and finds it in the cache the next time", () =>
    Effect.gen(function* () {
      const { cache, run } = yield* site("none")
      const path = yield* run
      assert.strictEqual(path, join(cache, `nats-server-${VERSION}`))
      assert.strictEqual(yield* run, path)
      assert.deepStrictEqual(readdirSync(cache), [`nats-server-${VERSION}`])
    }).pipe(Effect.scoped)
  )

  for (const [fault, words] of [
    ["checksum", /wrong SHA-256/u],
    ["truncated", /broke off/u],
    ["missing", /HTTP 404/u],
    ["slow", /abort|timeout/iu]
  ] as const) {
    it.live(`refuses a release site with a fault: ${fault}`, () =>
      Effect.gen(function* () {
        const { cache, run } = yield* site(fault)
        const error = yield* Effect.flip(run)
        assert.match(error.message, words)
        assert.match(error.message, /SM_NATS_SERVER/u)
        assert.isFalse(existsSync(join(cache, `nats-server-${VERSION}`)))
        assert.deepStrictEqual(readdirSync(cache), [])
      }).pipe(Effect.scoped)
    )
  }

  it.live("refuses a release that is too old, and a configured path that is no nats-server", () =>
    Effect.gen(function* () {
      const { cache, run } = yield* site("none", "2.10.27")
      assert.match((yield* Effect.flip(run)).message, /older than 2.14/u)
      const explicit = provision({ explicit: "/bin/true", cache, env: {}, platform: "linux", arch: "x64" })
      assert.match((yield* Effect.flip(explicit)).message, /not a nats-server/u)
    }).pipe(Effect.scoped)
  )

  it.live("uses a configured path or refuses it, and takes an empty variable for none", () =>
    Effect.gen(function* () {
      const { cache, options, run } = yield* site("none")
      const path = yield* run
      const elsewhere = join(cache, "elsewhere")
      writeFileSync(elsewhere, readFileSync(path), { mode: 0o755 })
      const env = { ...options.env, PATH: cache }
      assert.strictEqual(yield* provision({ ...options, env, explicit: elsewhere }), elsewhere)
      assert.strictEqual(yield* provision({ ...options, env: { ...env, SM_NATS_SERVER: elsewhere } }), elsewhere)
      assert.strictEqual(yield* provision({ ...options, env: { ...env, SM_NATS_SERVER: "" } }), path)
      const gone = yield* Effect.flip(provision({ ...options, explicit: "/nowhere/nats-server" }))
      assert.deepStrictEqual(gone.attempts, ["configured path: /nowhere/nats-server does not exist"])
      // Another program that says a version.
      writeFileSync(elsewhere, '#!/bin/sh\necho "git version 2.39.5"\n', { mode: 0o755 })
      const git = yield* Effect.flip(provision({ ...options, explicit: elsewhere }))
      assert.match(git.message, /elsewhere is not a nats-server/u)
    }).pipe(Effect.scoped)
  )

  it.live("skips one on PATH that is too old, takes the next, and tells each attempt in one line", () =>
    Effect.gen(function* () {
      const { cache, options } = yield* site("missing")
      const bin = yield* temporary("path")
      for (const [folder, version] of [
        ["old", "2.9.10"],
        ["new", "2.14.0"]
      ] as const) {
        mkdirSync(join(bin, folder))
        writeFileSync(join(bin, folder, "nats-server"), `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 })
      }
      const PATH = `/nowhere:${bin}/old`
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      const told = Effect.provide(Logger.layer([logger]))
      const error = yield* Effect.flip(told(provision({ ...options, env: { ...options.env, PATH } })))
      assert.deepStrictEqual(
        error.attempts.map((line) => line.split(":")[0]),
        ["PATH", "cache", "official release"]
      )
      assert.match(error.attempts[0] ?? "", /old\/nats-server is 2\.9\.10, older than 2\.14/u)
      for (const attempt of error.attempts) assert.include(lines, `nats-server: ${attempt}`)
      assert.isTrue(lines.every((line) => !line.includes("\n")))
      const both = provision({ ...options, env: { PATH: `${PATH}:${bin}/new` } })
      assert.strictEqual(yield* both, join(bin, "new", "nats-server"))
      assert.deepStrictEqual(readdirSync(cache), [])
    }).pipe(Effect.scoped)
  )

  it.live("names every attempt and Homebrew on a Mac", () =>
    Effect.gen(function* () {
      const { options } = yield* site("missing")
      const error = yield* Effect.flip(provision({ ...options, platform: "darwin", apt: true }))
      assert.deepStrictEqual(
        error.attempts.map((line) => line.split(":")[0]),
        ["PATH", "cache", "official release", "Debian package"]
      )
      assert.match(error.message, /brew install nats-server/u)
      assert.match(error.message, /does not list nats-server-v2\.15\.1-darwin-amd64/u)
    }).pipe(Effect.scoped)
  )

  it.live("replaces a damaged file in the cache", () =>
    Effect.gen(function* () {
      const { cache, run } = yield* site("none")
      for (const damaged of [Buffer.alloc(0), readFileSync(process.execPath).subarray(0, 100_000)]) {
        writeFileSync(join(cache, `nats-server-${VERSION}`), damaged, { mode: 0o755 })
        const path = yield* run
        assert.include(execFileSync(path, ["--version"]).toString(), VERSION)
      }
    }).pipe(Effect.scoped)
  )

  it.live("gives the same whole file to several at once", () =>
    Effect.gen(function* () {
      const { cache, run } = yield* site("none")
      const paths = yield* Effect.all([run, run, run, run], { concurrency: "unbounded" })
      assert.strictEqual(new Set(paths).size, 1)
      assert.deepStrictEqual(readdirSync(cache), [`nats-server-${VERSION}`])
    }).pipe(Effect.scoped)
  )

  it.live("stops a download that grows too large", () =>
    Effect.gen(function* () {
      const { cache, options } = yield* site("none")
      const error = yield* Effect.flip(provision({ ...options, limit: 50 }))
      assert.match(error.message, /larger than 50 bytes/u)
      assert.deepStrictEqual(readdirSync(cache), [])
    }).pipe(Effect.scoped)
  )

  it.live("leaves nothing behind when it is interrupted, and sweeps up after one that was killed", () =>
    Effect.gen(function* () {
      const { cache, mirror, options, run } = yield* site("slow")
      const works = () => readdirSync(cache).filter((name) => name.startsWith("work-"))
      const begun = until(
        "it downloads",
        Effect.sync(() => (works().length > 0 ? true : undefined))
      )
      const fiber = yield* Effect.forkChild(provision({ ...options, timeout: 60_000 }))
      yield* begun
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(works(), [])

      const script = `
        import { Effect } from "effect"
        import { provision } from ${JSON.stringify(join(import.meta.dirname, "../../src/broker/server/Provision.ts"))}
        await Effect.runPromise(provision(${JSON.stringify({ ...options, timeout: 60_000 })}))`
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        cwd: join(import.meta.dirname, "../.."),
        stdio: "ignore",
        env: { ...process.env, SM_NATS_MIRROR: mirror }
      })
      yield* begun
      child.kill("SIGKILL")
      yield* Effect.promise(() => new Promise((resolve) => child.once("exit", resolve)))
      assert.strictEqual(works().length, 1)
      // Somebody's who is alive stays.
      mkdirSync(join(cache, `work-${process.pid}-other`))
      yield* Effect.flip(run)
      assert.deepStrictEqual(works(), [`work-${process.pid}-other`])
    }).pipe(Effect.scoped)
  )
})

/** Why Debian's package cannot be had here; nothing where it can. */
const noDebian = ((): string | undefined => {
  if (process.platform !== "linux") return "this is no Linux"
  const targets = spawnSync("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], {
    encoding: "utf8"
  })
  if (targets.error !== undefined) return "there is no apt-get"
  const uri = targets.stdout.split("\n").find((line) => /debian/u.test(line) && !/security/u.test(line))
  if (uri === undefined) return "apt has no Debian mirror"
  const probe = spawnSync(process.execPath, [
    "-e",
    `fetch(${JSON.stringify(`${uri}dists/forky/InRelease`)},{method:"HEAD",signal:AbortSignal.timeout(8000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`
  ])
  return probe.status === 0 ? undefined : `${uri} cannot be reached`
})()
const required = (process.env["SM_REQUIRE"] ?? "").split(",").includes("apt")
if (noDebian !== undefined) console.warn(`SKIPPED: provisioning through apt for real: ${noDebian}`)

describe("provisioning from Debian", () => {
  it.live.skipIf(noDebian !== undefined && !required)(
    "gets a signed package through the machine's own mirror, and leaves only the binary",
    () =>
      Effect.gen(function* () {
        assert.isUndefined(noDebian)
        const cache = yield* temporary("cache")
        const env = { PATH: "/nowhere", SM_NATS_MIRROR: "http://127.0.0.1:9" }
        const path = yield* provision({ cache, env, platform: process.platform, arch: process.arch })
        assert.match(execFileSync(path, ["--version"]).toString(), /nats-server: v2\.(1[5-9]|[2-9]\d)\./u)
        assert.deepStrictEqual(readdirSync(cache), [`nats-server-${VERSION}`])
      }).pipe(Effect.scoped),
    180_000
  )
})
