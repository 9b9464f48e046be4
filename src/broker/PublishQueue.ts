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
}

/** A connection that stays up and yet does not answer: send again after this many ms. */
const STALLED = 5000
/** JetStream's "temporarily unavailable". */
const UNAVAILABLE = 10_008
/** The stream is not ready (no responders, no leader): try again after this many ms. */
const NOT_READY = 50

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
  #next = 0

  constructor(connection: NatsConnection) {
    this.#connection = connection
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
    if (status === 503) {
      pending.dueAt = Date.now() + NOT_READY
      return
    }
    const ack = JSON.parse(body) as Wire
    // Every other refusal is told, a full disk (also a 503) among them: whoever publishes decides whether to try again.
    if (ack.error?.err_code === UNAVAILABLE) {
      pending.dueAt = Date.now() + NOT_READY
      return
    }
    this.#pending.delete(number)
    if (ack.error !== undefined)
      pending.reject(new Refused(ack.error.err_code ?? ack.error.code, ack.error.description ?? "refused"))
    else pending.resolve({ seq: ack.seq ?? 0, duplicate: ack.duplicate === true })
  }

  #send(number: number, pending: Pending): void {
    pending.dueAt = Date.now() + STALLED
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
    for (const [number, pending] of this.#pending) if (pending.dueAt <= now) this.#send(number, pending)
  }

  /** After a reconnect. */
  resend(): void {
    for (const [number, pending] of this.#pending) this.#send(number, pending)
  }

  publish(subject: string, body: string, headers?: MsgHdrs): Promise<Ack> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { subject, body, headers, resolve, reject, dueAt: 0 }
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
