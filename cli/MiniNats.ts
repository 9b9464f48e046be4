/** One conversation over NATS with nothing but `node:net`: what the commands need, at a hundredth of the full client's cost. */
import { connect } from "node:net"
import { Unreachable } from "./Unreachable.ts"

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly name: string
  readonly jwt?: string
  readonly user?: string
  readonly pass?: string
}

interface Listener {
  /** The server has greeted: what to say after CONNECT. */
  readonly open: (write: (text: string | Buffer) => void) => void
  readonly message: (body: string) => void
  /** The server knows nobody who would answer. */
  readonly nobody: () => void
  readonly pong: () => void
  /** It is over; never after `end`. */
  readonly lost: (why: string) => void
}

interface Conversation {
  readonly write: (text: string | Buffer) => void
  /** Ends it without a word to the listener. */
  readonly end: () => void
}

const hello = ({ jwt, pass, user }: Endpoint): string =>
  `CONNECT ${JSON.stringify({
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
  })}\r\n`

/** ms */
const LINGER = 100

const converse = (endpoint: Endpoint, listener: Listener): Conversation => {
  const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true })
  const write = (text: string | Buffer): void => void socket.write(text)
  let data: Buffer = Buffer.alloc(0)
  let over = false
  let greeted = false
  // Destroying a socket makes node build `process.stderr`, which costs 5 ms: a process that ends anyway is spared it.
  const end = (): void => {
    over = true
    socket.unref()
    setTimeout(() => socket.destroy(), LINGER).unref()
  }
  const lose = (why: string): void => {
    if (over) return
    end()
    listener.lost(why)
  }
  socket.once("error", (error) => lose(`the broker is not reachable (${error.message})`))
  socket.once("close", () => lose("the broker closed the connection"))

  /** Bytes of a message behind its line, or none while they are not all here. */
  const payload = (line: string, from: number): number | undefined => {
    const parts = line.split(" ")
    const size = Number(parts.at(-1))
    if (data.length < from + size + 2) return undefined
    const whole = data.subarray(from, from + size)
    if (line.startsWith("MSG ")) listener.message(whole.toString("utf8"))
    else if (whole.toString("latin1", 0, 12) === "NATS/1.0 503") listener.nobody()
    else listener.message(whole.toString("utf8", Number(parts.at(-2))))
    return size + 2
  }

  socket.on("data", (chunk: Buffer) => {
    data = data.length === 0 ? chunk : Buffer.concat([data, chunk])
    while (!over) {
      const stop = data.indexOf("\r\n")
      if (stop < 0) return
      const line = data.toString("utf8", 0, stop)
      let taken = stop + 2
      if (line.startsWith("MSG ") || line.startsWith("HMSG ")) {
        const size = payload(line, taken)
        if (size === undefined) return
        taken += size
      } else if (line.startsWith("INFO ") && !greeted) {
        // The server sends INFO again whenever it changes; only the first opens the conversation.
        greeted = true
        write(hello(endpoint))
        listener.open(write)
      } else if (line === "PING") write("PONG\r\n")
      else if (line === "PONG") listener.pong()
      else if (line.startsWith("-ERR")) lose(`the broker refused: ${line.slice(5)}`)
      data = data.subarray(taken)
    }
  })
  return { write, end }
}

/** Publishes `body` to `subject` and answers with the first reply. */
export const request = (endpoint: Endpoint, subject: string, body: string, timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const inbox = `_INBOX_${endpoint.name}.${process.pid.toString(36)}${Math.random().toString(36).slice(2)}`
    const content = Buffer.from(body)
    let sent = false
    const finish = (outcome: () => void): void => {
      clearTimeout(timer)
      conversation.end()
      outcome()
    }
    const fail = (message: string): void => finish(() => reject(new Unreachable(message, sent)))
    const timer = setTimeout(() => fail("the daemon did not answer in time"), timeoutMs)
    const conversation = converse(endpoint, {
      open: (write) => {
        write(`SUB ${inbox} 1\r\nPUB ${subject} ${inbox} ${content.length}\r\n`)
        write(content)
        write("\r\nPING\r\n")
        sent = true
      },
      message: (text) => finish(() => resolve(text)),
      nobody: () => {
        sent = false
        fail("the daemon is not running")
      },
      pong: () => {},
      lost: fail
    })
  })

/** A silent broker is taken for gone after two of these, ms. */
const HEARTBEAT = 15_000

export interface Hearing {
  /** The subscription is in force: nothing published from now on is missed. */
  readonly ready: () => void
  readonly heard: (body: string) => void
  readonly lost: (error: Unreachable) => void
}

/** Hears everything published to `subject`, until the connection is lost or the answer is called. */
export const subscribe = (endpoint: Endpoint, subject: string, hearing: Hearing): (() => void) => {
  let ready = false
  let owed = 0
  const lost = (why: string): void => {
    clearInterval(heart)
    hearing.lost(new Unreachable(why, false))
  }
  const conversation = converse(endpoint, {
    open: (write) => write(`SUB ${subject} 1\r\nPING\r\n`),
    message: hearing.heard,
    nobody: () => {},
    pong: () => {
      owed = 0
      if (!ready) hearing.ready()
      ready = true
    },
    lost
  })
  const stop = (): void => {
    clearInterval(heart)
    conversation.end()
  }
  const heart = setInterval(() => {
    if (++owed <= 2) return conversation.write("PING\r\n")
    stop()
    lost("the broker does not answer")
  }, HEARTBEAT)
  return stop
}
