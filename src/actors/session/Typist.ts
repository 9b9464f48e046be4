/** Types letters, exactly once: fresh ones after a look, begun ones after the composer and the transcript were asked. */
import { Clock, Effect, Option } from "effect"
import type { AgentAdapter, Seat } from "../../agents/Agent.ts"
import type { Broker } from "../../broker/Broker.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import { type PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import type { Self } from "../Behavior.ts"
import { clearSeen, mayClear } from "./ClearSight.ts"
import { MAX_TRIES } from "./Delivery.ts"
import type { Drafts } from "./Drafts.ts"
import { isLeftover } from "./Leftover.ts"
import type { Letter } from "../../domain/Letter.ts"
import type { Session } from "./Session.ts"
import type { State } from "./State.ts"
import { isOurs, type Sight } from "./Sight.ts"
import { promptOf } from "./Wording.ts"

/**
 * Ms for which the agent must have stood idle with an empty composer before a letter begun by another activation counts
 * as not typed: hooks may be on their way, also from the spool. Twice that where there is no transcript to deny it.
 */
const GRACE = 2000
/** Ms for which a screen may look busy although the hooks said idle, before it is believed. */
const REDRAW = 1000
/** Ms between two looks at an agent that is about to be ready. */
const SOON = 40
/**
 * Ms for which the agent must have stood idle with an empty composer, seen by this very activation, before a letter that
 * its transcript denies is typed again; and ms without any sign after which a letter is given up.
 */
const DENIED = 10_000
const SILENT = 30_000
/** Ms after which a command that leaves no trace is taken as done. */
const UNTOLD = 3000
/** The beginning of a command of the agent's own. */
const COMMAND = /^[/!]/u
/** Ms between two checks of a typed letter. */
const CHECK = 1000
/** Ms for which a prompt must stand in the composer again before a person counts as having interrupted it. */
const RETURNED = 1000

