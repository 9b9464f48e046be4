/** Commits, cards and texts: streams that keep the newest message of each subject. */
import { headers } from "@nats-io/transport-node"
import { DeliverPolicy, type JsMsg } from "@nats-io/jetstream"
import { Effect, Option, Queue, Stream } from "effect"
import { BrokerError, type CardNews, type Snapshot, StaleCommit } from "./Broker.ts"
import { consuming } from "./Consuming.ts"
import { attempt, type Wire } from "./NatsConnection.ts"
import { Refused } from "./PublishQueue.ts"

/** JetStream's "wrong last sequence". */
const WRONG_LAST = 10_071
const REMOVED = "Sm-Removed"

export const natsState = (wire: Wire) => {
  const { client, manager, queue, stream, subject } = wire

  const newest = (name: string, last: string) =>
    attempt("load", async () => {
      const message = await manager.direct.getMessage(name, { last_by_subj: last })
      return message === null ? Option.none() : Option.some({ value: message.string(), revision: message.seq })
    })

  return {
    load: (key: string): Effect.Effect<Option.Option<Snapshot>, BrokerError> =>
      newest(stream.state, subject.state(key)),

    save: (key: string, value: string, revision: number): Effect.Effect<number, BrokerError | StaleCommit> =>
      Effect.tryPromise({
        try: async () => {
          const expected = headers()
          expected.set("Nats-Expected-Last-Subject-Sequence", String(revision))
          return (await queue.publish(subject.state(key), value, expected)).seq
        },
        catch: (cause) =>
          cause instanceof Refused && cause.code === WRONG_LAST
            ? new StaleCommit({ key })
            : new BrokerError({ operation: "save", cause })
      }),

    keys: (prefix: string) =>
      attempt("keys", async () => {
        const info = await manager.streams.info(stream.state, { subjects_filter: subject.allStates })
        return Object.keys(info.state.subjects ?? {})
          .map((name) => subject.readState(name))
          .filter((key) => key.startsWith(prefix))
      }),

    putCard: (key: string, value: string | null) =>
      Effect.asVoid(
        attempt("card", () => {
          if (value !== null) return queue.publish(subject.card(key), value)
          const removed = headers()
          removed.set(REMOVED, "1")
          return queue.publish(subject.card(key), "", removed)
        })
      ),

    cards: (prefix: string): Stream.Stream<CardNews, BrokerError> =>
      Stream.callback<CardNews, BrokerError>((out) => {
        let current = false
        let next = 1
        const told = (message: JsMsg) => {
          next = message.seq + 1
          const value = message.headers?.get(REMOVED) === "1" ? null : message.string()
          Queue.offerUnsafe(out, { _tag: "Card", key: subject.readCard(message.subject), value })
        }
        const nowCurrent = () => {
          if (!current) Queue.offerUnsafe(out, { _tag: "Current" })
          current = true
        }
        return consuming(wire, "cards", async (receiving) => {
          const consumer = await client.consumers.get(stream.cards, {
            filter_subjects: [subject.cardsUnder(prefix)],
            // After a break: the newest of each card that has changed since, for older ones are not kept.
            ...(current
              ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: next }
              : { deliver_policy: DeliverPolicy.LastPerSubject })
          })
          if ((await consumer.info()).num_pending === 0) nowCurrent()
          return consumer.consume({
            callback: receiving((message) => {
              told(message)
              if (message.info.pending === 0) nowCurrent()
            })
          })
        }).pipe(Effect.catch((error) => Queue.fail(out, error)))
      }),

    putText: (key: string, text: string) =>
      Effect.asVoid(attempt("text", () => queue.publish(subject.text(key), text))),

    getText: (key: string) =>
      Effect.map(
        newest(stream.texts, subject.text(key)),
        Option.map(({ value }) => value)
      )
  }
}
