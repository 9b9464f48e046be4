/** The small NATS client against a broker that behaves as badly as a network may. */
import { createServer, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Cause } from "effect"
import { request, subscribe } from "../../cli/MiniNats.ts"
import { Unreachable } from "../../cli/Unreachable.ts"
import { until } from "../support/Until.ts"

/** What a server says to each client, given the socket and what it heard so far. */
const serverOf = (serve: (socket: Socket, heard: () => string) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const sockets: Array<Socket> = []
      const server = createServer((socket) => {
        let heard = ""
        sockets.push(socket)
        socket.on("error", () => {})
        socket.on("data", (chunk) => (heard += chunk.toString()))
        serve(socket, () => heard)
      })
      const close = () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      }
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed({ port: typeof address === "object" ? (address?.port ?? 0) : 0, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const info = 'INFO {"headers":true}\r\n'
const inboxIn = (heard: string) => /PUB \S+ (\S+) /u.exec(heard)?.[1]
const at = (port: number) => ({ host: "127.0.0.1", port, name: "human", jwt: "none" })
const ask = (port: number, ms = 5000) =>
  Effect.tryPromise({ try: () => request(at(port), "sm.rq.x.human", "{}", ms), catch: (error) => error as Unreachable })

/** Answers once the request is whole. */
const answering = (answer: (socket: Socket, inbox: string) => void) =>
  serverOf((socket, heard) => {
    socket.write(info)
    const look = () => {
      const inbox = inboxIn(heard())
      if (inbox === undefined) return
      socket.off("data", look)
      answer(socket, inbox)
    }
    socket.on("data", look)
  })

const failureOf = (port: number, ms?: number) =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(ask(port, ms))
    const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
    assert.instanceOf(error, Unreachable)
    return { message: error.message, sent: error.sent }
  })

describe("a request", () => {
  it.live("reads an answer that comes byte by byte, among other things, with any text", () =>
    Effect.gen(function* () {
      const text = '{"ok":true,"data":"ä€😀\\r\\nMSG x 1 3"}\r\nstill the body'
      const { port } = yield* answering((socket, inbox) => {
        const all = Buffer.from(
          `PONG\r\nPING\r\n${info}+OK\r\nMSG ${inbox} 1 ${Buffer.byteLength(text)}\r\n${text}\r\nMSG ${inbox} 1 5\r\nother\r\n`
        )
        const next = (index: number): void => {
          if (index >= all.length || socket.destroyed) return
          socket.write(all.subarray(index, index + 1), () => setImmediate(next, index + 1))
        }
        socket.setNoDelay(true)
        next(0)
      })
      assert.strictEqual(yield* ask(port), text)
    }).pipe(Effect.scoped)
  )

  it.live("leaves the headers of an answer out", () =>
    Effect.gen(function* () {
      const head = "NATS/1.0\r\nA: b\r\n\r\n"
      const { port } = yield* answering((socket, inbox) =>
        socket.write(`HMSG ${inbox} 1 ${head.length} ${head.length + 4}\r\n${head}body\r\n`)
      )
      assert.strictEqual(yield* ask(port), "body")
    }).pipe(Effect.scoped)
  )

  it.live("knows whether it may have been heard", () =>
    Effect.gen(function* () {
      const nobody = yield* answering((socket, inbox) =>
        socket.write(`HMSG ${inbox} 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n`)
      )
      assert.deepStrictEqual(yield* failureOf(nobody.port), { message: "the daemon is not running", sent: false })
      const silent = yield* answering(() => {})
      assert.deepStrictEqual(yield* failureOf(silent.port, 50), {
        message: "the daemon did not answer in time",
        sent: true
      })
      const gone = yield* answering((socket) => void socket.destroy())
      assert.deepInclude(yield* failureOf(gone.port), { sent: true })
      const refusing = yield* serverOf((socket) => {
        socket.write(`${info}-ERR 'Authorization Violation'\r\n`)
      })
      assert.include((yield* failureOf(refusing.port)).message, "Authorization Violation")
      silent.close()
      assert.deepInclude(yield* failureOf(silent.port), { sent: false })
    }).pipe(Effect.scoped)
  )
})

describe("a subscription", () => {
  it.live("is ready when the broker has it, hears every message, and tells once that it is lost", () =>
    Effect.gen(function* () {
      const said: Array<string> = []
      const { port } = yield* serverOf((socket, heard) => {
        socket.write(info)
        socket.on("data", () => {
          if (!heard().endsWith("SUB sm.evt.session.x.* 1\r\nPING\r\n")) return
          socket.write("PONG\r\nMSG a 1 3\r\none\r\nMSG a 1 3\r\ntwo\r\n", () => socket.destroy())
        })
      })
      const stop = subscribe(at(port), "sm.evt.session.x.*", {
        ready: () => said.push("ready"),
        heard: (body) => said.push(body),
        lost: (error) => said.push(error.message)
      })
      yield* until(
        "it is lost",
        Effect.sync(() => (said.length >= 4 ? true : undefined))
      )
      stop()
      assert.deepStrictEqual(said, ["ready", "one", "two", "the broker closed the connection"])
    }).pipe(Effect.scoped)
  )
})
