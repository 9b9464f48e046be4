/** Public facts as they happen, for requests that wait for one. */
import { Context, Effect, Layer, Option, PubSub, Schema, type Scope, Stream } from "effect"
import { Broker } from "../broker/Broker.ts"
import { EventRecord } from "../domain/Event.ts"

export const decodeRecord = Schema.decodeOption(Schema.fromJsonString(EventRecord))

export class Feed extends Context.Service<
  Feed,
  { readonly subscribe: Effect.Effect<PubSub.Subscription<EventRecord>, never, Scope.Scope> }
>()("sm/gateway/Feed") {}

export const layer: Layer.Layer<Feed, never, Broker> = Layer.effect(
  Feed,
  Effect.gen(function* () {
    const broker = yield* Broker
    const news = yield* PubSub.unbounded<EventRecord>()
    yield* broker.follow.pipe(
      Stream.runForEach((fact) =>
        Option.match(decodeRecord(fact.body), {
          onNone: () => Effect.void,
          onSome: (record) => Effect.asVoid(PubSub.publish(news, record))
        })
      ),
      Effect.catch((error) => Effect.logWarning(`feed: ${error.message}; following again`)),
      Effect.andThen(Effect.sleep("200 millis")),
      Effect.forever,
      Effect.forkScoped
    )
    return { subscribe: PubSub.subscribe(news) }
  })
)
