/** A person's half-typed line in the way of messages: put aside when it is stale, brought back after them, never mixed. */
import { Effect } from "effect"
import type { AgentAdapter } from "../../agents/Agent.ts"
import { Rules } from "../../domain/Policy.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import { type PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import { onItsWay } from "./Move.ts"
import type { State } from "./State.ts"
import type { Report } from "./SessionReactor.ts"
import type { Sight } from "./Sight.ts"

/** Ms after which a screen has shown what the keys did. */
const SHOWN = 2000
/** Ms within which an agent that brings a draft back by itself does so. */
const ITSELF = 10_000
const SOON = 200
/** Ms for which a line must have stood before an urgent message puts it aside. */
const PRESSING = 10_000

export interface Drafts {
  /** Reports a line that has stood untouched for long enough while messages wait. */
  readonly watch: (state: State, adapter: AgentAdapter, sight: Sight, now: number) => Effect.Effect<void>
  /**
   * What stands in the composer before a message is typed: `soon` it makes way, look again; `stays` it is a person's.
   */
  readonly clear: (
    state: State,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) => Effect.Effect<"soon" | "stays", TerminalError, Terminal>
  /** Types what was put aside back, without sending it; answers in how many ms to look again. */
  readonly restore: (
    state: State,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) => Effect.Effect<number | undefined, TerminalError, Terminal>
}

const same = (one: string, two: string): boolean => squeeze(one) === squeeze(two)

export const makeDrafts = (report: Report): Drafts => {
  let stood: { readonly text: string; readonly since: number } | undefined
  let stashedAt: number | undefined
  let restoredAt: number | undefined

  return {
    watch: Effect.fnUntraced(function* (state, adapter, { humanActive, leftover, observation: { draft } }, now) {
      const first = state.queue[0]
      const waits = state.phase === "human-composing" && first !== undefined && state.draft === null
      if (!waits || draft === null || leftover || humanActive || adapter.draft === undefined) {
        // Only what changes restarts the clock; whether somebody waits does not.
        if (draft === null || humanActive) stood = undefined
        return
      }
      if (stood === undefined || stood.text !== draft) stood = { text: draft, since: now }
      const { staleDraft } = yield* Rules
      const patience = Math.min(staleDraft * 1000, first.mode === "urgent" ? PRESSING : Infinity)
      if (now - stood.since >= patience) report("DraftStale", { text: draft })
    }),
    clear: Effect.fnUntraced(function* (state, adapter, pane, { humanActive, observation: { draft } }, now) {
      if (draft === null) {
        // Somebody has just pressed a key, perhaps to take the words away.
        if (state.draft !== null) report("DraftAway", {})
        return "stays"
      }
      const aside = state.draft
      if (aside === null) return "stays"
      // Twice might bring it back.
      const waits = stashedAt !== undefined && now - stashedAt < SHOWN
      if (!humanActive && same(draft, aside.text) && waits) return "soon"
      if (humanActive || adapter.draft === undefined || !same(draft, aside.text) || stashedAt !== undefined) {
        report(squeeze(draft).includes(squeeze(aside.text)) ? "DraftBack" : "DraftAway", {})
        stashedAt = undefined
        return "stays"
      }
      stashedAt = now
      const terminal = yield* Terminal
      yield* terminal.type(pane, adapter.draft.stash)
      return "soon"
    }),
    restore: Effect.fnUntraced(function* (state, adapter, pane, { humanActive, observation }, now) {
      const { activity, draft } = observation
      if (state.draft === null) {
        restoredAt = undefined
        return undefined
      }
      const busy = onItsWay(state).length > 0 || (activity !== "idle" && activity !== "busy")
      if (busy || humanActive) return SHOWN
      stashedAt = undefined
      if (draft !== null) {
        // It stands there again, or a person has begun something else: then it waits for an empty composer.
        if (!same(draft, state.draft.text)) return SHOWN
        report("DraftBack", {})
        return undefined
      }
      const how = adapter.draft?.restore
      if (restoredAt !== undefined) {
        if (now - restoredAt < (how === "itself" ? ITSELF : SHOWN)) return SOON
        report("DraftBack", {})
        return undefined
      }
      restoredAt = now
      const { sent, text } = state.draft
      const keys = sent === 0 && adapter.draft?.undo !== undefined ? adapter.draft.undo : how
      if (keys === undefined || keys === "itself") return SOON
      const terminal = yield* Terminal
      yield* terminal.type(pane, typeof keys === "function" ? keys(text, sent) : keys)
      return SOON
    })
  }
}
