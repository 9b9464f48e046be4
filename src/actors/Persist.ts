/** Broker operations that must happen: retried until they do. */
import { Effect, Schedule } from "effect"
import type { BrokerError } from "../broker/Broker.ts"

/** 50 ms, doubling, at most 2 s. */
const pace = Schedule.min([Schedule.exponential("50 millis", 2), Schedule.spaced("2 seconds")])
/** A failure that is told aloud: some ten seconds after the first, when this is more than a restart, and then each minute. */
const LOUD = { first: 10, every: 30 }

const away = (error: { readonly _tag: string }): boolean => error._tag === "BrokerError"

/** Retries for ever while the broker is away; other failures, such as a lost race, pass. */
export const persist = <A, E extends { readonly _tag: string; readonly message: string }, R>(
  what: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, BrokerError>, R> =>
  Effect.suspend(() => {
    let failures = 0
    return effect.pipe(
      Effect.tapError((error) => {
        if (!away(error)) return Effect.void
        const line = `${what}: ${error.message}; trying again`
        failures++
        const loud = failures >= LOUD.first && (failures - LOUD.first) % LOUD.every === 0
        return loud ? Effect.logWarning(line) : Effect.logDebug(line)
      }),
      Effect.retry({ schedule: pace, while: away }),
      // The retry above leaves no BrokerError.
      Effect.mapError((error) => error as Exclude<E, BrokerError>)
    )
  })
