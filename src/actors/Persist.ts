/** Broker operations that must happen: retried until they do. */
import { Effect, Schedule } from "effect"
import type { BrokerError } from "../broker/Broker.ts"

/** 50 ms, doubling, at most 2 s. */
const pace = Schedule.min([Schedule.exponential("50 millis", 2), Schedule.spaced("2 seconds")])

const away = (error: { readonly _tag: string }): boolean => error._tag === "BrokerError"

/** Retries for ever while the broker is away; other failures, such as a lost race, pass. */
export const persist = <A, E extends { readonly _tag: string; readonly message: string }, R>(
  what: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, BrokerError>, R> =>
  effect.pipe(
    Effect.tapError((error) =>
      away(error) ? Effect.logDebug(`${what}: ${error.message}; trying again`) : Effect.void
    ),
    Effect.retry({ schedule: pace, while: away }),
    // The retry above leaves no BrokerError.
    Effect.mapError((error) => error as Exclude<E, BrokerError>)
  )
