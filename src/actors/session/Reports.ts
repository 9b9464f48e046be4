/** How a session takes what its own reactor reports. */
import { Effect, Option } from "effect"
import { Roster } from "../../agents/Roster.ts"
import type { MessageId } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import { dialogStands, pressed, stuck } from "./Asking.ts"
import { atRest, confirmed, cutShort, gaveUp, handedBack, turnOver, typed, withheld } from "./Delivery.ts"
import { rearmed } from "./Expiry.ts"
import { delivered } from "./Notices.ts"
import { moved, report, silent, type Some } from "./Handling.ts"
import { givenBack } from "./Membership.ts"
import { limitedBy } from "./Limits.ts"
import { andThen, enter, hop, idOf, type Move, stay, tellWorld } from "./Move.ts"
import { sidesOf } from "./Sides.ts"
import type { State } from "./State.ts"
import { unheard } from "./Silence.ts"
import type { Death } from "./Vigilance.ts"
import { observed } from "./Observing.ts"

/** Typed into the composer of an agent that has said since that it is done: with that, and whatever else it took. */
const hasEnded = ({ flying, overAt }: State, ids: ReadonlyArray<MessageId>): boolean =>
  flying.some(
    ({ at, door, letters }) =>
      door === "composer" && overAt !== null && at <= overAt && letters.some(({ id }) => ids.includes(id))
  )

/** A pane that went away by itself. What waited keeps waiting; what the agent had taken is over. */
const lost = (state: State, reason: string, death: Death, now: number): Move =>
  andThen(
    andThen(
      givenBack(
        { ...state, draft: null, recovery: { ...state.recovery, death, server: state.pane?.server ?? null } },
        reason
      ),
      (mine) => cutShort(mine, reason, now)
    ),
    (next) =>
      andThen(enter({ ...next, pane: null, launching: null, stoppedAt: now }, "crashed", reason, now), (last) =>
        tellWorld(last, { _tag: "SessionStopped", id: idOf(last), reason })
      )
  )

export const reports: Some<
  | "Launched"
  | "LaunchFailed"
  | "Typed"
  | "Withheld"
  | "HandedBack"
  | "Confirmed"
  | "GaveUp"
  | "InterruptPressed"
  | "Observed"
  | "Silent"
  | "DialogStands"
  | "AnswerPressed"
  | "AnswerStuck"
  | "DraftStale"
  | "DraftAway"
  | "DraftBack"
  | "PaneLost"
  | "PaneClosed"
  | "Tick"
