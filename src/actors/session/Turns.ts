/** Pure: what the agent's own signals mean. They carry turn identity and outrank what a screen shows. */
import type { Signal } from "../../agents/Agent.ts"
import type { MessageId } from "../../domain/Ids.ts"
import { Out } from "../Out.ts"
import { asked, awaits, ranToEnd, voided } from "./Asking.ts"
import { allAnswered, cleared, confirmed, endedBy, turnOver } from "./Delivery.ts"
import { limitedBy, succeeded } from "./Limits.ts"
import { alreadySeen, inConversation, isOlder, isVoid } from "./Epoch.ts"
import { enter, hop, idOf, onItsWay, type Move, stay, tellWorld, andThen } from "./Move.ts"
import { stopped } from "./Notices.ts"
import type { State } from "./State.ts"

const ACTIONS = 50
const SIGNALS = 100
/** What it said last, for whoever asks why it is taken to be where it is. */
const HEARD = 12
/** What is kept of an answer, in characters. */
const ANSWER = 200_000

/** Letters that this prompt carries: by the message id in the frame, or by the very text of a bare one. */
export type Carries = (prompt: string) => ReadonlyArray<MessageId>

/** Every way the running turn may end tells its messages so. `null`: no answer is known. */
export const ends = (state: State, answer: string | null, evidence: string, now: number): Move => {
  const texts =
    answer === null
      ? []
      : keep(
          state.carried.map(({ id }) => id),
          answer
        )
  const over = turnOver(state, evidence, now, answer)
  return { state: over.state, out: [...texts, ...over.out] }
}

const keep = (ids: ReadonlyArray<MessageId>, answer: string): ReadonlyArray<Out> =>
  ids.map((id) => Out.cases.Text.make({ key: `${id}.answer`, text: answer.slice(0, ANSWER) }))

/** Urgent words that came in beside the running turn end it with a turn of their own: it does not say so itself. */
const cutting = ({ flying }: State, ids: ReadonlyArray<MessageId>): boolean =>
  flying.some(
    ({ door, letters }) => door === "side" && letters.some(({ id, mode }) => mode === "urgent" && ids.includes(id))
  )

/** A turn that is over without having carried anything. */
export const over = (state: State): State => ({ ...state, turn: null, ended: endedBy(state) })

/** What a turn carried that is over already. */
const endedTurn = ({ ended }: State, turn: string) =>
  turn === "" ? undefined : ended.findLast((other) => other.turn === turn)

/** The word of a turn that is over, come when another runs or is about to: that one is none of its business. */
const late = (state: State, turn: string, at: number): boolean =>
  turn !== state.turn && (endedTurn(state, turn) !== undefined || stale(state, at))

const stale = ({ turnAt }: State, at: number): boolean => turnAt !== null && at < turnAt

/** Said before the agent's own word that it was done. */
const done = ({ overAt }: State, at: number): boolean => overAt !== null && at < overAt

/** A turn that was thought to be over may go on, but what is late says nothing of the one that runs. */
const outdated = (state: State, turn: string, at: number): boolean => {
  if (done(state, at)) return true
  const runs = state.turn !== null || state.carried.length > 0
  return late(state, turn, at) && (runs || stale(state, at))
}

const works = (state: State, turn: string, at: number, now: number): Move =>
  outdated(state, turn, at) || awaits(state) ? stay(state) : takesUp(state, turn, at, now)

/** It is at work, in this turn. */
const takesUp = (state: State, turn: string, at: number, now: number): Move => {
  const known = turn === "" || turn === state.turn
  return enter(known ? state : { ...state, turn, turnAt: Math.max(at, state.turnAt ?? at) }, "working", "", now)
}

/** An agent that names its turns begins another: the one before is over, though nothing was heard of its end. */
const passed = (state: State, turn: string, at: number, ids: ReadonlyArray<MessageId>, now: number): Move => {
  const { carried, flying } = state
  if (carried.length === 0 || state.turn === null || turn === "" || turn === state.turn || stale(state, at))
    return stay(state)
  // What reaches it while it works joins the running turn, under whatever name.
  const joins = flying.some(({ door, letters }) => door === "side" && letters.some(({ id }) => ids.includes(id)))
  return joins ? stay(state) : allAnswered(state, "the next turn began, and how this one ended was not told", now)
}

