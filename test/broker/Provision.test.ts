import { createHash } from "node:crypto"
import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { provision, VERSION } from "../../src/broker/server/Provision.ts"
import { temporary } from "../support/TmuxTest.ts"

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
    const env = { PATH: "/usr/bin:/bin", SM_NATS_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    return { cache, run: provision({ cache, env, platform: "linux", arch: "x64", timeout: 300, apt: false }) }
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
})
