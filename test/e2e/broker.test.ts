import { execFile } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { plainNats } from "../support/PlainNats.ts"
import { makeSm, makeSmWith } from "../support/Sm.ts"

/** Somebody's server on a port, or on any. */
const listening = (port: number, talk: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ readonly port: number; readonly end: () => void }>((resolve) => {
          const open = new Set<Socket>()
          const server = createServer((socket) => {
            open.add(socket)
            socket.on("error", () => undefined)
            talk(socket)
          })
          const listen = () => server.listen(port, "127.0.0.1")
          // The one who had it may not have let go yet.
          server.on("error", () => setImmediate(listen))
          server.on("listening", () =>
            resolve({
              port: (server.address() as AddressInfo).port,
              end: () => {
                for (const socket of open) socket.destroy()
                server.close()
              }
            })
          )
          listen()
        })
    ),
    ({ end }) => Effect.sync(end)
  )

describe("the broker that sm brings", () => {
  it.live("is started anew from damaged notes, and a second daemon beside it says so and touches nothing", () =>
    Effect.gen(function* () {
      const { home, json, sm } = yield* makeSm
      yield* json("spawn", "fake", "--name", "one")
      assert.strictEqual((yield* sm("down")).code, 0)
      for (const note of ["broker.json", "nats.json"]) writeFileSync(join(home, "run", note), '{"v":1,"po')
      const up = yield* sm("up", "--detach")
      assert.strictEqual(up.code, 0, up.stderr)
      yield* json("send", "one", "again", "--wait=answered", "--timeout", "30")

      const files = ["run/nats.json", "run/broker.json", "state/nats.conf", "state/credentials/human.json"]
      const content = () => files.map((path) => readFileSync(join(home, path), "utf8"))
      const before = content()
      const daemon = join(import.meta.dirname, "../../dist/daemon.mjs")
      const second = yield* Effect.callback<{ readonly code: unknown; readonly stderr: string }>((resume) => {
        execFile(process.execPath, [daemon], { env: { ...process.env, SM_HOME: home } }, (error, _, stderr) =>
          resume(Effect.succeed({ code: error?.code, stderr }))
        )
      })
      assert.deepStrictEqual([second.code, /another sm daemon holds/u.test(second.stderr)], [3, true], second.stderr)
      assert.deepStrictEqual(content(), before)
      assert.strictEqual((yield* json("list"))[0]?.["name"], "one")
    }).pipe(Effect.scoped)
  )
})

describe("a broker of the user's own", () => {
  it.live("serves everything without the embedded one, also after it was killed", () =>
    Effect.gen(function* () {
      const server = yield* plainNats({ config: 'authorization { user: "sm", password: "se cret" }' })
      const url = `nats://sm:se%20cret@127.0.0.1:${server.port()}`
      const { home, json, sm, taken } = yield* makeSmWith({ config: `broker:\n  url: "${url}"\n` })
      assert.isFalse(existsSync(join(home, "run/nats.json")))
      yield* json("spawn", "fake", "first", "--name", "one")
      const sent = yield* json("send", "one", "second", "--wait=answered", "--timeout", "30")
      assert.strictEqual(sent["state"], "answered")
      const tail = yield* sm("tail", "one")
      assert.deepStrictEqual(
        [tail.code, tail.stdout],
        [0, "no tool actions yet; sm output one shows the pane\n"],
        tail.stderr
      )
      assert.include((yield* sm("doctor")).stdout, `external, 127.0.0.1:${server.port()}`)
      assert.notInclude((yield* sm("doctor")).stdout, "cret")

      yield* server.kill()
      yield* server.start
      yield* json("send", "one", "third", "--wait=answered", "--timeout", "30")
      assert.deepStrictEqual(taken(), ["first", "second", "third"])
      assert.strictEqual((yield* sm("down")).code, 0)
      assert.isTrue(server.log().includes("Server is ready"))
    }).pipe(Effect.scoped)
  )

  /** Whatever is wrong with it is said in one sentence, soon, with the exit code for "cannot be reached". */
  const refuses = (url: string, words: RegExp) =>
    Effect.gen(function* () {
      const { sm } = yield* makeSmWith({ config: `broker:\n  url: "${url}"\n`, up: false })
      const began = Date.now()
      const { code, stderr } = yield* sm("up", "--detach")
      assert.strictEqual(code, 3, stderr)
      assert.match(stderr, words)
      assert.notInclude(stderr, "secret")
      assert.isBelow(Date.now() - began, 12_000)
    })

  it.live("that is not there, or says nothing, is told", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(listening(0, () => undefined))
      yield* refuses(`nats://sm:secret@127.0.0.1:${gone.port}`, /127\.0\.0\.1:\d+.*refused/iu)
      const mute = yield* listening(0, () => undefined)
      yield* refuses(`nats://sm:secret@127.0.0.1:${mute.port}`, /127\.0\.0\.1:\d+.*timeout/iu)
    }).pipe(Effect.scoped)
  )

  it.live("that wants another password, or keeps nothing, is told", () =>
    Effect.gen(function* () {
      const locked = yield* plainNats({ config: 'authorization { user: "sm", password: "x" }' })
      yield* refuses(`nats://sm:secret@127.0.0.1:${locked.port()}`, /authorization/iu)
      const plain = yield* plainNats({ jetstream: false })
      yield* refuses(`nats://127.0.0.1:${plain.port()}`, /jetstream/iu)
    }).pipe(Effect.scoped)
  )

  it.live("that is too old is told", () =>
    Effect.gen(function* () {
      // As much of the protocol as it takes to say so.
      const old = yield* listening(0, (socket) => {
        const info = {
          server_id: "x",
          version: "2.10.27",
          proto: 1,
          headers: true,
          max_payload: 1_048_576,
          jetstream: true
        }
        socket.write(`INFO ${JSON.stringify(info)}\r\n`)
        const subscriptions = new Map<string, string>()
        socket.on("data", (data) => {
          for (const line of data.toString().split("\r\n")) {
            const [verb, subject = "", reply = "", third = ""] = line.split(" ")
            if (verb === "PING") socket.write("PONG\r\n")
            if (verb === "SUB") subscriptions.set(subject.replace(/[*>]$/u, ""), third === "" ? reply : third)
            if (verb === "PUB" && subject === "$JS.API.INFO") {
              const sid = [...subscriptions].find(([prefix]) => reply.startsWith(prefix))?.[1]
              const answer = JSON.stringify({
                type: "io.nats.jetstream.api.v1.account_info_response",
                limits: {},
                api: {}
              })
              socket.write(`MSG ${reply} ${sid} ${answer.length}\r\n${answer}\r\n`)
            }
          }
        })
      })
      yield* refuses(`nats://127.0.0.1:${old.port}`, /nats-server is too old .*upgrade it to 2\.14/u)
    }).pipe(Effect.scoped)
  )
})
