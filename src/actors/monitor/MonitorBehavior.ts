/** How the monitor answers its mail: each cause once, until it is over. */
import { Effect } from "effect"
import type { Behavior } from "../Behavior.ts"
import type { Monitor } from "./Monitor.ts"
import { over, saw } from "./Noticing.ts"

export const behavior: Behavior<typeof Monitor> = {
  initial: () => ({ open: [], told: [] }),
  handlers: {
    Saw: (notice, state) => Effect.sync(() => ({ reply: null, ...saw(state, notice) })),
    Over: ({ causes, why }, state) => Effect.sync(() => ({ reply: null, ...over(state, causes, why) })),
    Describe: (_, state) => Effect.sync(() => ({ state, reply: state.open }))
  }
}
