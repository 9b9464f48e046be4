/** A swarm that a test makes up: enough of a broker and of a daemon for a client that asks verbs and hears facts. */
import { createServer, type Socket } from "node:net"
import { Effect } from "effect"
import { clientHome } from "./ClientHome.ts"
import type { Event } from "../../src/domain/Event.ts"
import type { SessionCard } from "../../src/domain/Session.ts"

export interface Asked {
  readonly verb: string
  readonly input: Readonly<Record<string, unknown>>
}
/** The data of a verb's answer; `undefined` is a refusal. */
export type Answer = (asked: Asked) => unknown

const REFUSED = { code: "invalid", message: "the stub knows no such verb", hint: "teach it" }

/** Serves, and writes below `home` what a client needs to find it. Gone with the scope. */
export const swarmStub = (home: string, answer: Answer) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly asked: ReadonlyArray<Asked>
      readonly fact: (event: Event) => void
      readonly card: (card: SessionCard) => void
      readonly raw: (body: string) => void
      readonly listeners: () => number
      readonly close: () => void
    }>((resume) => {
      const asked: Array<Asked> = []
      const sockets = new Set<Socket>()
      const listening = new Set<Socket>()
      const message = (socket: Socket, subject: string, body: string) =>
        socket.write(`MSG ${subject} 1 ${Buffer.byteLength(body)}\r\n${body}\r\n`)
      const published = (socket: Socket, subject: string, inbox: string, body: string): void => {
        const one: Asked = { verb: subject.split(".").at(-2) ?? "", input: JSON.parse(body) as Asked["input"] }
        asked.push(one)
        const data = answer(one)
        message(socket, inbox, JSON.stringify(data === undefined ? { ok: false, error: REFUSED } : { ok: true, data }))
      }
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => {
          sockets.delete(socket)
          listening.delete(socket)
        })
        socket.write('INFO {"server_id":"stub","headers":true}\r\n')
        let heard = Buffer.alloc(0)
        socket.on("data", (chunk: Buffer) => {
          heard = Buffer.concat([heard, chunk])
          for (let end = heard.indexOf("\r\n"); end >= 0; end = heard.indexOf("\r\n")) {
            const words = heard.toString("utf8", 0, end).split(" ")
            const size = words[0] === "PUB" ? Number(words.at(-1)) + 2 : 0
            if (heard.length < end + 2 + size) return
            const body = heard.toString("utf8", end + 2, end + size)
            heard = heard.subarray(end + 2 + size)
            if (words[0] === "PING") socket.write("PONG\r\n")
            if (words[0] === "SUB" && words[1] === "sm.evt.>") listening.add(socket)
            if (words[0] === "PUB") published(socket, words[1] ?? "", words[2] ?? "", body)
          }
        })
      })
      const raw = (body: string): void => {
        for (const socket of listening) message(socket, "sm.evt.x", body)
      }
      server.listen(0, "127.0.0.1", () => {
        clientHome(home, server)
        resume(
          Effect.succeed({
            asked,
            fact: (event) => raw(JSON.stringify({ v: 1, at: Date.now(), event })),
            card: (card) => raw(JSON.stringify(card)),
            raw,
            listeners: () => listening.size,
            close: () => {
              for (const socket of sockets) socket.destroy()
              server.close()
            }
          })
        )
      })
    }),
    ({ close }) => Effect.sync(close)
  )
