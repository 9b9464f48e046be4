/** One request over NATS with nothing but `node:net`: what the hot commands need, at a hundredth of the full client's cost. */
import { connect } from "node:net"

/** The daemon or its broker could not be reached, or did not answer in time. */
export class Unreachable extends Error {
  /** True when the request may have been stored although no answer came. */
  readonly sent: boolean
  constructor(message: string, sent: boolean) {
    super(message)
    this.sent = sent
  }
}

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly name: string
  readonly jwt?: string
  readonly user?: string
  readonly pass?: string
}

/** Publishes `body` to `subject` and answers with the first reply. */
export const request = (endpoint: Endpoint, subject: string, body: string, timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const inbox = `_INBOX_${endpoint.name}.${process.pid.toString(36)}${Math.random().toString(36).slice(2)}`
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true })
    let data: Buffer = Buffer.alloc(0)
    let sent = false
    const finish = (outcome: () => void) => {
      clearTimeout(timer)
      socket.destroy()
      outcome()
    }
    const fail = (message: string) => finish(() => reject(new Unreachable(message, sent)))
    const timer = setTimeout(() => fail("the daemon did not answer in time"), timeoutMs)
    socket.once("error", (error) => fail(`the broker is not reachable (${error.message})`))
    socket.once("close", () => fail("the broker closed the connection"))
    const payload = Buffer.from(body)
    socket.on("data", (chunk: Buffer) => {
      data = data.length === 0 ? chunk : Buffer.concat([data, chunk])
      for (;;) {
        const end = data.indexOf("\r\n")
        if (end < 0) return
        const line = data.toString("utf8", 0, end)
        if (line.startsWith("MSG ") || line.startsWith("HMSG ")) {
          const parts = line.split(" ")
          const size = Number(parts.at(-1))
          if (data.length < end + 2 + size + 2) return
          const whole = data.subarray(end + 2, end + 2 + size)
          if (line.startsWith("MSG ")) return finish(() => resolve(whole.toString("utf8")))
          const head = Number(parts.at(-2))
          if (whole.toString("latin1", 0, 12) === "NATS/1.0 503") {
            sent = false
            return fail("the daemon is not running")
          }
          return finish(() => resolve(whole.toString("utf8", head)))
        }
        data = data.subarray(end + 2)
        // The server sends INFO again whenever it changes; only the first opens the conversation.
        if (line.startsWith("INFO ") && !sent) {
          const { jwt, pass, user } = endpoint
          const options = {
            verbose: false,
            pedantic: false,
            tls_required: false,
            lang: "sm",
            version: "1",
            protocol: 1,
            headers: true,
            no_responders: true,
            ...(jwt === undefined ? {} : { jwt, sig: "" }),
            ...(user === undefined ? {} : { user, pass })
          }
          socket.write(
            `CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox} 1\r\nPUB ${subject} ${inbox} ${payload.length}\r\n`
          )
          socket.write(payload)
          socket.write("\r\nPING\r\n")
          sent = true
        } else if (line === "PING") socket.write("PONG\r\n")
        else if (line.startsWith("-ERR")) return fail(`the broker refused: ${line.slice(5)}`)
      }
    })
  })
