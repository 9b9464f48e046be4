/** The broker port in memory, in virtual time: for tests of everything above it. It outlives the hosts that use it. */
import {
  type Cause,
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  FiberMap,
  Layer,
  Option,
  PubSub,
  Queue,
  Stream
} from "effect"
import {
  type Address,
  Broker,
  BrokerError,
  type CardNews,
  DEDUPE_MS,
  type DeadLetter,
  type Delivery,
  type Mail,
  type Request,
  StaleCommit,
  type StoredFact
} from "./Broker.ts"

const STREAM = "memory"

const timerKey = (name: string, to: Address) => JSON.stringify([to.host, to.kind, to.key, name])
const sameActor = (one: Address, two: Address) => one.host === two.host && one.kind === two.kind && one.key === two.key

/** A handle on the store besides the port: to send what a client would, and to count. */
export class MemoryClient extends Context.Service<
  MemoryClient,
  {
    readonly request: (verb: string, caller: string, body: string) => Effect.Effect<string>
    readonly unsettled: Effect.Effect<number>
    readonly timers: Effect.Effect<number>
  }
>()("sm/broker/MemoryClient") {}

export const layer: Layer.Layer<Broker | MemoryClient> = Layer.effectContext(
  Effect.gen(function* () {
    let seq = 0
    const mail = new Map<number, Delivery>()
    const ids = new Map<string, { readonly at: number; readonly seq: number }>()
    const subscribers = new Map<string, Queue.Queue<Delivery, BrokerError | Cause.Done>>()
    const timers = yield* FiberMap.make<string>()
    const state = new Map<string, { readonly value: string; readonly revision: number }>()
    const cards = new Map<string, string>()
    const cardNews = yield* PubSub.unbounded<{ readonly key: string; readonly value: string | null }>()
    const texts = new Map<string, string>()
    const facts: Array<StoredFact & { readonly messageId: string; readonly at: number }> = []
    /** When each was told last. */
    const published = new Map<string, number>()
    const factNews = yield* PubSub.unbounded<StoredFact>()
    const dead = new Map<number, DeadLetter>()
    const inboxes = new Map<string, Deferred.Deferred<string>>()
    let serving: ((request: Request) => Effect.Effect<void>) | undefined
    let inbox = 0

    const deliver = (letter: Mail, at: number): { readonly seq: number; readonly duplicate: boolean } => {
      const known = ids.get(letter.id)
      if (known !== undefined && at - known.at < DEDUPE_MS) return { seq: known.seq, duplicate: true }
      const delivery: Delivery = { ...letter, seq: ++seq, stream: STREAM }
      ids.set(letter.id, { at, seq })
      mail.set(seq, delivery)
      const subscriber = subscribers.get(letter.to.host)
      if (subscriber !== undefined) Queue.offerUnsafe(subscriber, delivery)
      return { seq, duplicate: false }
    }

    const broker: Broker["Service"] = {
      post: (letter) => Effect.map(Clock.currentTimeMillis, (now) => deliver(letter, now)),
      schedule: (name, letter, at) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          // A fired timer carries no message id: every firing is a message of its own.
          const fire = Effect.map(Clock.currentTimeMillis, (due) => {
            ids.delete(letter.id)
            deliver(letter, due)
          })
          yield* FiberMap.run(
            timers,
            timerKey(name, letter.to),
            Effect.delay(fire, Duration.millis(Math.max(0, at - now)))
          )
        }),
      unschedule: (name, to) => FiberMap.remove(timers, timerKey(name, to)),
      mail: (host) =>
        Stream.callback<Delivery, BrokerError>((out) =>
          Effect.gen(function* () {
            subscribers.set(host, out)
            for (const delivery of mail.values()) if (delivery.to.host === host) Queue.offerUnsafe(out, delivery)
            yield* Effect.addFinalizer(() =>
              Effect.sync(() => {
                if (subscribers.get(host) === out) subscribers.delete(host)
              })
            )
            return yield* Effect.never
          })
        ),
      settle: (settled) => Effect.sync(() => void mail.delete(settled)),
      peek: (to, limit) =>
        Effect.sync(() => [...mail.values()].filter((delivery) => sameActor(delivery.to, to)).slice(0, limit)),
      bury: (letter, reason, at) =>
        Effect.sync(() => {
          if ([...dead.values()].some((other) => other.mail.id === letter.id)) return
          dead.set(++seq, { seq, at, reason, mail: letter })
        }),
      deadLetters: (limit) => Effect.sync(() => [...dead.values()].slice(0, limit)),
      unbury: (buried) => Effect.sync(() => void dead.delete(buried)),
      load: (key) => Effect.sync(() => Option.fromUndefinedOr(state.get(key))),
      save: (key, value, revision) =>
        Effect.suspend(() => {
          if ((state.get(key)?.revision ?? 0) !== revision) return Effect.fail(new StaleCommit({ key }))
          state.set(key, { value, revision: ++seq })
          return Effect.succeed(seq)
        }),
      keys: (prefix) => Effect.sync(() => [...state.keys()].filter((key) => key.startsWith(prefix))),
      putCard: (key, value) =>
        Effect.suspend(() => {
          if (value === null) cards.delete(key)
          else cards.set(key, value)
          return PubSub.publish(cardNews, { key, value })
        }),
      cards: (prefix) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const news = yield* PubSub.subscribe(cardNews)
            const present = [...cards].filter(([key]) => key.startsWith(prefix))
            const now: ReadonlyArray<CardNews> = [
              ...present.map(([key, value]) => ({ _tag: "Card" as const, key, value })),
              { _tag: "Current" as const }
            ]
            const later = Stream.fromSubscription(news).pipe(
              Stream.filter(({ key }) => key.startsWith(prefix)),
              Stream.map((card): CardNews => ({ _tag: "Card", ...card }))
            )
            return Stream.concat(Stream.fromIterable(now), later)
          })
        ),
      putText: (key, text) => Effect.sync(() => void texts.set(key, text)),
      getText: (key) => Effect.sync(() => Option.fromUndefinedOr(texts.get(key))),
      publish: (fact) =>
        Effect.flatMap(Clock.currentTimeMillis, (at) => {
          const before = published.get(fact.messageId)
          if (before !== undefined && at - before < DEDUPE_MS) return Effect.void
          published.set(fact.messageId, at)
          const stored = { ...fact, seq: ++seq, at }
          facts.push(stored)
          return PubSub.publish(factNews, stored)
        }),
      facts: (entity, id) => Effect.sync(() => facts.filter((fact) => fact.entity === entity && fact.id === id)),
      lastFact: (entity, id, tag) =>
        Effect.sync(() =>
          Option.fromUndefinedOr(facts.findLast((fact) => fact.entity === entity && fact.id === id && fact.tag === tag))
        ),
      follow: Stream.fromPubSub(factNews),
      serve: (handle) =>
        Effect.asVoid(
          Effect.acquireRelease(
            Effect.sync(() => (serving = handle)),
            () => Effect.sync(() => (serving = undefined))
          )
        ),
      inbox: Effect.acquireRelease(
        Effect.map(Deferred.make<string>(), (answer) => {
          const address = `inbox-${++inbox}`
          inboxes.set(address, answer)
          return { address, receive: Deferred.await(answer) as Effect.Effect<string, BrokerError> }
        }),
        ({ address }) => Effect.sync(() => inboxes.delete(address))
      ),
      reply: (address, body) =>
        Effect.suspend(() => {
          const answer = inboxes.get(address)
          return answer === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(answer, body))
        }),
      connected: Stream.concat(Stream.succeed(true), Stream.never)
    }

    const client: MemoryClient["Service"] = {
      request: (verb, caller, body) =>
        Effect.gen(function* () {
          const answer = yield* Deferred.make<string>()
          if (serving === undefined) return yield* Effect.die(new Error("nobody serves"))
          yield* serving({ verb, caller, body, respond: (reply) => Effect.asVoid(Deferred.succeed(answer, reply)) })
          return yield* Deferred.await(answer)
        }),
      unsettled: Effect.sync(() => mail.size),
      timers: FiberMap.size(timers)
    }
    return Context.make(Broker, broker).pipe(Context.add(MemoryClient, client))
  })
)
