/** Publishes that lose nothing: one inbox for all acknowledgements, and what is unacknowledged goes again, in order. */
import { createInbox, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node"

interface Ack {
  readonly seq: number
  readonly duplicate: boolean
}

/** The stream refused: `code` is JetStream's own, such as 10071 for a lost compare-and-set. */
export class Refused extends Error {
  readonly code: number
  constructor(code: number, description: string) {
    super(description)
    this.code = code
  }
}

interface Pending {
  readonly subject: string
  readonly body: string
  readonly headers: MsgHdrs | undefined
  readonly resolve: (ack: Ack) => void
  readonly reject: (error: Error) => void
  dueAt: number
  /** How often it was sent over the present connection without an answer, and how often nobody took it. */
  unanswered: number
  untaken: number
}

/** A connection that stays up and yet does not answer: send again after this many ms, and give up after as many again. */
const STALLED = 4000
/** JetStream's "temporarily unavailable". */
const UNAVAILABLE = 10_008
/** The stream is not ready (no responders, no leader): try again after this many ms. */
const NOT_READY = 50
/** Tries after which nobody can be expected to take it any more: eight seconds. */
const UNTAKEN = 160

interface Wire {
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string }
  readonly seq?: number
  readonly duplicate?: boolean
}

/**
 * Message ids make a second copy harmless; a compare-and-set tells a second copy by itself. Order is kept, since what
 * was stored before a break is a prefix of what was sent.
 */
export class PublishQueue {
  readonly #connection: NatsConnection
  readonly #inbox: string
  readonly #pending = new Map<number, Pending>()
  readonly #timer: NodeJS.Timeout
  readonly #subscription: { unsubscribe: () => void }
  readonly #stalled: () => void
  #next = 0

  /** `stalled` is told when the server is there and yet does not say that it stored something. */
  constructor(connection: NatsConnection, stalled: () => void) {
    this.#connection = connection
    this.#stalled = stalled
    this.#inbox = createInbox()
    this.#subscription = connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null || error === undefined)
          this.#acknowledged(message.subject, message.headers?.code ?? 0, message.string())
      }
    })
    this.#timer = setInterval(() => this.#resendDue(), NOT_READY)
    this.#timer.unref()
  }

  #acknowledged(subject: string, status: number, body: string): void {
    const number = Number(subject.slice(this.#inbox.length + 1))
    const pending = this.#pending.get(number)
    if (pending === undefined) return
    if (status === 503) return this.#notReady(number, pending)
    const ack = JSON.parse(body) as Wire
    // Every other refusal is told, a full disk (also a 503) among them: whoever publishes decides whether to try again.
    if (ack.error?.err_code === UNAVAILABLE) return this.#notReady(number, pending)
    this.#pending.delete(number)
    if (ack.error !== undefined)
      pending.reject(new Refused(ack.error.err_code ?? ack.error.code, ack.error.description ?? "refused"))
    else pending.resolve({ seq: ack.seq ?? 0, duplicate: ack.duplicate === true })
  }

  #notReady(number: number, pending: Pending): void {
    pending.dueAt = Date.now() + NOT_READY
    pending.unanswered = 0
    if (++pending.untaken >= UNTAKEN) this.#giveUp(number, pending, "no stream takes it")
  }

  #giveUp(number: number, pending: Pending, reason: string): void {
    this.#pending.delete(number)
    pending.reject(new Error(`${reason} (${pending.subject})`))
  }

  #send(number: number, pending: Pending): void {
    pending.dueAt = Date.now() + STALLED
    pending.unanswered++
    try {
      this.#connection.publish(pending.subject, pending.body, {
        reply: `${this.#inbox}.${number}`,
        ...(pending.headers === undefined ? {} : { headers: pending.headers })
      })
    } catch (error) {
      this.#pending.delete(number)
      pending.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #resendDue(): void {
    const now = Date.now()
    let stalled = false
    for (const [number, pending] of this.#pending) {
      if (pending.dueAt > now) continue
      if (pending.unanswered < 2) this.#send(number, pending)
      else {
        stalled = true
        // nats-server does not answer when it cannot write.
        this.#giveUp(number, pending, "the broker does not say that it stored this; is its disk full?")
      }
    }
    if (stalled) this.#stalled()
  }

  /** After a reconnect. */
  resend(): void {
    for (const [number, pending] of this.#pending) {
      pending.unanswered = 0
      this.#send(number, pending)
    }
  }

  /** While the connection is down nothing is due. */
  pause(): void {
    for (const pending of this.#pending.values()) pending.dueAt = Infinity
  }

  publish(subject: string, body: string, headers?: MsgHdrs): Promise<Ack> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { subject, body, headers, resolve, reject, dueAt: 0, unanswered: 0, untaken: 0 }
      const number = this.#next++
      this.#pending.set(number, pending)
      this.#send(number, pending)
    })
  }

  close(): void {
    clearInterval(this.#timer)
    this.#subscription.unsubscribe()
    for (const pending of this.#pending.values()) pending.reject(new Error("the connection was closed"))
    this.#pending.clear()
  }
}
