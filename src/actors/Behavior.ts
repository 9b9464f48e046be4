/** What only an actor's host knows: how it answers each message, and how it makes the world follow its state. */
import type { Effect } from "effect"
import type { Address } from "../broker/Broker.ts"
import type { Actor, Failure, Payload, State, Success, Tag } from "./Actor.ts"
import type { Out } from "./Out.ts"

/** What a handler may know besides payload and state. */
export interface Mail {
  readonly key: string
  /** The envelope's id; the same id is the same message. */
  readonly id: string
  /** What it is, as the definition names it. */
  readonly tag: string
  /** Unix milliseconds, once per batch. */
  readonly now: number
  /** Identity of this activation: an intent marked with another one may or may not have been carried out. */
  readonly activation: string
}

/** Committed together: the next state, the answer, and what the commit promises to the world. */
export interface Outcome<S, A> {
  readonly state: S
  readonly reply: A
  readonly out?: ReadonlyArray<Out>
}

/** A typed failure is an answer too and keeps the state; a defect is a crash. */
export type Handlers<A extends Actor<any, any>, R> = {
  readonly [T in Tag<A>]: (
    payload: Payload<A, T>,
    state: State<A>,
    mail: Mail
  ) => Effect.Effect<Outcome<State<A>, Success<A, T>>, Failure<A, T>, R>
}

/** The running actor as its reactor sees it. */
export interface Self<A extends Actor<any, any>> {
  readonly address: Address
  readonly activation: string
  /** Reports back: handled like mail and committed, but volatile, so only for what can be found out again. */
  readonly report: <T extends Tag<A>>(tag: T, payload: Payload<A, T>) => void
}

/**
 * Carries out what the committed state wants: runs after activation, after every commit, after a poke, and again
 * after the milliseconds it answers with. Never twice at once for one actor, and never before all it reported is committed.
 */
export type React<A extends Actor<any, any>, R> = (
  state: State<A>,
  occasion: { readonly pokes: number }
) => Effect.Effect<number | void, never, R>

export interface Behavior<A extends Actor<any, any>, R = never> {
  readonly initial: (key: string) => State<A>
  readonly handlers: Handlers<A, R>
  /** Once per activation; may keep memory that dies with it. */
  readonly reactor?: (self: Self<A>) => Effect.Effect<React<A, R>, never, R>
}