type Letters = ReadonlyArray<Letter>

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
  /** Letters that this activation began to type, or took over half done: how often Enter was pressed for each. */
  const begun = new Map<string, number>()
  /** Since when, Unix ms, the agent has stood idle with an empty composer while a letter was looked for. */
  const idleSince = new Map<string, number>()
  let checkedAt = 0
  const returnedSince = new Map<string, number>()
  const keyOf = ([first]: Letters) => `${first?.id}#${first?.tries}`
  const idsOf = (letters: Letters) => letters.map(({ id }) => id)
  const isClear = (letters: Letters) => letters.some(({ kind }) => kind === "clear")

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

  /** The text as the agent shall read it; none when it is lost. */
  const wording = (letters: Letters, adapter: AgentAdapter): Effect.Effect<Option.Option<string>, never, Broker> =>
    isClear(letters) ? Effect.succeedSome(adapter.clear) : promptOf(letters)

  const giveUp = (letters: Letters, evidence: string) => self.report("GaveUp", { ids: idsOf(letters), evidence })
  /** Back into the line, but for those that were there too often. */
  const withhold = (letters: Letters, phase: State["phase"] | null, detail: string) => {
    const spent = letters.filter(({ tries }) => phase === null && tries >= MAX_TRIES)
    if (spent.length > 0) giveUp(spent, `parked after ${MAX_TRIES} attempts: ${detail}`)
    const others = letters.filter((letter) => !spent.includes(letter))
    if (others.length > 0) self.report("Withheld", { ids: idsOf(others), phase, detail })
  }

  /** Sends what of ours stands in the composer. */
  const complete = Effect.fnUntraced(function* (letters: Letters, adapter: AgentAdapter, pane: PaneId) {
    const terminal = yield* Terminal
    const enters = begun.get(keyOf(letters)) ?? 0
    if (enters >= MAX_TRIES) return giveUp(letters, "it stands in the composer and Enter does not send it")
    begun.set(keyOf(letters), enters + 1)
    yield* terminal.type(pane, adapter.enter)
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
    if (activity === "dialog") return (withhold(letters, "waiting-permission", detail), undefined)
    const age = now - (state.typing?.at ?? now)
    // The turn's end is told before its last picture is drawn.
    if (activity === "busy") return age < REDRAW ? SOON : (withhold(letters, "working", ""), undefined)
    if (activity !== "idle") {
      if (age > DENIED) return (withhold(letters, null, "the agent shows no prompt to type into"), undefined)
      return 150
    }
    if (isClear(letters) && !mayClear(sight, age)) return SOON
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(letters, "its text is no longer stored"), undefined)
    if (sight.humanActive || (draft !== null && !(yield* isLeftover(state, draft)))) {
      if ((yield* drafts.clear(state, adapter, pane, sight, now)) === "soon") return SOON
      return (withhold(letters, "human-composing", "somebody is typing in the pane"), undefined)
    }
    if (draft !== null) {
      if (now - (state.typing?.at ?? now) > DENIED)
        return (withhold(letters, null, "the composer cannot be emptied of what stands in it"), undefined)
      yield* terminal.type(pane, adapter.discard)
      return 200
    }
    begun.set(keyOf(letters), 0)
    // When this fails nobody knows how far it got: the letter is looked for as after a restart.
    yield* terminal.type(pane, adapter.submit(text.value))
    const tries = letters[0]?.tries ?? 1
    const attempt = tries > 1 ? `, attempt ${tries}` : ""
    self.report("Typed", { ids: idsOf(letters), evidence: `typed into pane ${pane}${attempt}` })
    return CHECK
  })

  /** Begun by an activation that is no more: typed, half typed, or not at all? */
  const recover = Effect.fnUntraced(function* (
    letters: Letters,
    since: number,
    state: State,
    adapter: AgentAdapter,
    seat: Seat,
    pane: PaneId,
    sight: Sight,
    now: number
  ) {
    if (!begun.has(keyOf(letters))) begun.set(keyOf(letters), 0)
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(letters, "its text is no longer stored"), undefined)
    const { activity, draft } = sight.observation
    const idle = idleFor(letters, state, sight, now)
    if (draft !== null && activity !== "dialog" && isOurs(draft, text.value, idsOf(letters))) {
      yield* complete(letters, adapter, pane)
      self.report("Typed", {
        ids: idsOf(letters),
        evidence: `found in the composer of pane ${pane} after a restart, and sent`
      })
      return CHECK
    }
    const found = yield* adapter.submitted(seat, text.value, since - CHECK)
    if (found === "yes")
      return (
        self.report("Confirmed", { ids: idsOf(letters), evidence: "found in the agent's transcript after a restart" }),
        undefined
      )
    if (!free(state, sight)) return CHECK
    const left = (found === "no" ? GRACE : GRACE * 2) - idle
    if (left > 0) return Math.min(left, CHECK)
    if (!adapter.capabilities.confirms && !isClear(letters)) {
      return (
        giveUp(letters, "a restart cut the typing short, and this agent cannot say whether it arrived"), undefined
      )
    }
    if (!isClear(letters) && COMMAND.test(text.value))
      return (
        giveUp(letters, "a restart cut short the typing of a command of the agent's own, which leaves no trace"),
        undefined
      )
    begun.delete(keyOf(letters))
    return (withhold(letters, null, "not found after a restart"), undefined)
  })

  /** Typed, and not confirmed yet. */
  const chase = Effect.fnUntraced(function* (
    letters: Letters,
    since: number,
    state: State,
    adapter: AgentAdapter,
    seat: Seat,
    pane: PaneId,
    sight: Sight,
    now: number
  ) {
    const { activity, draft } = sight.observation
    const age = now - since
    const idle = idleFor(letters, state, sight, now)
    if (activity === "dialog" || age < CHECK) return CHECK
    if (isClear(letters)) {
      const seen = clearSeen(sight, age)
      if (seen === "not yet") return CHECK
      if (seen === "refused") return (withhold(letters, null, "the agent refused to clear its context"), undefined)
      return (self.report("Confirmed", { ids: idsOf(letters), evidence: "idle again after the clear" }), undefined)
    }
    const text = yield* wording(letters, adapter)
    if (Option.isNone(text)) return (giveUp(letters, "its text is no longer stored"), undefined)
    if (draft !== null && isOurs(draft, text.value, idsOf(letters))) {
      yield* complete(letters, adapter, pane)
      return CHECK
    }
    const found = yield* adapter.submitted(seat, text.value, since - CHECK)
    if (found === "yes")
      return (self.report("Confirmed", { ids: idsOf(letters), evidence: "found in the agent's transcript" }), undefined)
    if (!free(state, sight)) return CHECK * 2
    // A command of the agent's own often leaves no trace, and twice is not once.
    if (COMMAND.test(text.value) && idle > UNTOLD)
      return (
        giveUp(letters, "typed as a command of the agent's own, which does not tell what became of it"), undefined
      )
    if (found === "no" && idle > DENIED)
      return (withhold(letters, null, "typed, but the transcript does not have it"), undefined)
    if (idle > SILENT) return (giveUp(letters, "typed, but the agent never confirmed it"), undefined)
    return CHECK
  })

  return {
    needsSight: (state, now) =>
      state.typing !== null || state.interrupting !== null || (state.flying.length > 0 && now - checkedAt >= CHECK),
    due: (state, now) => (state.flying.length > 0 ? Math.max(1, checkedAt + CHECK - now) : undefined),
    follow: Effect.fnUntraced(function* (state, adapter, seat, pane, sight, now) {
      const { typing } = state
      if (typing !== null) {
        const untouched = typing.activation === self.activation && !begun.has(keyOf(typing.letters))
        return untouched
          ? yield* fresh(typing.letters, state, adapter, pane, sight, now)
          : yield* recover(typing.letters, typing.at, state, adapter, seat, pane, sight, now)
      }
      const flight = state.flying[0]
      if (flight === undefined) {
        begun.clear()
        idleSince.clear()
        return undefined
      }
      checkedAt = now
      return yield* chase(flight.letters, flight.at, state, adapter, seat, pane, sight, now)
    }),
    noticeReturned: Effect.fnUntraced(function* (state, adapter, { observation: { activity, draft } }, now) {
      if (activity !== "idle" || draft === null) return returnedSince.clear()
      for (const letter of state.carried) {
        const text = yield* wording([letter], adapter)
        if (Option.isNone(text) || !isOurs(draft, text.value, [letter.id])) continue
        const since = returnedSince.get(letter.id) ?? now
        returnedSince.set(letter.id, since)
        if (state.interrupting !== null || now - since >= RETURNED) self.report("HandedBack", { id: letter.id })
      }
    }),
    settleDead: Effect.fnUntraced(function* (state, adapter) {
      const now = yield* Clock.currentTimeMillis
      for (const { at, letters } of [...(state.typing === null ? [] : [state.typing]), ...state.flying]) {
        const text = yield* wording(letters, adapter)
        if (Option.isNone(text)) {
          giveUp(letters, "its text is no longer stored")
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
          self.report("Confirmed", { ids: idsOf(letters), evidence: "found in the transcript of the ended agent" })
        else if (found === "no" || adapter.capabilities.confirms)
          self.report("Withheld", { ids: idsOf(letters), phase: null, detail: "the agent ended before it took it" })
        else giveUp(letters, "the agent ended, and cannot say whether it had taken it")
      }
      return undefined
    })
  }
}
