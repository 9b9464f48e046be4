/** Polls a condition of the outside world until it holds; a deadline makes a hang a failure. */
import { Effect, Schema } from "effect"

export class TooLate extends Schema.TaggedError<TooLate>()("TooLate", { what: Schema.String, seconds: Schema.Finite }) {
  override get message() {
    return `${this.what} did not happen within ${this.seconds} s`
  }
}

export const until = <A, E, R>(
  what: string,
  probe: Effect.Effect<A | undefined, E, R>,
  seconds = 20
): Effect.Effect<A, E | TooLate, R> =>
  Effect.gen(function* () {
    const deadline = Date.now() + seconds * 1000
    while (Date.now() < deadline) {
      const found = yield* probe
      if (found !== undefined) return found
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 25)))
    }
    return yield* new TooLate({ what, seconds })
  })