> = {
  Launched: (payload, state, mail) =>
    Effect.gen(function* () {
      const roster = yield* Roster
      const adapter = Option.getOrUndefined(yield* roster.find(state.spec?.provider ?? ""))
      const seated: State = {
        // What is still to come from the agent that ran before is of no turn of this one.
        ...atRest(state, state.launching?.at ?? 0),
        pane: payload.pane,
        launching: null,
        detail: "",
        agentSessionId: payload.agentSessionId ?? state.agentSessionId,
        seatEnv: payload.seatEnv,
        sides: sidesOf(adapter ?? {}),
        vigil: {
          ...state.vigil,
          launched: mail.now,
          reports: adapter?.capabilities.confirms === true,
          heard: null,
          worked: null,
          rested: null,
          failed: null
        }
      }
      // Killed while it started: the reactor closes what has just been opened.
      if (state.phase === "stopped") return { state: seated, reply: null }
      const letter = state.queue.find((queued) => queued.id === payload.carried)
      if (letter === undefined) return moved(state, stay(seated), mail, silent)
      const flight = { letters: [letter], at: mail.now, door: "composer" as const }
      const flying = adapter?.capabilities.confirms === true ? [...state.flying, flight] : state.flying
      const carried = { ...seated, queue: state.queue.filter((queued) => queued !== letter), flying }
      const move = hop(carried, letter.id, "injected", "on the agent's command line")
      const told = adapter?.capabilities.confirms === true ? [] : delivered(move.state, letter)
      return moved(state, { state: move.state, out: [...move.out, ...told] }, mail, silent)
    }),
  LaunchFailed: report(({ reason }, state, { now }) =>
    state.launching === null
      ? stay(state)
      : andThen(stay({ ...state, launching: null }), (next) => lost(next, reason, "failed", now))
  ),
  Typed: (payload, state, mail) =>
    Effect.gen(function* () {
      const roster = yield* Roster
      const adapter = Option.getOrUndefined(yield* roster.find(state.spec?.provider ?? ""))
      const confirms = adapter?.capabilities.confirms === true
      return moved(state, typed(state, payload.ids, payload.evidence, mail.now, confirms), mail, silent)
    }),
  Withheld: report(({ detail, ids, phase }, state, { now }) =>
    andThen(withheld(state, ids), (next) =>
      phase === null || !isLive(next.phase) ? stay(next) : enter(next, phase, detail, now)
    )
  ),
  HandedBack: report(({ id }, state) => handedBack(state, id)),
  Confirmed: report(({ evidence, ids, over }, state, { now }) =>
    andThen(confirmed(state, ids, evidence, now), (next) => {
      // A clear that has had its effect starts no turn.
      if (next.carried.length === state.carried.length) return stay(next)
      if ((over === true || hasEnded(state, ids)) && state.phase === "idle") return turnOver(next, evidence, now)
      if (!isLive(next.phase)) return turnOver(next, "the agent ended before the turn did", now)
      return next.phase === "idle" ? enter(next, "working", "", now) : stay(next)
    })
  ),
  GaveUp: report(({ evidence, ids }, state) => gaveUp(state, ids, evidence)),
  InterruptPressed: report((_, state, { now }) =>
    stay(
      state.interrupting === null
        ? state
        : { ...state, interrupting: { presses: state.interrupting.presses + 1, at: now } }
    )
  ),
  Observed: report(
    ({ activity, detail, limited }, state, { now }) => {
      // Of an earlier turn it may be long over.
      const met = limited !== undefined && state.phase !== "idle" && (state.turn !== null || state.carried.length > 0)
      const first = met ? limitedBy(state, { ...limited, turn: state.turn ?? "" }, now) : stay(state)
      return andThen(first, (next) => observed(next, activity, detail, now))
    },
    ({ because }) => because
  ),
  Silent: report(({ since }, state, { now }) => unheard(state, since, now)),
  DialogStands: report((dialog, state, { now }) => dialogStands(state, dialog, now)),
  AnswerPressed: report(({ id }, state) => pressed(state, id)),
  AnswerStuck: report(({ id, why }, state, { now }) => stuck(state, id, why, now)),
  DraftStale: report(({ text }, state, { now }) =>
    stay(
      state.phase === "human-composing" && state.draft === null
        ? { ...state, draft: { text, at: now, away: false, sent: 0 } }
        : state
    )
  ),
  DraftAway: report((_, state) =>
    stay(state.draft === null ? state : { ...state, draft: { ...state.draft, away: true } })
  ),
  DraftBack: report((_, state) => stay({ ...state, draft: null })),
  PaneLost: report(({ death, pane, reason }, state, { now }) =>
    state.pane?.id !== pane || !isLive(state.phase) ? stay(state) : lost(state, reason, death, now)
  ),
  PaneClosed: report(({ pane }, state, { now }) => {
    if (state.pane?.id !== pane) return stay(state)
    // Live and without a pane or a start under way there would be no way on.
    const wanted = isLive(state.phase) && state.launching === null
    return wanted ? lost(state, "its pane was closed", "gone", now) : stay({ ...state, pane: null })
  }),
  // Fired a moment early it would be gone with nothing expired.
  Tick: report((_, state) => ({ state, out: rearmed(state) }))
}
