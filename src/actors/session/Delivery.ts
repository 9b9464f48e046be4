/** Pure: which letter may be typed now, and what each report about it means. */
import type { MessageId } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import { andThen, enter, hop, idOf, type Move, remember, stay, tellWorld } from "./Move.ts"
import type { Letter, State } from "./Session.ts"

/** Attempts at typing one message before it is parked. */
export const MAX_TRIES = 5

export const emptyState = (id: string): State => ({
  id,
  name: id,
  host: "",
  spec: null,
  phase: "starting",
  detail: "",
  createdAt: 0,
  since: 0,
  stoppedAt: null,
  agentSessionId: null,
  transcript: null,
  pane: null,
  seatEnv: {},
  launching: null,
  turn: null,
  ended: null,
  context: null,
  queue: [],
  typing: null,
  flying: [],
  carried: [],
  interrupting: null,
  seen: [],
  signals: [],
  actions: []
})

/** Urgent letters go ahead of the others, in their own order. */
const inLine = (queue: ReadonlyArray<Letter>, letter: Letter): ReadonlyArray<Letter> => {
  if (letter.mode !== "urgent") return [...queue, letter]
  const place = queue.findIndex((other) => other.mode !== "urgent")
  return place < 0 ? [...queue, letter] : [...queue.slice(0, place), letter, ...queue.slice(place)]
}

/** Back into line: an urgent letter to the front, another ahead of those that were accepted after it. */
const backInLine = (state: State, letter: Letter): ReadonlyArray<Letter> => {
  if (letter.mode === "urgent") return [letter, ...state.queue]
  const ageOf = ({ id }: Letter) => state.seen.findIndex(([seen]) => seen === id)
  const place = state.queue.findIndex((other) => other.mode !== "urgent" && ageOf(other) > ageOf(letter))
  return place < 0 ? [...state.queue, letter] : state.queue.toSpliced(place, 0, letter)
}

export const accept = (state: State, letter: Letter, now: number, activation: string): Move => {
  if (state.seen.some(([id]) => id === letter.id)) return stay(state)
  const queued: State = {
    ...state,
    queue: inLine(state.queue, letter),
    seen: remember(state, letter.id, "accepted")
  }
  return andThen(stay(queued), (next) => plan(next, now, activation))
}

/** Drops letters whose time ran out before they were typed. */
const expire = (state: State, now: number): Move => {
  const late = state.queue.filter((letter) => letter.expiresAt !== undefined && letter.expiresAt <= now)
  if (late.length === 0) return stay(state)
  const kept = { ...state, queue: state.queue.filter((letter) => !late.includes(letter)) }
  return late.reduce(
    (move, letter) =>
      andThen(move, (next) => hop(next, letter.id, "expired", "its time to live ran out before it was typed")),
    stay(kept)
  )
}

/** Takes the next letter up when the agent is ready for it, or decides to interrupt for an urgent one. */
export const plan = (state: State, now: number, activation: string): Move =>
  andThen(expire(state, now), (next) => {
    const [letter, ...rest] = next.queue
    if (letter === undefined || next.pane === null || next.typing !== null || next.flying.length > 0) return stay(next)
    if (next.phase === "idle") {
      const typing = { letter: { ...letter, tries: letter.tries + 1 }, activation, at: now }
      return stay({ ...next, queue: rest, typing, interrupting: null })
    }
    if (letter.mode === "urgent" && next.phase === "working" && next.interrupting === null) {
      return stay({ ...next, interrupting: { presses: 0, at: now } })
    }
    return stay(next)
  })

const flyingOf = (state: State, id: MessageId) => state.flying.find((flight) => flight.letter.id === id)?.letter

/** The keys were pressed. `confirms`: the agent will say so itself when it took it. */
export const typed = (state: State, id: MessageId, evidence: string, now: number, confirms: boolean): Move => {
  const letter = state.typing?.letter.id === id ? state.typing.letter : undefined
  if (letter === undefined) return stay(state)
  const moved: State = {
    ...state,
    typing: null,
    flying: confirms || letter.kind === "clear" ? [...state.flying, { letter, at: now }] : state.flying
  }
  return letter.kind === "clear" ? stay(moved) : hop(moved, id, "injected", evidence)
}

