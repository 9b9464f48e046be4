/** What became of a prompt that was begun: asked of the composer, the transcript and time, never of hope. */
import { Clock, Effect, Option } from "effect"
import type { AgentAdapter, Seat } from "../../agents/Agent.ts"
import type { Broker } from "../../broker/Broker.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import { type PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import { clearSeen } from "./ClearSight.ts"
import { MAX_TRIES } from "./Delivery.ts"
import { giveUp, idsOf, isClear, isControl, keyOf, type Letters, withhold, wording } from "./Prompt.ts"
import type { Report } from "./SessionReactor.ts"
import { isOurs, type Sight } from "./Sight.ts"
import type { State } from "./State.ts"

/**
 * Ms for which the agent must have stood idle with an empty composer before a letter begun by another activation counts
 * as not typed: hooks may be on their way, also from the spool. Twice that where there is no transcript to deny it.
 */
const GRACE = 2000
/**
 * Ms for which the agent must have stood idle with an empty composer, seen by this very activation, before a letter that
 * its transcript denies is typed again; and ms without any sign after which a letter is given up.
 */
const DENIED = 10_000
const SILENT = 30_000
/** Ms after which a command that leaves no trace is taken as done. */
const UNTOLD = 3000
/**
 * Ms for which the agent's own word is awaited of what its transcript carries: only that names the turn, and after a restart
 * it may be in the spool behind the end of another.
 */
const TOLD = 4000
/** Ms between two checks of a typed letter. */
export const CHECK = 1000

type Follow = (
  letters: Letters,
  since: number,
  state: State,
  adapter: AgentAdapter,
  seat: Seat,
  pane: PaneId,
  sight: Sight,
  now: number
) => Effect.Effect<number | undefined, TerminalError, Terminal | Broker>

export interface Trail {
  /** Begun by an activation that is no more: typed, half typed, or not at all? */
  readonly recover: Follow
  /** Typed, and not confirmed yet. */
  readonly chase: Follow
  /** What becomes of letters on their way when the agent is gone: its transcript outlives it. */
  readonly settleDead: (state: State, adapter: AgentAdapter) => Effect.Effect<number | undefined, never, Broker>
  readonly forget: () => void
}

