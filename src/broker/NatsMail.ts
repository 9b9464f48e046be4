/** Mail and timers over one work-queue stream; one consumer per host; settled by deleting the sequence. */
import { JetStreamApiError, type StoredMsg } from "@nats-io/jetstream"
import { headers, type MsgHdrs } from "@nats-io/transport-node"
import { Effect, Option, Queue, Schema, Stream } from "effect"
import { type Address, BrokerError, type DeadLetter, type Delivery, Lane, type Mail } from "./Broker.ts"
import { attempt, type Wire } from "./NatsConnection.ts"
import { hostMail } from "./HostMail.ts"

/** Ours: a message that a schedule fires carries no Nats-Msg-Id. */
const ID = "Sm-Id"
const isLane = Schema.is(Lane)

const withId = (id: string, more: Readonly<Record<string, string>> = {}): MsgHdrs => {
  const built = headers()
  built.set(ID, id)
  for (const [name, value] of Object.entries(more)) built.set(name, value)
  return built
}

/** Unix ms: for what comes later the server, which counts nanoseconds, takes the past. */
const LAST = Date.parse("2200-01-01T00:00:00Z")
const timeOf = (at: number): string => new Date(Math.max(0, Math.min(at, LAST))).toISOString()

const Buried = Schema.fromJsonString(
  Schema.Struct({
    v: Schema.Literal(1),
    at: Schema.Finite,
    reason: Schema.String,
    mail: Schema.Struct({
      to: Schema.Struct({ host: Schema.String, kind: Schema.String, key: Schema.String }),
      lane: Lane,
      id: Schema.String,
      body: Schema.String
    })
  })
)
const encodeBuried = Schema.encodeSync(Buried)
const decodeBuried = Schema.decodeOption(Buried)

/** JetStream's "no message found", also for a sequence that is deleted already. */
const GONE = new Set([10_037, 10_057, 10_043])
const isGone = (error: unknown): boolean => error instanceof JetStreamApiError && GONE.has(error.code)

/** Reads stored messages matching a subject, oldest first. */
export const stored = async (wire: Wire, stream: string, filter: string, limit: number): Promise<Array<StoredMsg>> => {
  const found: Array<StoredMsg> = []
  let seq = 1
  while (found.length < limit) {
    let got = 0
    try {
      const batch = await wire.manager.direct.getBatch(stream, {
        seq,
        batch: Math.min(limit - found.length, 256),
        next_by_subj: filter
      } as never)
      for await (const message of batch) {
        got++
        seq = message.seq + 1
        found.push(message)
      }
    } catch (error) {
      // Past the end.
      if (
        (error as { readonly status?: number; readonly code?: number }).code === 404 ||
        /not found|404|no messages/iu.test(String(error))
      )
        break
      throw error
    }
    if (got === 0) break
  }
  return found
}

export const natsMail = (wire: Wire) => {
  const { manager, queue, stream, subject } = wire

  const toDelivery = (
    message: {
      readonly subject: string
      readonly seq: number
      string: () => string
      readonly headers?: MsgHdrs | undefined
      readonly header?: MsgHdrs
    },
    identity: string
  ): Delivery | undefined => {
    const { lane, to } = subject.readMail(message.subject)
    if (!isLane(lane)) return undefined
    const marks = message.headers ?? message.header
    return { to, lane, id: marks?.get(ID) ?? "", body: message.string(), seq: message.seq, stream: identity }
  }

  return {
    post: (mail: Mail) =>
      attempt("post", () =>
        queue.publish(subject.mail(mail.to, mail.lane), mail.body, withId(mail.id, { "Nats-Msg-Id": mail.id }))
      ),

    schedule: (name: string, mail: Mail, at: number) =>
      Effect.asVoid(
        attempt("schedule", () =>
          queue.publish(
            subject.timer(mail.to, name),
            mail.body,
            withId(mail.id, {
              "Nats-Schedule": `@at ${timeOf(at)}`,
              "Nats-Schedule-Target": subject.mail(mail.to, mail.lane)
            })
          )
        )
      ),

    unschedule: (name: string, to: Address) =>
      Effect.asVoid(
        attempt("unschedule", () => manager.streams.purge(stream.mail, { filter: subject.timer(to, name) }))
      ),

    mail: (host: string): Stream.Stream<Delivery, BrokerError> =>
      Stream.callback<Delivery, BrokerError>((out) =>
        hostMail(wire, host, (message, identity) => {
          const delivery = toDelivery(message, identity)
          if (delivery === undefined) message.term("not mail")
          else Queue.offerUnsafe(out, delivery)
        }).pipe(Effect.catch((error) => Queue.fail(out, error)))
      ),

    settle: (seq: number) =>
      Effect.asVoid(
        attempt("settle", async () => {
          try {
            await manager.streams.deleteMessage(stream.mail, seq, false)
          } catch (error) {
            if (!isGone(error)) throw error
          }
        })
      ),

    peek: (to: Address, limit: number) =>
      Effect.map(
        attempt("peek", () => stored(wire, stream.mail, subject.mailOf(to), limit)),
        (messages) =>
          messages.flatMap((message): ReadonlyArray<Delivery> => {
            const delivery = toDelivery(message, "")
            return delivery === undefined ? [] : [delivery]
          })
      ),

    bury: (mail: Mail, reason: string, at: number) =>
      Effect.asVoid(
        attempt("bury", () => {
          const { body, id, lane, to } = mail
          return queue.publish(
            subject.dead(mail.to),
            encodeBuried({ v: 1, at, reason, mail: { to, lane, id, body } }),
            withId(id, { "Nats-Msg-Id": id })
          )
        })
      ),

    deadLetters: (limit: number) =>
      Effect.map(
        attempt("dead letters", () => stored(wire, stream.dead, subject.allDead, limit)),
        (messages) =>
          messages.flatMap((message): ReadonlyArray<DeadLetter> =>
            Option.match(decodeBuried(message.string()), {
              onNone: () => [],
              onSome: ({ at, mail, reason }) => [{ seq: message.seq, at, reason, mail }]
            })
          )
      ),

    unbury: (seq: number) =>
      Effect.asVoid(
        attempt("unbury", async () => {
          try {
            await manager.streams.deleteMessage(stream.dead, seq, false)
          } catch (error) {
            if (!isGone(error)) throw error
          }
        })
      )
  }
}
