/** How a session answers those who wait for it to be idle. */
import { Effect } from "effect"
import { moved, report, silent, type Some, unknown } from "./Handling.ts"
import { NotNow } from "./Session.ts"
import { unwatch, watch, watchOver } from "./Watchers.ts"

/** Most sessions that may wait for one. */
const MOST = 1000

export const watching: Some<"Watch" | "Unwatch" | "WatchOver"> = {
  Watch: ({ by, id, until }, state, mail) =>
    Effect.gen(function* () {
      if (state.spec === null) return yield* unknown(state)
      if (by.id === state.id) {
        return yield* new NotNow({
          reason: "a session cannot wait for itself: while it waits it is not idle",
          hint: "end your turn; what comes next wakes you"
        })
      }
      if (state.watchers.length >= MOST) {
        return yield* new NotNow({
          reason: `${state.watchers.length} sessions wait for ${state.name} already`,
          hint: `sm send ${state.name} tells you of the end of the turn`
        })
      }
      const move = watch(state, { id, by, since: mail.now, until })
      // Whoever is told at once is not among the watchers any more.
      return moved(state, move, mail, (next) => ({ told: !next.watchers.some((other) => other.id === id) }))
    }),
  Unwatch: ({ by }, state, mail) =>
    Effect.gen(function* () {
      if (state.spec === null) return yield* unknown(state)
      if (!state.watchers.some((watcher) => watcher.by.id === by.id)) {
        return yield* new NotNow({ reason: `you do not wait for ${state.name}`, hint: `sm wait ${state.name}` })
      }
      return moved(state, unwatch(state, by), mail, silent)
    }),
  WatchOver: report(({ id }, state, { now }) => watchOver(state, id, now))
}