const interpret = (state: State, signal: Signal, at: number, now: number, carries: Carries): Move => {
  switch (signal._tag) {
    case "Started": {
      if (signal.source !== "clear") return stay(inConversation(state, signal))
      // A letter accepted after this was said cannot have caused it.
      const ordered = onItsWay(state).some((letter) => letter.kind === "clear" && letter.at <= at)
      if (alreadySeen(state, signal.agentSessionId, ordered)) return stay(inConversation(state, signal))
      // Told behind the word of a later one.
      if (!ordered && isOlder(state, at)) return stay(state)
      return andThen(cleared(state, at), (next) =>
        turnOver(inConversation(next, signal), "the agent's context was cleared", now)
      )
    }
    case "PromptSubmitted": {
      if (done(state, at)) {
        const late = "prompt hook, told after the end of its turn"
        return settled(state, signal, late, "its turn had ended before it was known to be taken", now, carries)
      }
      const evidence = `prompt hook, turn ${signal.turn || "unnamed"}`
      const ids = carries(signal.prompt)
      const cuts = state.turn !== null && signal.turn !== "" && signal.turn !== state.turn && cutting(state, ids)
      const before = cuts
        ? ends(state, null, "an urgent message cut the turn short", now)
        : passed(state, signal.turn, at, ids, now)
      const moved = ids.reduce((move, id) => andThen(move, (next) => confirmed(next, [id], evidence, now)), before)
      // Told long after, it is of a turn that is over: so will be the word of its end.
      const old = signal.turn !== state.turn && stale(state, at)
      return andThen(moved, (next) =>
        old
          ? stay({ ...next, ended: endedBy({ ...next, turn: signal.turn || null, carried: [] }) })
          : takesUp(next, signal.turn, at, now)
      )
    }
    case "ToolStarted": {
      const action = { at, tool: signal.tool, detail: signal.detail, took: null, failed: false }
      const acting = { ...state, actions: [...state.actions, action].slice(-ACTIONS) }
      const told = tellWorld(acting, {
        _tag: "ToolUsed",
        id: idOf(state),
        tool: signal.tool,
        detail: signal.detail.slice(0, 500)
      })
      return andThen(told, (next) => works(next, signal.turn, at, now))
    }
    case "ToolEnded": {
      const index = state.actions.findLastIndex((action) => action.tool === signal.tool && action.took === null)
      const actions = state.actions.map((action, place) =>
        place === index ? { ...action, took: Math.max(0, at - action.at), failed: signal.failed } : action
      )
      return andThen(ranToEnd({ ...state, actions }, signal.tool, signal.detail), (next) =>
        works(next, signal.turn, at, now)
      )
    }
    case "PermissionAsked":
      if (signal.approval !== undefined) {
        if (outdated(state, signal.turn, at)) return voided(state, signal.approval, "its turn is over")
        return asked(state, signal.approval, now)
      }
      return andThen(enter(state, "waiting-permission", signal.question.slice(0, 500), now), (next) =>
        tellWorld(next, { _tag: "PermissionAsked", id: idOf(next), question: signal.question.slice(0, 2000) })
      )
    case "TurnEnded": {
      if (late(state, signal.turn, at)) {
        // What it said on its way is not its answer.
        if (signal.background) return stay(state)
        const told = { state, out: keep(endedTurn(state, signal.turn)?.carried ?? [], signal.answer) }
        // Nothing else runs: whoever took the agent for working was wrong.
        const nothing = state.turn === null && state.carried.length === 0 && LOST.has(state.phase)
        return nothing ? andThen(told, (next) => enter(next, "idle", "", now)) : told
      }
      if (signal.background) return works(state, signal.turn, at, now)
      const told = tellWorld(state, {
        _tag: "TurnEnded",
        id: idOf(state),
        turn: signal.turn,
        answer: signal.answer.slice(0, 4000)
      })
      return andThen(
        andThen(told, (next) => succeeded(next, signal.turn)),
        (next) => ends(next, signal.answer, `turn ${signal.turn || "unnamed"} ended`, now)
      )
    }
    case "TurnFailed":
      if (late(state, signal.turn, at)) return stay(state)
      return andThen(ends(state, null, `turn failed: ${signal.reason}`.slice(0, 500), now), (next) =>
        stay({
          ...next,
          detail: `last turn failed: ${signal.reason}`.slice(0, 300),
          vigil: { ...next.vigil, failed: { at, reason: signal.reason.slice(0, 300) } }
        })
      )
    case "Interrupted":
      return late(state, signal.turn, at) ? stay(state) : ends(state, null, "turn interrupted", now)
    case "Limited":
      return limitedBy(state, signal, now)
    case "ContextMeasured": {
      const { percent, used, window } = signal
      const same = state.context?.used === used && state.context.window === window
      return stay(same ? state : { ...state, context: { used, window, percent } })
    }
    case "CompactStarted":
      return enter(state, "compacting", "", now)
    case "CompactEnded":
      // A turn that carries a letter runs on, also when its own id is not known.
      return enter(state, state.turn === null && state.carried.length === 0 ? "idle" : "working", "", now)
    case "Ended":
      // The pane says whether the process is really gone.
      return stay(state)
  }
}

