/** Actor definitions: a kind, a message protocol, a versioned state schema. What everyone may know; no behaviour. */
import { Effect, Schema } from "effect"
import type { Lane } from "../broker/Broker.ts"

/** Any schema whose values survive a trip through text without services. */
type Wire<T = unknown> = Schema.Codec<T, unknown>

/** One message: what it carries, what it is answered with, and which refusals are part of the protocol. */
export interface MessageSpec<P extends Wire = Wire, S extends Wire = Wire, F extends Wire = Wire> {
  readonly payload: P
  readonly success: S
  readonly failure: F
  readonly lane: Lane
}

/** Declares a message. Without `success` the answer is empty, without `failure` it cannot be refused. */
export const message = <
  P extends Wire,
  S extends Wire = typeof Schema.Null,
  F extends Wire = typeof Schema.Never
>(options: {
  readonly payload: P
  readonly success?: S
  readonly failure?: F
  readonly lane?: Lane
}): MessageSpec<P, S, F> => ({
  payload: options.payload,
  // The defaults are what the type parameters default to.
  success: (options.success ?? Schema.Null) as S,
  failure: (options.failure ?? Schema.Never) as F,
  lane: options.lane ?? "normal"
})

type Codecs = {
  readonly encode: (value: unknown) => Effect.Effect<Schema.Json, Schema.SchemaError>
  /** Throws on what the schema does not describe: for values that the type checker saw. */
  readonly encodeNow: (value: unknown) => Schema.Json
  readonly decode: (json: unknown) => Effect.Effect<unknown, Schema.SchemaError>
}

const codecs = (schema: Wire): Codecs => {
  const json = Schema.toCodecJson(schema)
  return {
    encode: Schema.encodeUnknownEffect(json),
    encodeNow: Schema.encodeUnknownSync(json),
    decode: Schema.decodeUnknownEffect(json)
  }
}

/** The compiled side of a definition: everything the runtime needs, with types erased. */
export interface Compiled {
  readonly state: Codecs
  readonly messages: ReadonlyMap<
    string,
    { readonly lane: Lane; readonly payload: Codecs; readonly success: Codecs; readonly failure: Codecs }
  >
}

export type Messages = Readonly<Record<string, MessageSpec>>

export interface Actor<S = unknown, M extends Messages = Messages> {
  readonly kind: string
  /** Version of the state schema. A commit of an older version is lifted step by step by `upgrades`. */
  readonly version: number
  /** `upgrades[1]` lifts JSON of version 1 to version 2, and so on. */
  readonly upgrades: Readonly<Record<number, (old: Schema.Json) => Schema.Json>>
  readonly state: Wire<S>
  readonly messages: M
  readonly compiled: Compiled
}

export type State<A> = A extends Actor<infer S, infer _> ? S : never
export type MessagesOf<A> = A extends Actor<infer _, infer M> ? M : never
export type Tag<A> = Extract<keyof MessagesOf<A>, string>
export type Payload<A, T extends Tag<A>> = MessagesOf<A>[T]["payload"]["Type"]
export type Success<A, T extends Tag<A>> = MessagesOf<A>[T]["success"]["Type"]
export type Failure<A, T extends Tag<A>> = MessagesOf<A>[T]["failure"]["Type"]

/** Compiles a definition once, at module level. */
export const make = <S, const M extends Messages>(options: {
  readonly kind: string
  readonly version: number
  readonly upgrades?: Actor["upgrades"]
  readonly state: Wire<S>
  readonly messages: M
}): Actor<S, M> => ({
  ...options,
  upgrades: options.upgrades ?? {},
  compiled: {
    state: codecs(options.state),
    messages: new Map(
      Object.entries(options.messages).map(([tag, spec]) => [
        tag,
        { lane: spec.lane, payload: codecs(spec.payload), success: codecs(spec.success), failure: codecs(spec.failure) }
      ])
    )
  }
})
