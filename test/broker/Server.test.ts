import { execFileSync, spawn } from "node:child_process"
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { type AddressInfo, connect as dial, createServer } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import type { Mail } from "../../src/broker/Broker.ts"
import { alive } from "../../src/broker/server/ServerProcess.ts"
import { embedded } from "../support/Embedded.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const mail = (id: string): Mail => ({ to: { host: "h", kind: "k", key: "x" }, lane: "normal", id, body: id })
const become = (what: string, holds: () => boolean) =>
  until(
    what,
    Effect.sync(() => (holds() ? true : undefined))
  )
const notedPid = (file: string): number => (JSON.parse(readFileSync(file, "utf8")) as { readonly pid: number }).pid

/** Somebody else's program on a port. */
const stranger = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<AddressInfo>((resolve, reject) => {
          const server = createServer()
          const listen = () => server.listen(port, "127.0.0.1")
          // The one who had it may not have let go yet.
          server.on("error", (error: NodeJS.ErrnoException) =>
            error.code === "EADDRINUSE" ? setImmediate(listen) : reject(error)
          )
          server.on("listening", () => resolve(server.address() as AddressInfo))
          server.unref()
          listen()
        })
    ),
    () => Effect.void
  )

describe("the embedded server", () => {
  it.live("comes back on its port after a kill, and loses nothing that was acknowledged", () =>
    Effect.gen(function* () {
      const { run } = yield* embedded()
      const server = yield* run
      const broker = yield* server.connect
      const acknowledged: Array<string> = []
      const posting = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 300 }, (_, index) => `m${index}`),
          (id) =>
            Effect.andThen(
              broker.post(mail(id)),
              Effect.sync(() => acknowledged.push(id))
            )
        )
      )
      for (let kills = 0; kills < 2; kills++) {
        yield* become("some mail is acknowledged", () => acknowledged.length > 50 * (kills + 1))
        const pid = yield* server.pid
        process.kill(pid, "SIGKILL")
        yield* until(
          "another one runs",
          Effect.map(server.pid, (now) => (now === pid ? undefined : true))
        )
      }
      yield* Fiber.join(posting)
      const got = yield* Stream.runCollect(Stream.take(broker.mail("h"), 300))
      assert.deepStrictEqual(
        [...got].map(({ id }) => id),
        acknowledged
      )
      yield* server.end
    }).pipe(Effect.scoped)
  )

  it.live("takes another port when somebody else has taken its own, and says so", () =>
    Effect.gen(function* () {
      const { moved, run } = yield* embedded()
      const first = yield* run
      yield* first.end
      yield* stranger(first.port)
      const second = yield* run
      assert.notStrictEqual(second.port, first.port)
      // While it runs.
      process.kill(yield* second.pid, "SIGKILL")
      yield* stranger(second.port)
      yield* become("it has moved", () => moved.length === 1)
      assert.notStrictEqual(moved[0], second.port)
      yield* second.end
    }).pipe(Effect.scoped)
  )

  it.live("is adopted by the next daemon, unless what it was started with has changed", () =>
    Effect.gen(function* () {
      const { run, trustFile } = yield* embedded()
      const killed = yield* run
      yield* killed.kill
      const next = yield* run
      assert.strictEqual(yield* next.pid, yield* killed.pid)
      assert.strictEqual(next.port, killed.port)
      yield* next.kill
      rmSync(trustFile)
      const changed = yield* run
      assert.notStrictEqual(yield* changed.pid, yield* killed.pid)
      yield* changed.connect
      yield* changed.end
    }).pipe(Effect.scoped)
  )

  it.live("never runs twice on one store, whatever the notes about it say", () =>
    Effect.gen(function* () {
      const { noted, path, run } = yield* embedded()
      let last = yield* run
      const broker = yield* last.connect
      yield* broker.post(mail("kept"))
      const other = spawn("sleep", ["60"], { stdio: "ignore" })
      yield* Effect.addFinalizer(() => Effect.sync(() => other.kill("SIGKILL")))
      for (const spoil of [
        () => writeFileSync(noted, '{"v":1,"pid"'),
        () => rmSync(noted),
        () => writeFileSync(noted, ""),
        // The process id was given to another program since.
        () => writeFileSync(noted, readFileSync(noted, "utf8").replace(/"pid":\d+/u, `"pid":${other.pid}`))
      ]) {
        const before = yield* last.pid
        yield* last.kill
        spoil()
        last = yield* run
        yield* become("the earlier one has ended", () => !alive(before))
        assert.strictEqual(notedPid(noted), yield* last.pid)
      }
      assert.isTrue(alive(other.pid ?? 0))
      const running = execFileSync("sh", ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"]).toString()
      assert.strictEqual(running.split(`-c ${path.state}/nats.conf`).length - 1, 1)
      const again = yield* last.connect
      assert.deepStrictEqual(
        (yield* again.peek(mail("").to, 10)).map(({ id }) => id),
        ["kept"]
      )
      yield* last.end
    }).pipe(Effect.scoped)
  )

  it.live("is found where there is no ps", () =>
    Effect.gen(function* () {
      const { run } = yield* embedded()
      const killed = yield* run
      yield* killed.kill
      const { PATH } = process.env
      yield* Effect.acquireRelease(
        Effect.sync(() => (process.env["PATH"] = "/nonexistent")),
        () => Effect.sync(() => (process.env["PATH"] = PATH))
      )
      const next = yield* run
      assert.strictEqual(yield* next.pid, yield* killed.pid)
      yield* next.end
    }).pipe(Effect.scoped)
  )

  it.live("ends in an orderly way, and at once", () =>
    Effect.gen(function* () {
      const { path, run } = yield* embedded()
      const server = yield* run
      const pid = yield* server.pid
      const began = Date.now()
      yield* server.end
      assert.isFalse(alive(pid))
      assert.isBelow(Date.now() - began, 2000)
      assert.match(readFileSync(join(path.state, "nats.log"), "utf8"), /Server Exiting/u)
    }).pipe(Effect.scoped)
  )

  it.live("keeps every file to its owner, in a home with an odd name", () =>
    Effect.gen(function* () {
      const { home, run } = yield* embedded({ below: 'it\'s "a" \\ home ü' })
      const server = yield* run
      yield* (yield* server.connect).post(mail("x"))
      const walk = (dir: string): ReadonlyArray<string> =>
        readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
          const path = join(dir, entry.name)
          return entry.isDirectory() ? [path, ...walk(path)] : [path]
        })
      for (const path of walk(home).filter(
        (found) => !["run", "state", "data"].some((dir) => found === join(home, dir))
      )) {
        const { mode } = statSync(path)
        assert.strictEqual(mode & 0o077, 0, `${path} ${(mode & 0o777).toString(8)}`)
      }
      for (const dir of ["run", "data"]) assert.strictEqual(statSync(join(home, dir)).mode & 0o777, 0o700, dir)
      yield* server.end
    }).pipe(Effect.scoped)
  )

  it.live("rotates its log by the shipped settings' names", () =>
    Effect.gen(function* () {
      const { path, run } = yield* embedded({
        template: (shipped) =>
          `${shipped.replace("logfile_size_limit: 10485760", "logfile_size_limit: 4096")}\ndebug: true\n`
      })
      const server = yield* run
      for (let knock = 0; knock < 60; knock++)
        yield* Effect.promise(
          () =>
            new Promise<void>((resolve) => {
              const socket = dial(server.port, "127.0.0.1", () => socket.end("PING\r\n"))
              socket.on("error", () => undefined)
              socket.on("close", () => resolve())
              socket.resume()
            })
        )
      const logs = () => readdirSync(path.state).filter((name) => name.startsWith("nats.log"))
      yield* become("it has rotated", () => logs().length > 1)
      // The current one and three kept.
      assert.isAtMost(logs().length, 4)
      yield* server.end
    }).pipe(Effect.scoped)
  )

  it.live("that hangs for some seconds delays mail and loses none", () =>
    Effect.gen(function* () {
      const { run } = yield* embedded()
      const server = yield* run
      const broker = yield* server.connect
      const pid = yield* server.pid
      const ids = Array.from({ length: 20 }, (_, index) => `m${index}`)
      process.kill(pid, "SIGSTOP")
      const posting = yield* Effect.forkChild(Effect.forEach(ids, (id) => broker.post(mail(id)), { concurrency: 20 }))
      // Longer than it takes the client to send again.
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5500)))
      process.kill(pid, "SIGCONT")
      yield* Fiber.join(posting)
      const got = yield* Stream.runCollect(Stream.take(broker.mail("h"), 20))
      assert.deepStrictEqual(
        [...got].map(({ id }) => id),
        ids
      )
      assert.strictEqual((yield* broker.peek(mail("").to, 100)).length, 20)
      yield* server.end
    }).pipe(Effect.scoped)
  )

  const isRoot = process.getuid?.() === 0 && process.platform === "linux"
  it.live.skipIf(!isRoot)("says so when the disk is full, and works again when there is room", () =>
    Effect.gen(function* () {
      const disk = yield* temporary("disk")
      yield* Effect.acquireRelease(
        Effect.sync(() => execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=700", "none", disk])),
        () => Effect.sync(() => execFileSync("umount", ["-l", disk]))
      )
      const { run } = yield* embedded({ data: join(disk, "data") })
      const server = yield* run
      const broker = yield* server.connect
      yield* broker.post(mail("before"))
      writeFileSync(join(disk, "ballast"), Buffer.alloc(2_000_000))
      const big = "x".repeat(200_000)
      const filling = Effect.forEach(Array.from({ length: 40 }), (_, index) => broker.putText(`t${index}`, big))
      const error = yield* Effect.flip(Effect.timeout(filling, "15 seconds"))
      assert.match(error.message, /is its disk full/u)
      // What is small may still fit; nothing that was acknowledged is gone.
      rmSync(join(disk, "ballast"))
      yield* until(
        "it stores again",
        Effect.map(Effect.result(broker.putText("t", big.slice(0, 1000))), (stored) =>
          stored._tag === "Success" ? true : undefined
        ),
        30
      )
      yield* broker.post(mail("after"))
      assert.deepStrictEqual(
        (yield* broker.peek(mail("").to, 10)).map(({ id }) => id),
        ["before", "after"]
      )
      yield* server.end
    }).pipe(Effect.scoped)
  )
})
