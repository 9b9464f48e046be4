/** Mistakes that only the compiler patched by `effect-tsgo` sees. `npm run check` fails unless both are reported. */
import { Effect } from "effect"

export const floating = Effect.gen(function* () {
  Effect.sleep("1 second")
  yield* Effect.void
})

export const missingReturn = Effect.gen(function* () {
  yield* Effect.fail("no")
})
