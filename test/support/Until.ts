/** Polls a condition of the outside world until it holds; a deadline makes a hang a failure. */
import { Effect, Schema } from "effect"

export class TooLate extends Schema.TaggedError<TooLate>()("TooLate", { what: Schema.String, seconds: Schema.Finite }) {
  override get message() {
    return `${this.what} did not happen within ${this.seconds} s`
  }
}

/**
 * Ms between two looks: as long as a look takes, for most start a process, and what is waited for needs the processor too.
 */
const SHORTEST = 25
const LONGEST = 250

export const until = <A, E, R>(
  what: string,
  probe: Effect.Effect<A | undefined, E, R>,
  seconds = 20
): Effect.Effect<A, E | TooLate, R> =>
  Effect.gen(function* () {
    const deadline = Date.now() + seconds * 1000
    for (let began = Date.now(); began < deadline; began = Date.now()) {
      const found = yield* probe
      if (found !== undefined) return found
      const pause = Math.min(LONGEST, Math.max(SHORTEST, Date.now() - began))
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, pause)))
    }
    return yield* new TooLate({ what, seconds })
  })
