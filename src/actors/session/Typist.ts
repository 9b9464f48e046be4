/** Types letters, exactly once: fresh ones after a look, begun ones are followed by their trail. */
import { Effect, Option } from "effect"
import type { AgentAdapter, Seat } from "../../agents/Agent.ts"
import type { Broker } from "../../broker/Broker.ts"
import { type PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import type { Self } from "../Behavior.ts"
import { makeBeside } from "./Beside.ts"
import { mayClear } from "./ClearSight.ts"
import type { Drafts } from "./Drafts.ts"
import { giveUp, idsOf, isClear, keyOf, type Letters, withhold, wording } from "./Prompt.ts"
import { CHECK, makeTrail } from "./Trail.ts"
import { isLeftover } from "./Leftover.ts"
import type { Session } from "./Session.ts"
import type { State } from "./State.ts"
import { isOurs, type Sight } from "./Sight.ts"

/** Ms for which a screen may look busy although the hooks said idle, before it is believed. */
const REDRAW = 1000
/** Ms between two looks at an agent that is about to be ready. */
const SOON = 40
/** Ms for which an agent may show no prompt to type into, or a composer that does not get empty. */
const UNREADY = 10_000
/** Ms for which a prompt must stand in the composer again before a person counts as having interrupted it. */
const RETURNED = 1000

export interface Typist {
  readonly needsSight: (state: State, now: number) => boolean
  readonly due: (state: State, now: number) => number | undefined
  readonly follow: (
    state: State,
    adapter: AgentAdapter,
    seat: Seat,
    pane: PaneId,
    sight: Sight,
    now: number
  ) => Effect.Effect<number | undefined, TerminalError, Terminal | Broker>
  /** An interrupted agent may put a prompt that it had not begun with back into its composer. */
  readonly noticeReturned: (
    state: State,
    adapter: AgentAdapter,
    sight: Sight,
    now: number
  ) => Effect.Effect<void, never, Broker>
  /** What becomes of letters on their way when the agent is gone: its transcript outlives it. */
  readonly settleDead: (state: State, adapter: AgentAdapter) => Effect.Effect<number | undefined, never, Broker>
}

export const makeTypist = (self: Self<typeof Session>, drafts: Drafts): Typist => {
  const { report } = self
  const beside = makeBeside()
  /** Letters that this activation began to type, or took over half done: how often Enter was pressed for each. */
  const begun = new Map<string, number>()
  const trail = makeTrail(report, begun)
  const returnedSince = new Map<string, number>()
  let checkedAt = 0
  /** When letters on their way want a look again. */
  const lookAt = ({ flying }: State): number =>
    flying.some(({ door, letters }) => door === "side" && letters.some(({ mode }) => mode === "urgent"))
      ? 0
      : checkedAt + CHECK

  /** To an agent at work. When its turn is over by now, it is typed like any other. */
  const enter = Effect.fnUntraced(function* (
    letters: Letters,
    state: State,
    adapter: AgentAdapter,
    seat: Seat,
    pane: PaneId,
    sight: Sight
  ) {
    const { activity, detail } = sight.observation
    if (activity === "dialog") return (withhold(report, letters, "waiting-permission", detail), undefined)
    if (activity !== "busy") return (withhold(report, letters, null, "the turn is over"), undefined)
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(report, letters, "its text is no longer stored"), undefined)
    begun.set(keyOf(letters), 0)
    const entered = yield* beside.enter(letters, text.value, state, adapter, seat, pane, sight)
    if ("evidence" in entered) report("Typed", { ids: idsOf(letters), evidence: entered.evidence })
    else {
      begun.delete(keyOf(letters))
      withhold(report, letters, null, entered.closed)
    }
    return undefined
  })

  const fresh = Effect.fnUntraced(function* (
    letters: Letters,
    state: State,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) {
    const terminal = yield* Terminal
    const { activity, detail, draft } = sight.observation
    if (activity === "dialog") return (withhold(report, letters, "waiting-permission", detail), undefined)
    const age = now - (state.typing?.at ?? now)
    // The turn's end is told before its last picture is drawn.
    if (activity === "busy") return age < REDRAW ? SOON : (withhold(report, letters, "working", ""), undefined)
    if (activity !== "idle") {
      if (age > UNREADY) return (withhold(report, letters, null, "the agent shows no prompt to type into"), undefined)
      return 150
    }
    if (isClear(letters) && !mayClear(sight, age)) return SOON
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(report, letters, "its text is no longer stored"), undefined)
    if (sight.humanActive || (draft !== null && !(yield* isLeftover(state, draft)))) {
      if ((yield* drafts.clear(state, adapter, pane, sight, now)) === "soon") return SOON
      return (withhold(report, letters, "human-composing", "somebody is typing in the pane"), undefined)
    }
    if (draft !== null) {
      if (now - (state.typing?.at ?? now) > UNREADY)
        return (withhold(report, letters, null, "the composer cannot be emptied of what stands in it"), undefined)
      yield* terminal.type(pane, adapter.discard)
      return 200
    }
    begun.set(keyOf(letters), 0)
    // When this fails nobody knows how far it got: the letter is looked for as after a restart.
    yield* terminal.type(pane, adapter.submit(text.value))
    const tries = letters[0]?.tries ?? 1
    const attempt = tries > 1 ? `, attempt ${tries}` : ""
    report("Typed", { ids: idsOf(letters), evidence: `typed into pane ${pane}${attempt}` })
    return CHECK
  })

  return {
    needsSight: (state, now) =>
      state.typing !== null || state.interrupting !== null || (state.flying.length > 0 && now >= lookAt(state)),
    due: (state, now) => (state.flying.length > 0 ? Math.max(1, lookAt(state) - now) : undefined),
    follow: Effect.fnUntraced(function* (state, adapter, seat, pane, sight, now) {
      const { typing } = state
      if (typing !== null) {
        const untouched = typing.activation === self.activation && !begun.has(keyOf(typing.letters))
        if (untouched && typing.door === "side" && state.phase === "working")
          return yield* enter(typing.letters, state, adapter, seat, pane, sight)
        return untouched
          ? yield* fresh(typing.letters, state, adapter, pane, sight, now)
          : yield* trail.recover(typing.letters, typing.at, state, adapter, seat, pane, sight, now)
      }
      if (state.flying.length === 0) {
        begun.clear()
        trail.forget()
        return undefined
      }
      const hurried = yield* beside.hasten(state, adapter, pane, sight, now)
      const left = checkedAt + CHECK - now
      if (left > 0) return Math.min(left, hurried ?? left)
      checkedAt = now
      let soon = hurried ?? CHECK
      for (const { at, letters } of state.flying) {
        const looking = yield* trail.chase(letters, at, state, adapter, seat, pane, sight, now)
        soon = Math.min(soon, looking ?? CHECK)
      }
      return soon
    }),
    noticeReturned: Effect.fnUntraced(function* (state, adapter, { observation: { activity, draft } }, now) {
      if (activity !== "idle" || draft === null) return returnedSince.clear()
      for (const letter of state.carried) {
        const text = yield* wording([letter], adapter)
        if (Option.isNone(text) || !isOurs(draft, text.value, [letter.id])) continue
        const since = returnedSince.get(letter.id) ?? now
        returnedSince.set(letter.id, since)
        if (state.interrupting !== null || now - since >= RETURNED) report("HandedBack", { id: letter.id })
      }
    }),
    settleDead: trail.settleDead
  }
}
