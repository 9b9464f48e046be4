/** The broker port: durable mail, commits, facts, cards and requests. Two implementations pass one contract suite. */
import { Context, type Effect, type Option, Schema, type Scope, type Stream } from "effect"

/** The broker could not be reached, or it refused an operation. Retrying later may help. */
export class BrokerError extends Schema.TaggedError<BrokerError>()("BrokerError", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `broker ${this.operation} failed: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/** A commit moved under us: another host now owns the actor. */
export class StaleCommit extends Schema.TaggedError<StaleCommit>()("StaleCommit", { key: Schema.String }) {
  override get message() {
    return `${this.key} was committed by another owner`
  }
}

/** Where a mailbox is: the host whose router feeds it, the actor's kind, its key. Each is one subject token. */
export interface Address {
  readonly host: string
  readonly kind: string
  readonly key: string
}

/** Lanes of one mailbox, most pressing first; order holds within a lane. */
export const Lane = Schema.Literals(["urgent", "control", "normal"])
export type Lane = typeof Lane.Type

export interface Mail {
  readonly to: Address
  readonly lane: Lane
  /** A repeated id is dropped within `DEDUPE_MS`; the receiver must remember ids for longer than that itself. */
  readonly id: string
  readonly body: string
}

/** Mail as it reaches the one consumer of its host. It comes again after every (re)connect until it is settled. */
export interface Delivery extends Mail {
  /** Position in the mail stream; grows, also across lanes. */
  readonly seq: number
  /** Identity of the stream: a recreated stream restarts `seq`. */
  readonly stream: string
}

export interface Snapshot {
  readonly value: string
  readonly revision: number
}

/** How long the broker knows a repeated id again, ms, and how long it keeps facts. */
export const DEDUPE_MS = 7_200_000
export const FACTS_MS = 14 * 86_400_000

/** A fact to publish: filed under `<entity>.<id>.<tag>`. */
export interface Fact {
  readonly entity: string
  readonly id: string
  readonly tag: string
  /** A repeated message id is dropped within `DEDUPE_MS`. */
  readonly messageId: string
  readonly body: string
}

export interface StoredFact extends Omit<Fact, "messageId"> {
  readonly seq: number
}

export type CardNews =
  | { readonly _tag: "Card"; readonly key: string; readonly value: string | null }
  | { readonly _tag: "Current" }

/** A dead letter: mail nobody could handle, with the reason. */
export interface DeadLetter {
  readonly seq: number
  readonly at: number
  readonly reason: string
  readonly mail: Mail
}

/** One request from a client. The broker, not the payload, says who called. */
export interface Request {
  readonly verb: string
  /** The name in the caller's credential: a session id, or `human`. */
  readonly caller: string
  readonly body: string
  readonly respond: (body: string) => Effect.Effect<void>
}

export class Broker extends Context.Service<
  Broker,
  {
    /** Resolves once the mail is durable; survives broker restarts by resending with the same id. */
    readonly post: (mail: Mail) => Effect.Effect<{ readonly seq: number; readonly duplicate: boolean }, BrokerError>
    /** A durable timer: `mail` arrives at `at` (Unix ms), or at once if that is past. The same name replaces. */
    readonly schedule: (name: string, mail: Mail, at: number) => Effect.Effect<void, BrokerError>
    readonly unschedule: (name: string, to: Address) => Effect.Effect<void, BrokerError>
    /**
     * All unsettled mail of a host in stream order, then what arrives. Subscribing takes the host's mail over from any
     * earlier subscriber. After a reconnect unsettled mail comes again with the same `seq`.
     */
    readonly mail: (host: string) => Stream.Stream<Delivery, BrokerError>
    /** Removes mail for good. Idempotent. */
    readonly settle: (seq: number) => Effect.Effect<void, BrokerError>
    /** Mail waiting for one actor, oldest first, without disturbing delivery. */
    readonly peek: (to: Address, limit: number) => Effect.Effect<ReadonlyArray<Delivery>, BrokerError>

    /** Files mail that nobody could handle. Idempotent by `mail.id`. */
    readonly bury: (mail: Mail, reason: string, at: number) => Effect.Effect<void, BrokerError>
    readonly deadLetters: (limit: number) => Effect.Effect<ReadonlyArray<DeadLetter>, BrokerError>
    readonly unbury: (seq: number) => Effect.Effect<void, BrokerError>

    readonly load: (key: string) => Effect.Effect<Option.Option<Snapshot>, BrokerError>
    /** Compare-and-set. Revision 0 means "must not exist yet". Returns the new revision. */
    readonly save: (key: string, value: string, revision: number) => Effect.Effect<number, BrokerError | StaleCommit>
    /** Keys saved under a prefix (`session.`), in no order. */
    readonly keys: (prefix: string) => Effect.Effect<ReadonlyArray<string>, BrokerError>

    /** Last writer wins; a directory others may read. `null` removes. */
    readonly putCard: (key: string, value: string | null) => Effect.Effect<void, BrokerError>
    /** Every card under a prefix now, then `Current` once, then each change; `null` is a removal. Never ends. */
    readonly cards: (prefix: string) => Stream.Stream<CardNews, BrokerError>

    /** Bodies too large for a commit. Kept thirty days. Idempotent by key. */
    readonly putText: (key: string, text: string) => Effect.Effect<void, BrokerError>
    readonly getText: (key: string) => Effect.Effect<Option.Option<string>, BrokerError>

    readonly publish: (fact: Fact) => Effect.Effect<void, BrokerError>
    /** Stored facts of one entity, oldest first. */
    readonly facts: (entity: string, id: string) => Effect.Effect<ReadonlyArray<StoredFact>, BrokerError>
    /** The newest stored fact of one kind about one entity. */
    readonly lastFact: (
      entity: string,
      id: string,
      tag: string
    ) => Effect.Effect<Option.Option<StoredFact>, BrokerError>
    /** Facts from now on, of every entity. */
    readonly follow: Stream.Stream<StoredFact, BrokerError>

    /** Serves requests of clients until the scope closes. */
    readonly serve: (handle: (request: Request) => Effect.Effect<void>) => Effect.Effect<void, BrokerError, Scope.Scope>
    /** A private reply address, open for as long as its scope, for `ask`. */
    readonly inbox: Effect.Effect<
      { readonly address: string; readonly receive: Effect.Effect<string, BrokerError> },
      BrokerError,
      Scope.Scope
    >
    readonly reply: (address: string, body: string) => Effect.Effect<void, BrokerError>
    /** True while the connection is up; changes are pushed. */
    readonly connected: Stream.Stream<boolean>
  }
>()("sm/broker/Broker") {}
