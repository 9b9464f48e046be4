/** Public facts: published once, read by entity, followed live or durably. */
import { DeliverPolicy } from "@nats-io/jetstream"
import { headers } from "@nats-io/transport-node"
import { Effect, Option, Queue, Stream } from "effect"
import type { BrokerError, Fact, StoredFact } from "./Broker.ts"
import { consuming } from "./Consuming.ts"
import { attempt, type Wire } from "./NatsConnection.ts"
import { stored } from "./NatsMail.ts"

export const natsFacts = (wire: Wire) => {
  const { client, manager, queue, stream, subject } = wire
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

    lastFact: (entity: string, id: string, tag: string) =>
      Effect.map(
        attempt("last fact", () =>
          manager.direct.getMessage(stream.events, { last_by_subj: subject.event(entity, id, tag) })
        ),
        (message) => Option.map(Option.fromNullOr(message), toFact)
      ),

    follow: Stream.callback<StoredFact, BrokerError>((out) => {
      let next: number | undefined
      return consuming(wire, "follow", async (receiving) => {
        next ??= (await manager.streams.info(stream.events)).state.last_seq + 1
        const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: next }
        const consumer = await client.consumers.get(stream.events, from)
        return consumer.consume({
          callback: receiving((message) => {
            next = message.seq + 1
            Queue.offerUnsafe(out, toFact(message))
          })
        })
      }).pipe(Effect.catch((error) => Queue.fail(out, error)))
    })
  }
}
