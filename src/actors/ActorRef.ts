/** A typed address of an actor: `tell` is durable once it returns, `ask` also waits for the answer. */
import { Clock, Duration, Effect, Random, Schema } from "effect"
import { type Address, Broker, type BrokerError } from "../broker/Broker.ts"
import type { Actor, Failure, Payload, Success, Tag } from "./Actor.ts"
import { decodeAnswer, encodeEnvelope } from "./Envelope.ts"

/** The mail is durable and will still be handled; only the answer did not come in time. */
export class AskTimeout extends Schema.TaggedError<AskTimeout>()("AskTimeout", {
  address: Schema.String,
  tag: Schema.String
}) {
  override get message() {
    return `${this.address} did not answer ${this.tag} in time`
  }
}

/** The handler died on this message more often than is allowed, or could not read it. */
export class ActorCrashed extends Schema.TaggedError<ActorCrashed>()("ActorCrashed", {
  address: Schema.String,
  tag: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.address} crashed on ${this.tag}: ${this.reason}`
  }
}

export const addressText = (address: Address): string => `${address.kind}.${address.key}`

export interface TellOptions {
  /** A repeated id is the same message. */
  readonly id?: string
}

export interface ActorRef<A extends Actor<any, any>> {
  readonly address: Address
  readonly tell: <T extends Tag<A>>(
    tag: T,
    payload: Payload<A, T>,
    options?: TellOptions
  ) => Effect.Effect<void, BrokerError, Broker>
  readonly ask: <T extends Tag<A>>(
    tag: T,
    payload: Payload<A, T>,
    options?: TellOptions & { readonly timeout?: Duration.Input }
  ) => Effect.Effect<Success<A, T>, Failure<A, T> | BrokerError | AskTimeout | ActorCrashed, Broker>
}

export const makeLetterId: Effect.Effect<string> = Effect.gen(function* () {
  const time = (yield* Clock.currentTimeMillis).toString(36)
  const luck = yield* Random.nextIntBetween(0, 36 ** 9)
  return `${time}-${luck.toString(36)}`
})

/** An actor one may address. The host is the claim whose router feeds it. */
export const ref = <A extends Actor<any, any>>(definition: A, host: string, key: string): ActorRef<A> => {
  const address: Address = { host, kind: definition.kind, key }
  const specOf = (tag: string) => {
    const spec = definition.compiled.messages.get(tag)
    if (spec === undefined) throw new Error(`${definition.kind} has no message ${tag}`)
    return spec
  }
  const send = Effect.fnUntraced(function* (
    tag: string,
    payload: unknown,
    id: string | undefined,
    replyTo: string | undefined
  ) {
    const broker = yield* Broker
    const spec = specOf(tag)
    const envelope = {
      v: 1 as const,
      id: id ?? (yield* makeLetterId),
      tag,
      // A payload that its own schema refuses is a bug of the caller.
      payload: yield* Effect.orDie(spec.payload.encode(payload)),
      sentAt: yield* Clock.currentTimeMillis,
      ...(replyTo === undefined ? {} : { replyTo })
    }
    yield* broker.post({ to: address, lane: spec.lane, id: envelope.id, body: encodeEnvelope(envelope) })
  })
  return {
    address,
    tell: (tag, payload, options) => send(tag, payload, options?.id, undefined),
    ask: (tag, payload, options) =>
      Effect.gen(function* () {
        const broker = yield* Broker
        const spec = specOf(tag)
        const inbox = yield* broker.inbox
        yield* send(tag, payload, options?.id, inbox.address)
        const answer = yield* Effect.flatMap(inbox.receive, (text) => Effect.orDie(decodeAnswer(text)))
        if (answer._tag === "ok")
          return (yield* Effect.orDie(spec.success.decode(answer.value))) as Success<A, typeof tag>
        if (answer._tag === "crashed") {
          return yield* new ActorCrashed({ address: addressText(address), tag, reason: answer.reason })
        }
        // A refusal may be any value, not only an error that can be yielded.
        // @effect-diagnostics-next-line unnecessaryFailYieldableError:off
        return yield* Effect.fail((yield* Effect.orDie(spec.failure.decode(answer.value))) as Failure<A, typeof tag>)
      }).pipe(
        Effect.scoped,
        Effect.timeoutOrElse({
          duration: options?.timeout ?? Duration.seconds(10),
          orElse: () => Effect.fail(new AskTimeout({ address: addressText(address), tag }))
        })
      )
  }
}
