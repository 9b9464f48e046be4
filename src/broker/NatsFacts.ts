/** Public facts: published once, read by entity, followed live or durably. */
import { DeliverPolicy } from "@nats-io/jetstream"
import { headers } from "@nats-io/transport-node"
import { Effect, Queue, Stream } from "effect"
import { BrokerError, type Fact, type StoredFact } from "./Broker.ts"
import { attempt, type Wire } from "./NatsConnection.ts"
import { stored } from "./NatsMail.ts"

export const natsFacts = (wire: Wire) => {
  const { client, queue, stream, subject } = wire
  const toFact = (message: { readonly subject: string; readonly seq: number; string: () => string }): StoredFact => ({
    ...subject.readEvent(message.subject),
    body: message.string(),
    seq: message.seq
  })
  return {
    publish: (fact: Fact) =>
      Effect.asVoid(
        attempt("publish", () => {
          const once = headers()
          once.set("Nats-Msg-Id", fact.messageId)
          return queue.publish(subject.event(fact.entity, fact.id, fact.tag), fact.body, once)
        })
      ),

    facts: (entity: string, id: string) =>
      Effect.map(
        attempt("facts", () => stored(wire, stream.events, subject.eventsOf(entity, id), 10_000)),
        (messages) => messages.map(toFact)
      ),

    follow: Stream.callback<StoredFact, BrokerError>((out) =>
      Effect.gen(function* () {
        const consumer = yield* attempt("follow", () =>
          client.consumers.get(stream.events, { deliver_policy: DeliverPolicy.New })
        )
        const messages = yield* Effect.acquireRelease(
          attempt("follow", () =>
            consumer.consume({ callback: (message) => void Queue.offerUnsafe(out, toFact(message)) })
          ),
          (opened) => Effect.promise(() => opened.close())
        )
        const end = yield* Effect.promise(() => messages.closed())
        return yield* Queue.fail(
          out,
          new BrokerError({ operation: "follow", cause: end instanceof Error ? end : new Error("the consumer ended") })
        )
      })
    )
  }
}