/** Back in front of the line; parked when it was tried too often. */
export const withheld = (state: State, id: MessageId): Move => {
  const letter = state.typing?.letter.id === id ? state.typing.letter : flyingOf(state, id)
  if (letter === undefined) return stay(state)
  const without: State = {
    ...state,
    typing: state.typing?.letter.id === id ? null : state.typing,
    flying: state.flying.filter((flight) => flight.letter.id !== id)
  }
  return stay({ ...without, queue: backInLine(without, letter) })
}

export const gaveUp = (state: State, id: MessageId, evidence: string): Move => {
  const letter = state.typing?.letter.id === id ? state.typing.letter : flyingOf(state, id)
  if (letter === undefined) return stay(state)
  const without: State = {
    ...state,
    typing: state.typing?.letter.id === id ? null : state.typing,
    flying: state.flying.filter((flight) => flight.letter.id !== id)
  }
  return letter.kind === "clear" ? stay(without) : hop(without, id, "parked", evidence)
}

/** The agent has it. Also true of a letter whose typing was interrupted by a crash of ours. */
export const confirmed = (state: State, id: MessageId, evidence: string): Move => {
  const letter = flyingOf(state, id) ?? (state.typing?.letter.id === id ? state.typing.letter : undefined)
  if (letter === undefined) return stay(state)
  const without: State = {
    ...state,
    typing: state.typing?.letter.id === id ? null : state.typing,
    flying: state.flying.filter((flight) => flight.letter.id !== id)
  }
  // The new conversation's id comes with its first prompt, or with a word of the agent that is still on its way.
  if (letter.kind === "clear") return cleared({ ...state, agentSessionId: null, transcript: null, context: null })
  return hop({ ...without, carried: [...without.carried, letter] }, id, "submitted", evidence)
}

/**
 * Interrupted before it was begun. For an urgent message: it waits again, behind what interrupted it and ahead of
 * everything else. By a person: it is the person's to send or to drop.
 */
export const handedBack = (state: State, id: MessageId): Move => {
  const letter = state.carried.find((other) => other.id === id)
  if (letter === undefined) return stay(state)
  if (state.interrupting === null) {
    const parked = { ...state, carried: state.carried.filter((other) => other !== letter) }
    return hop(parked, id, "parked", "a person interrupted the agent before it began with it; it stood in the composer")
  }
  const without = { ...state, carried: state.carried.filter((other) => other !== letter) }
  const queue = letter.mode === "urgent" ? inLine(state.queue, letter) : backInLine(without, letter)
  return hop({ ...without, queue }, id, "accepted", "interrupted before the agent began with it: it waits again")
}

/** The context was dropped: the control letter has done its work. */
export const cleared = (state: State): Move => {
  const waiting = state.flying.some((flight) => flight.letter.kind === "clear") || state.typing?.letter.kind === "clear"
  const without: State = {
    ...state,
    typing: state.typing?.letter.kind === "clear" ? null : state.typing,
    flying: state.flying.filter((flight) => flight.letter.kind !== "clear"),
    actions: []
  }
  return waiting ? tellWorld(without, { _tag: "SessionCleared", id: idOf(state) }) : stay(without)
}

/** The turn is over: everything it carried is answered, and the line moves on. */
export const turnOver = (state: State, evidence: string, now: number): Move => {
  const ended = state.turn === null ? state.ended : { turn: state.turn, carried: state.carried.map(({ id }) => id) }
  const over: State = { ...state, turn: null, ended, carried: [], interrupting: null }
  const answered = state.carried.reduce(
    (move, { id }) => andThen(move, (next) => hop(next, id, "answered", evidence)),
    stay(over)
  )
  return andThen(answered, (next) => (isLive(next.phase) ? enter(next, "idle", "", now) : stay(next)))
}

/** Everything that waits dies with the session. */
export const abandon = (state: State, reason: string): Move => {
  const letters = [
    ...(state.typing === null ? [] : [state.typing.letter]),
    ...state.flying.map((flight) => flight.letter),
    ...state.queue
  ]
  const empty: State = { ...state, queue: [], typing: null, flying: [], carried: [] }
  const dead = letters.filter((letter) => letter.kind === "message").map((letter) => letter.id)
  const move = dead.reduce((sum, id) => andThen(sum, (next) => hop(next, id, "dead", reason)), stay(empty))
  return state.carried.reduce(
    (sum, { id }) => andThen(sum, (next) => hop(next, id, "answered", `${reason}; the turn did not finish`)),
    move
  )
}
