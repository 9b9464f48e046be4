/** What a commit promises to the world besides its own state: done after the commit, and again after a crash, with the same ids. */
import { Effect, Schema } from "effect"
import { type Address, type BrokerError, Broker, type Fact, Lane } from "../broker/Broker.ts"
import { Event, EventRecord, filedUnder } from "../domain/Event.ts"
import type { Actor, Payload, Tag } from "./Actor.ts"
import { Answer, encodeAnswer, encodeEnvelope } from "./Envelope.ts"

const At = Schema.Struct({ host: Schema.String, kind: Schema.String, key: Schema.String })

export const Out = Schema.TaggedUnion({
  /** A public fact. */
  Publish: { event: Event },
  /** Durable mail to another actor. */
  Tell: { to: At, lane: Lane, tag: Schema.String, payload: Schema.Json },
  /** The actor's public card. */
  Card: { key: Schema.String, value: Schema.NullOr(Schema.String) },
  /** A text too large for a commit; kept thirty days. */
  Text: { key: Schema.String, text: Schema.String },
  /** A durable timer to itself; the same name replaces. */
  Timer: { name: Schema.String, at: Schema.Finite, lane: Lane, tag: Schema.String, payload: Schema.Json },
  CancelTimer: { name: Schema.String },
  /** The answer to an ask. */
  Reply: { to: Schema.String, answer: Answer }
})
export type Out = typeof Out.Type

export const publish = (event: Event): Out => Out.cases.Publish.make({ event })

/** Mail for another actor, encoded by its definition. */
export const tell = <A extends Actor<any, any>, T extends Tag<A>>(
  definition: A,
  host: string,
  key: string,
  tag: T,
  payload: Payload<A, T>
): Out => Out.cases.Tell.make({ to: { host, kind: definition.kind, key }, ...encoded(definition, tag, payload) })

/** A message to the actor itself at `at`, Unix ms; it survives restarts. */
export const timer = <A extends Actor<any, any>, T extends Tag<A>>(
  definition: A,
  name: string,
  at: number,
  tag: T,
  payload: Payload<A, T>
): Out => Out.cases.Timer.make({ name, at, ...encoded(definition, tag, payload) })

const encoded = (definition: Actor, tag: string, payload: unknown) => {
  const spec = definition.compiled.messages.get(tag)
  if (spec === undefined) throw new Error(`${definition.kind} has no message ${tag}`)
  return { lane: spec.lane, tag, payload: spec.payload.encodeNow(payload) }
}

const eventJson = Schema.encodeSync(Schema.fromJsonString(EventRecord))

/** A public fact as the broker stores it. */
export const factOf = (event: Event, at: number): Omit<Fact, "messageId"> => ({
  ...filedUnder(event),
  tag: event._tag,
  body: eventJson({ v: 1, at, event })
})

/** Does one promise. Idempotent for the same `id`. `at` is the time of the commit. */
export const perform = (self: Address, id: string, at: number, out: Out): Effect.Effect<void, BrokerError, Broker> =>
  Effect.flatMap(Broker, (broker) =>
    Out.match(out, {
      Publish: ({ event }) => {
        return broker.publish({ ...factOf(event, at), messageId: id })
      },
      Tell: ({ to, lane, tag, payload }) =>
        broker.post({ to, lane, id, body: encodeEnvelope({ v: 1, id, tag, payload, sentAt: at }) }),
      Card: ({ key, value }) => broker.putCard(key, value),
      Text: ({ key, text }) => broker.putText(key, text),
      Timer: ({ name, at: due, lane, tag, payload }) =>
        broker.schedule(
          name,
          { to: self, lane, id, body: encodeEnvelope({ v: 1, id, tag, payload, sentAt: due }) },
          due
        ),
      CancelTimer: ({ name }) => broker.unschedule(name, self),
      // Nobody may be listening any more: an answer that cannot be sent is not worth waiting for.
      Reply: ({ to, answer }) =>
        Effect.catch(broker.reply(to, encodeAnswer(answer)), (error) => Effect.logWarning(error.message))
    })
  ).pipe(Effect.asVoid)
