/** Requests of clients, and private reply addresses. Core NATS: nothing here is stored. */
import { createInbox, type Msg } from "@nats-io/transport-node"
import { Deferred, Effect, Queue, type Scope, Stream } from "effect"
import type { BrokerError, Request } from "./Broker.ts"
import { attempt, type Wire } from "./NatsConnection.ts"

export const natsRequests = (wire: Wire) => {
  const { connection, subject } = wire
  return {
    serve: (handle: (request: Request) => Effect.Effect<void>): Effect.Effect<void, BrokerError, Scope.Scope> =>
      Effect.gen(function* () {
        const waiting = yield* Queue.unbounded<Msg>()
        yield* Effect.acquireRelease(
          Effect.sync(() =>
            connection.subscribe(`${subject.requests}.*.*`, {
              callback: (error, message) => {
                if (error === null || error === undefined) Queue.offerUnsafe(waiting, message)
              }
            })
          ),
          (subscription) => Effect.sync(() => subscription.unsubscribe())
        )
        // Served from now on: the server knows it.
        yield* attempt("serve", () => connection.flush())
        const one = (message: Msg) =>
          handle({
            ...subject.readRequest(message.subject),
            body: message.string(),
            respond: (body) => Effect.sync(() => void message.respond(body))
          }).pipe(Effect.catchCause((cause) => Effect.logError("a request handler died", cause)))
        yield* Effect.forkScoped(
          Stream.runForEach(
            // Some requests wait for minutes: a limit would let them keep out the very news they wait for.
            Stream.mapEffect(Stream.fromQueue(waiting), one, { concurrency: "unbounded", unordered: true }),
            () => Effect.void
          )
        )
      }),

    inbox: Effect.gen(function* () {
      const answer = yield* Deferred.make<string, BrokerError>()
      const address = createInbox()
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          connection.subscribe(address, {
            max: 1,
            callback: (error, message) => {
              if (error === null || error === undefined) Deferred.doneUnsafe(answer, Effect.succeed(message.string()))
            }
          })
        ),
        (subscription) => Effect.sync(() => subscription.unsubscribe())
      )
      return { address, receive: Deferred.await(answer) }
    }),

    reply: (address: string, body: string): Effect.Effect<void, BrokerError> =>
      attempt("reply", async () => connection.publish(address, body)),

    connected: Stream.callback<boolean>((out) =>
      Effect.gen(function* () {
        Queue.offerUnsafe(out, !connection.isClosed())
        yield* wire.onChange((up) => void Queue.offerUnsafe(out, up))
        return yield* Effect.never
      })
    )
  }
}