/** `begun`: prompts that this activation began, or took over half done: how often Enter was pressed for each. */
export const makeTrail = (report: Report, begun: Map<string, number>): Trail => {
  /** Since when, Unix ms, the agent has stood idle with an empty composer while a letter was looked for. */
  const idleSince = new Map<string, number>()
  /** Since when the transcript has been known to carry a prompt. */
  const readSince = new Map<string, number>()
  const awaitsHook = (letters: Letters, { capabilities }: AgentAdapter, now: number): boolean => {
    const since = readSince.get(keyOf(letters)) ?? now
    readSince.set(keyOf(letters), since)
    return capabilities.confirms && now - since < TOLD
  }

  /** Idle, with nothing in the composer but what a person had put there before. */
  const free = (state: State, { observation: { activity, draft } }: Sight): boolean =>
    activity === "idle" && (draft === null || (state.draft !== null && squeeze(draft) === squeeze(state.draft.text)))

  const idleFor = (letters: Letters, state: State, sight: Sight, now: number): number => {
    const key = keyOf(letters)
    if (!free(state, sight)) {
      idleSince.delete(key)
      return 0
    }
    if (!idleSince.has(key)) idleSince.set(key, now)
    return now - (idleSince.get(key) ?? now)
  }

  /** Sends what of ours stands in the composer. */
  const complete = Effect.fnUntraced(function* (letters: Letters, adapter: AgentAdapter, pane: PaneId) {
    const terminal = yield* Terminal
    const enters = begun.get(keyOf(letters)) ?? 0
    if (enters >= MAX_TRIES) return giveUp(report, letters, "it stands in the composer and Enter does not send it")
    begun.set(keyOf(letters), enters + 1)
    yield* terminal.type(pane, adapter.enter)
  })

  /** Begun by an activation that is no more: typed, half typed, or not at all? */
  const recover: Follow = Effect.fnUntraced(function* (letters, since, state, adapter, seat, pane, sight, now) {
    if (!begun.has(keyOf(letters))) begun.set(keyOf(letters), 0)
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(report, letters, "its text is no longer stored"), undefined)
    const { activity, draft } = sight.observation
    const idle = idleFor(letters, state, sight, now)
    if (draft !== null && activity !== "dialog" && isOurs(draft, text.value, idsOf(letters))) {
      yield* complete(letters, adapter, pane)
      report("Typed", {
        ids: idsOf(letters),
        evidence: `found in the composer of pane ${pane} after a restart, and sent`
      })
      return CHECK
    }
    const found = yield* adapter.submitted(seat, text.value, since - CHECK)
    if (found === "yes") {
      if (awaitsHook(letters, adapter, now)) return CHECK
      const evidence = "found in the agent's transcript after a restart"
      return (report("Confirmed", { ids: idsOf(letters), evidence }), undefined)
    }
    if (found === "queued") {
      const evidence = "found in the agent's own line after a restart"
      return (report("Typed", { ids: idsOf(letters), evidence }), undefined)
    }
    if (!free(state, sight)) return CHECK
    const left = (found === "no" ? GRACE : GRACE * 2) - idle
    if (left > 0) return Math.min(left, CHECK)
    if (!adapter.capabilities.confirms && !isClear(letters)) {
      return (
        giveUp(report, letters, "a restart cut the typing short, and this agent cannot say whether it arrived"),
        undefined
      )
    }
    if (isControl(letters))
      return (
        giveUp(
          report,
          letters,
          "a restart cut short the typing of a command of the agent's own, which leaves no trace"
        ),
        undefined
      )
    begun.delete(keyOf(letters))
    return (withhold(report, letters, null, "not found after a restart"), undefined)
  })

  /** Typed, and not confirmed yet. */
  const chase: Follow = Effect.fnUntraced(function* (letters, since, state, adapter, seat, pane, sight, now) {
    const { activity, draft } = sight.observation
    const age = now - since
    const idle = idleFor(letters, state, sight, now)
    if (activity === "dialog" || age < CHECK) return CHECK
    if (isClear(letters)) {
      const seen = clearSeen(sight, age)
      if (seen === "not yet") return CHECK
      if (seen === "refused")
        return (withhold(report, letters, null, "the agent refused to clear its context"), undefined)
      return (report("Confirmed", { ids: idsOf(letters), evidence: "idle again after the clear" }), undefined)
    }
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(report, letters, "its text is no longer stored"), undefined)
    if (draft !== null && isOurs(draft, text.value, idsOf(letters))) {
      yield* complete(letters, adapter, pane)
      return CHECK
    }
    const found = yield* adapter.submitted(seat, text.value, since - CHECK)
    if (found === "yes") {
      if (awaitsHook(letters, adapter, now)) return CHECK
      return (report("Confirmed", { ids: idsOf(letters), evidence: "found in the agent's transcript" }), undefined)
    }
    // It has it, and will read it.
    if (found === "queued" || !free(state, sight)) return CHECK * 2
    // A command of the agent's own often leaves no trace, and twice is not once: it left the composer, and that is all.
    if (isControl(letters) && idle > UNTOLD) {
      const evidence = "a command of the agent's own: it took it and is idle; what came of it shows on its screen"
      return (report("Confirmed", { ids: idsOf(letters), evidence, over: true }), undefined)
    }
    if (isControl(letters)) return CHECK
    if (found === "no" && idle > DENIED)
      return (withhold(report, letters, null, "typed, but the transcript does not have it"), undefined)
    if (idle > SILENT) return (giveUp(report, letters, "typed, but the agent never confirmed it"), undefined)
    return CHECK
  })

  const settleDead = Effect.fnUntraced(function* (state: State, adapter: AgentAdapter) {
    const now = yield* Clock.currentTimeMillis
    for (const { at, letters } of [...(state.typing === null ? [] : [state.typing]), ...state.flying]) {
      const text = yield* wording(letters, adapter)
      if (Option.isNone(text)) {
        giveUp(report, letters, "its text is no longer stored")
        continue
      }
      const seat: Seat = {
        sessionId: state.id,
        cwd: state.spec?.workingDir ?? "/",
        pid: 0,
        env: state.seatEnv,
        agentSessionId: state.agentSessionId,
        transcript: state.transcript
      }
      const found = yield* adapter.submitted(seat, text.value, Math.min(at, now) - CHECK)
      if (found === "yes")
        report("Confirmed", { ids: idsOf(letters), evidence: "found in the transcript of the ended agent" })
      else if (isControl(letters))
        giveUp(report, letters, "the agent ended; a command of the agent's own leaves no trace, and twice is not once")
      else if (found === "no" || found === "queued" || adapter.capabilities.confirms)
        report("Withheld", { ids: idsOf(letters), phase: null, detail: "the agent ended before it took it" })
      else giveUp(report, letters, "the agent ended, and cannot say whether it had taken it")
    }
    return undefined
  })

  return { recover, chase, settleDead, forget: () => (idleSince.clear(), readSince.clear()) }
}