/** With this the agent is done, whatever becomes of it. */
const isEnd = (signal: Signal): boolean =>
  signal._tag === "TurnFailed" || signal._tag === "Interrupted" || (signal._tag === "TurnEnded" && !signal.background)

/** Of a turn that runs no longer, by all that is known. */
const LOST: ReadonlySet<State["phase"]> = new Set(["working", "unknown"])

const wordOf = (signal: Signal): string =>
  signal._tag === "ToolStarted" || signal._tag === "ToolEnded" ? `${signal._tag} ${signal.tool}` : signal._tag

/** A word of the agent itself, said at `at`: what came from a spool may be old. */
const hears = (state: State, signal: Signal, at: number): State => ({
  ...state,
  heard: [...state.heard, { what: wordOf(signal).slice(0, 100), at }].slice(-HEARD)
})

/** Takes a signal once: a spooled one may come again. Signals of an ended session change nothing. */
export const signalled = (
  state: State,
  id: string,
  signal: Signal,
  at: number,
  now: number,
  carries: Carries,
  conversation?: string
): Move => {
  if (state.signals.includes(id)) return stay(state)
  const vigil = { ...state.vigil, heard: signal._tag === "ContextMeasured" ? state.vigil.heard : now }
  const taken: State = { ...state, heardAt: at, signals: [...state.signals, id].slice(-SIGNALS), vigil }
  const ended = taken.phase === "stopped" || taken.phase === "crashed"
  const forgot = isVoid(taken, conversation, signal, at)
  if ((ended || forgot) && signal._tag === "PermissionAsked" && signal.approval !== undefined)
    return voided(taken, signal.approval, ended ? `the session is ${taken.phase}` : "the agent's context was cleared")
  if (ended) return stay(taken)
  if (forgot) return forgotten(taken, signal, now, carries)
  // Its start told nothing, or has not come: the first prompt tells where the agent is.
  const first = signal._tag === "PromptSubmitted" && taken.agentSessionId === null && conversation !== undefined
  const heard = hears(taken, signal, at)
  const move = interpret(
    first ? inConversation(heard, { agentSessionId: conversation }) : heard,
    signal,
    at,
    now,
    carries
  )
  if (!isEnd(signal)) return move
  return { ...move, state: { ...move.state, overAt: Math.max(at, move.state.overAt ?? at) } }
}

/** A late word of a cleared conversation. It only settles what that conversation took: typed again, it would come twice. */
const forgotten = (state: State, signal: Signal, now: number, carries: Carries): Move =>
  signal._tag === "PromptSubmitted"
    ? settled(
        state,
        signal,
        "prompt hook, of a context that was cleared since",
        "the agent's context was cleared",
        now,
        carries
      )
    : stay(state)

/** What this prompt took is over and done with, and says nothing of what runs now. */
const settled = (
  state: State,
  { prompt, turn }: Extract<Signal, { readonly _tag: "PromptSubmitted" }>,
  evidence: string,
  why: string,
  now: number,
  carries: Carries
): Move => {
  const took = carries(prompt)
  return andThen(confirmed(state, took, evidence, now), (next) => {
    const carried = next.carried.filter(({ id }) => !took.includes(id))
    const gone = next.carried.filter(({ id }) => took.includes(id))
    const told = stopped({ ...next, turn: turn || null, carried: gone }, why, null, now)
    return gone.reduce<Move>((move, { id }) => andThen(move, (then) => hop(then, id, "answered", why)), {
      state: { ...next, carried },
      out: told
    })
  })
}
