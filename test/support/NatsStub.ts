/** A broker that answers requests one after the other, and all later ones with its last reply: enough for a client that asks. */
import { createServer } from "node:net"
import { Effect } from "effect"
import { clientHome } from "./ClientHome.ts"

/** Serves, and writes below `home` what a client needs to find it. Gone with the scope. */
export const natsStub = (home: string, ...replies: ReadonlyArray<unknown>) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly close: () => void; readonly asked: () => ReadonlyArray<string> }>((resume) => {
      const asked: Array<string> = []
      const server = createServer((socket) => {
        socket.on("error", () => {})
        socket.write('INFO {"server_id":"stub","headers":true}\r\n')
        let heard = ""
        socket.on("data", (chunk) => {
          heard += chunk.toString("latin1")
          const [, inbox, body] = /\r\nPUB \S+ (\S+) \d+\r\n(.*)\r\n/u.exec(heard) ?? []
          if (inbox === undefined || body === undefined) return
          heard = ""
          const text = Buffer.from(JSON.stringify(replies[asked.length] ?? replies.at(-1)))
          asked.push(body)
          socket.write(`MSG ${inbox} 1 ${text.length}\r\n`)
          socket.write(text)
          socket.write("\r\n")
        })
      })
      server.listen(0, "127.0.0.1", () => {
        clientHome(home, server)
        resume(Effect.succeed({ close: () => void server.close(), asked: () => asked }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )
