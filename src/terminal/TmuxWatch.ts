/** What happens in the panes, by one question to tmux per tick, whatever their number. */
import { Clock, Effect, PubSub } from "effect"
import type { Pane, PaneNews } from "./Terminal.ts"
import type { Panes } from "./TmuxPanes.ts"

/** Ms between two looks at which panes changed. */
const TICK = 250

/** Set to have the next look compare all panes, not only those that tmux says changed. */
export interface Reconcile {
  wanted: boolean
}

/** What changed since the last look, by tmux's own clock of whole seconds. Never ends. */
export const watch = (panesOf: Panes, news: PubSub.PubSub<PaneNews>, reconcile: Reconcile): Effect.Effect<never> =>
  Effect.gen(function* () {
    const known = new Map<string, Pane>()
    let since = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    while (true) {
      yield* Effect.sleep(TICK)
      const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const full = reconcile.wanted
      reconcile.wanted = false
      const filter = full ? "#{@sm_id}" : `#{&&:#{!=:#{@sm_id},},#{||:#{pane_dead},#{>=:#{window_activity},${since}}}}`
      const answer = yield* Effect.result(panesOf("poll", filter))
      if (answer._tag === "Failure") {
        reconcile.wanted = true
        continue
      }
      const panes = answer.success
      since = now
      for (const pane of panes) {
        const before = known.get(pane.pane)
        known.set(pane.pane, pane)
        if (pane.dead) {
          if (before?.dead !== true)
            PubSub.publishUnsafe(news, {
              _tag: "Died",
              pane: pane.pane,
              sessionId: pane.sessionId,
              status: pane.status
            })
        } else PubSub.publishUnsafe(news, { _tag: "Changed", pane: pane.pane, sessionId: pane.sessionId })
      }
      if (!full) continue
      const present = new Set<string>(panes.map((pane) => pane.pane))
      for (const [id, pane] of known) {
        if (present.has(id)) continue
        known.delete(id)
        if (!pane.dead)
          PubSub.publishUnsafe(news, { _tag: "Died", pane: pane.pane, sessionId: pane.sessionId, status: null })
      }
    }
  })
