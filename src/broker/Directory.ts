/** The sessions of the swarm as everyone may see them, kept current in memory: reading it wakes nobody. */
import { Context, Deferred, Effect, Layer, Option, PubSub, Schema, Stream } from "effect"
import { SessionCard } from "../domain/Session.ts"
import { Broker } from "./Broker.ts"

const PREFIX = "session."
const decode = Schema.decodeOption(Schema.fromJsonString(SessionCard))

export class Directory extends Context.Service<
  Directory,
  {
    /** All cards, oldest session first. */
    readonly all: Effect.Effect<ReadonlyArray<SessionCard>>
    readonly find: (id: string) => Effect.Effect<Option.Option<SessionCard>>
    /** Waits until a session's card satisfies the predicate. */
    readonly until: (id: string, holds: (card: SessionCard) => boolean) => Effect.Effect<SessionCard>
    readonly changes: Stream.Stream<SessionCard>
  }
>()("sm/broker/Directory") {}

/** Ready when the cards that exist have been read. */
export const layer: Layer.Layer<Directory, never, Broker> = Layer.effect(
  Directory,
  Effect.gen(function* () {
    const broker = yield* Broker
    const cards = new Map<string, SessionCard>()
    const news = yield* PubSub.unbounded<SessionCard>()
    const current = yield* Deferred.make<void>()
    yield* broker.cards(PREFIX).pipe(
      Stream.runForEach((change) => {
        if (change._tag === "Current") return Effect.asVoid(Deferred.succeed(current, undefined))
        if (change.value === null) return Effect.sync(() => void cards.delete(change.key.slice(PREFIX.length)))
        const card = decode(change.value)
        if (Option.isNone(card))
          return Effect.logWarning(`${change.key}: the card cannot be read; an older or newer sm wrote it`)
        cards.set(card.value.id, card.value)
        return Effect.asVoid(PubSub.publish(news, card.value))
      }),
      Effect.tapError((error) => Effect.logWarning(`directory: ${error.message}; reading again`)),
      Effect.andThen(Effect.sleep("200 millis")),
      Effect.catch(() => Effect.sleep("500 millis")),
      Effect.forever,
      Effect.forkScoped
    )
    yield* Deferred.await(current)

    return {
      all: Effect.sync(() => [...cards.values()].sort((one, two) => one.createdAt - two.createdAt)),
      find: (id) => Effect.sync(() => Option.fromUndefinedOr(cards.get(id))),
      until: (id, holds) =>
        Effect.scoped(
          Effect.gen(function* () {
            const subscription = yield* PubSub.subscribe(news)
            const known = cards.get(id)
            if (known !== undefined && holds(known)) return known
            while (true) {
              const card = yield* PubSub.take(subscription)
              if (card.id === id && holds(card)) return card
            }
          })
        ),
      changes: Stream.fromPubSub(news)
    }
  })
)
