/** Consumers that live exactly as long as one connection: each reconnect opens a new one, from where its user says. */
import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream"
import { Deferred, Effect, Exit } from "effect"
import { BrokerError } from "./Broker.ts"
import { attempt, type Wire } from "./NatsConnection.ts"

/**
 * `open` makes the consumer and gives its messages to the callback it is handed. The client library would carry a
 * consumer over a break by itself, but it hands on what the server sends before it is put right again, and when the
 * server is not ready at once it waits half a minute before it looks again.
 */
export const consuming = (
  wire: Wire,
  operation: string,
  open: (receiving: (receive: (message: JsMsg) => void) => (message: JsMsg) => void) => Promise<ConsumerMessages>
): Effect.Effect<never, BrokerError> => {
  const once = Effect.gen(function* () {
    const broken = yield* Deferred.make<void>()
    let whole = true
    yield* wire.onChange((up) => {
      if (up) return
      whole = false
      Deferred.doneUnsafe(broken, Exit.void)
    })
    const opening = attempt(operation, () =>
      open((receive) => (message) => {
        if (whole) receive(message)
      })
    )
    const messages = yield* Effect.acquireRelease(opening, (opened) => Effect.promise(() => opened.close()))
    const end = Effect.flatMap(
      Effect.promise(() => messages.closed()),
      (error) => {
        const cause = error instanceof Error ? error : new Error("the consumer ended")
        return Effect.fail(new BrokerError({ operation, cause }))
      }
    )
    yield* Effect.raceFirst(Deferred.await(broken), end)
  })
  return Effect.forever(
    Effect.andThen(
      wire.whenUp,
      Effect.catch(Effect.scoped(once), (error) =>
        // Cut short by the break: the next connection starts over.
        wire.isUp() || wire.connection.isClosed() ? Effect.fail(error) : Effect.void
      )
    )
  )
}
