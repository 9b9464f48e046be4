/** Pure: which letters may be typed now, and what each report about them means. */
import type { MessageId } from "../../domain/Ids.ts"
import { sameSender } from "../../domain/Message.ts"
import { isLive } from "../../domain/Session.ts"
import { outlived } from "./Assignment.ts"
import { nextEpoch } from "./Epoch.ts"
import { backInLine, inLine, nextPrompt, superseded } from "./Line.ts"
import { andThen, enter, hop, idOf, type Move, onItsWay, remember, stay, tellWorld } from "./Move.ts"
import { delivered, stopped, undelivered } from "./Notices.ts"
import type { Letter } from "../../domain/Letter.ts"
import { mayEnter } from "./Sides.ts"
import type { Door, State } from "./State.ts"

/** Attempts at typing one message before it is parked. */
export const MAX_TRIES = 5

type Letters = ReadonlyArray<Letter>
type Ids = ReadonlyArray<MessageId>

/** One step for each letter. */
const each = (letters: Letters, state: State, step: (state: State, letter: Letter) => Move): Move =>
  letters.reduce((move, letter) => andThen(move, (next) => step(next, letter)), stay(state))

/** A letter comes to an end without having reached the agent; a sender that is a session is told. */
const fails =
  (status: "parked" | "expired" | "dead", evidence: string) =>
  (state: State, letter: Letter): Move => {
    const move = hop(state, letter.id, status, evidence)
    return { state: move.state, out: [...move.out, ...undelivered(state, letter, status, evidence)] }
  }

export const accept = (state: State, letter: Letter, now: number, activation: string): Move => {
  if (state.seen.some(([id]) => id === letter.id)) return stay(state)
  const replaced = startsWithOne(state) ? [] : superseded(state.queue, letter)
  const queue = state.queue.filter((other) => !replaced.includes(other))
  const queued: State = { ...state, queue: inLine(queue, letter), seen: remember(state, letter.id, "accepted") }
  const withdrawn = each(replaced, queued, (next, { id }) =>
    hop(next, id, "withdrawn", `${letter.id} of the same sender, key ${letter.key}, took its place`)
  )
  return andThen(withdrawn, (next) => plan(next, now, activation))
}

/** The agent is being started, perhaps with one of the letters on its command line: until that is known none is dropped. */
const startsWithOne = ({ launching }: State): boolean => launching?.resume === false

/** Letters of the queue that may only be typed when these have had their effect. */
const following = (state: State, ids: Ids): Letters =>
  state.queue.filter(({ after }) => after !== undefined && ids.includes(after))

/** Takes a letter that still waits, and what would follow it, out of the line; none when it does not wait. */
export const withdraw = (state: State, id: MessageId, evidence: string): Move | undefined => {
  const letters = [...state.queue.filter((letter) => letter.id === id), ...following(state, [id])]
  if (startsWithOne(state) || letters[0]?.id !== id) return undefined
  const without = { ...state, queue: state.queue.filter((letter) => !letters.includes(letter)) }
  return each(letters, without, (next, letter) => hop(next, letter.id, "withdrawn", evidence))
}

/** Why a waiting letter means nothing any more; none when it does. */
const voidOf = (state: State, letter: Letter): string | undefined =>
  letter.epoch !== undefined && letter.epoch < state.epoch
    ? "void: the context it speaks of was cleared"
    : outlived(state, letter)

/** Drops letters whose time ran out before they were typed, and those that mean nothing any more. */
export const expire = (state: State, now: number): Move => {
  if (startsWithOne(state)) return stay(state)
  const late = state.queue.filter((letter) => letter.expiresAt !== undefined && letter.expiresAt <= now)
  const void_ = state.queue.filter((letter) => !late.includes(letter) && voidOf(state, letter) !== undefined)
  if (late.length + void_.length === 0) return stay(state)
  const kept = { ...state, queue: state.queue.filter((letter) => !late.includes(letter) && !void_.includes(letter)) }
  return andThen(each(late, kept, fails("expired", "its time to live ran out before it was typed")), (next) =>
    each(void_, next, (then, letter) => hop(then, letter.id, "withdrawn", voidOf(state, letter) ?? "void"))
  )
}

const takeUp = (state: State, letters: Letters, door: Door, now: number, activation: string): Move => {
  const queue = state.queue.filter((letter) => !letters.includes(letter))
  const tried = letters.map((letter) => ({ ...letter, tries: letter.tries + 1 }))
  return stay({ ...state, queue, typing: { letters: tried, activation, at: now, door }, interrupting: null })
}

/** What may reach an agent at work: an urgent letter alone, else important ones together, ahead of none of their sender. */
const beside = (state: State): Letters => {
  const [first] = state.queue
  if (first?.mode === "urgent") return mayEnter(state, first) ? [first] : []
  const pressing = state.queue.filter(({ mode }) => mode === "important")
  return nextPrompt(
    pressing.filter((letter, place) =>
      pressing.slice(0, place + 1).every((other) => !sameSender(other.from, letter.from) || mayEnter(state, other))
    )
  )
}

/** Takes the next letters up when the agent is ready for them, or decides to interrupt for an urgent one. */
export const plan = (state: State, now: number, activation: string): Move =>
  andThen(expire(state, now), (next) => {
    const letters = nextPrompt(next.queue)
    const [first] = letters
    if (first === undefined || next.pane === null) return stay(next)
    // A clear asks nothing of the provider.
    if (next.limited !== null && first.kind === "message") return stay(next)
    if (next.typing !== null || next.flying.some(({ door }) => door === "composer")) return stay(next)
    if (next.phase === "working") {
      const ready = beside(next)
      if (ready.length > 0) return takeUp(next, ready, "side", now, activation)
      // What stands in the agent's own line may stand there for long.
      if (first.mode === "urgent" && next.interrupting === null)
        return stay({ ...next, interrupting: { presses: 0, at: now } })
    }
    if (next.flying.length > 0) return stay(next)
    if (next.phase === "idle" || (next.phase === "human-composing" && next.draft?.away === false)) {
      return takeUp(atRest(next, now), letters, "composer", now, activation)
    }
    return stay(next)
  })

/** No turn runs, and what the agent said before `at` is of none that begins now. */
export const atRest = (state: State, at: number): State => ({
  ...state,
  turn: null,
  turnAt: Math.max(at, state.turnAt ?? at),
  ended: endedBy(state)
})

/** Letters of these ids that are on their way, and the state without them there. */
const takenOut = (state: State, ids: Ids): { readonly letters: Letters; readonly without: State } => {
  const stays = ({ id }: Letter) => !ids.includes(id)
  const letters = onItsWay(state).filter((letter) => !stays(letter))
  if (letters.length === 0) return { letters, without: state }
  const left = state.typing?.letters.filter(stays) ?? []
  const flying = state.flying.map((flight) => ({ ...flight, letters: flight.letters.filter(stays) }))
  const typing = state.typing === null || left.length === 0 ? null : { ...state.typing, letters: left }
  return { letters, without: { ...state, typing, flying: flying.filter((flight) => flight.letters.length > 0) } }
}

/** The keys were pressed. `confirms`: the agent will say so itself when it took them. */
export const typed = (state: State, ids: Ids, evidence: string, now: number, confirms: boolean): Move => {
  const { typing } = state
  if (typing === null || !typing.letters.some(({ id }) => ids.includes(id))) return stay(state)
  const { at, door, letters } = typing
  // Typed into an agent at rest: what it said before is of no turn that this begins.
  const rested = door === "composer" && state.carried.length === 0 ? atRest(state, at) : state
  const awaited = confirms || letters.some(({ kind }) => kind === "clear")
  const flying = awaited ? [...state.flying, { letters, at: now, door }] : state.flying
  const messages = letters.filter(({ kind }) => kind !== "clear")
  // Commands of the agent's own, and what came in beside the composer, are no prompts typed.
  const sent =
    (state.draft?.sent ?? 0) + (door === "composer" && letters.some(({ kind }) => kind === "message") ? 1 : 0)
  const draft = state.draft === null ? null : { ...state.draft, away: true, sent }
  const told = each(messages, { ...rested, typing: null, flying, draft }, (next, letter) => {
    const move = hop(next, letter.id, "injected", evidence)
    // Nobody will ever say more of it.
    return awaited ? move : { ...move, out: [...move.out, ...delivered(next, letter)] }
  })
  // It says nothing when it takes it up, and its screen not at once: until that shows it at rest, it is at work.
  const takes = !awaited && door === "composer" && (state.phase === "idle" || state.phase === "human-composing")
  return takes ? andThen(told, (next) => enter(next, "working", "", now)) : told
}

/** Back in front of the line; parked when it was tried too often. */
export const withheld = (state: State, ids: Ids): Move => {
  const { letters, without } = takenOut(state, ids)
  // The last one first: each urgent letter goes ahead of all.
  return each(
    letters.toReversed(),
    without,
    (next, letter) => outdated(next, letter) ?? stay({ ...next, queue: backInLine(next, letter) })
  )
}

/** A letter that would wait again although a newer one has its key. */
const outdated = (state: State, letter: Letter): Move | undefined => {
  const newer = superseded(state.queue, letter)[0]
  return newer === undefined
    ? undefined
    : hop(state, letter.id, "withdrawn", `${newer.id} of the same sender, key ${letter.key}, took its place`)
}

export const gaveUp = (state: State, ids: Ids, evidence: string): Move => {
  const { letters, without } = takenOut(state, ids)
  const messages = letters.filter(({ kind }) => kind !== "clear")
  const parked = each(messages, without, fails("parked", evidence))
  const clears = letters.filter(({ kind }) => kind === "clear").map(({ id }) => id)
  // What was to come after a clear is for an empty context only.
  return andThen(parked, (next) => {
    const orphans = following(next, clears)
    const left = { ...next, queue: next.queue.filter((letter) => !orphans.includes(letter)) }
    return each(orphans, left, fails("parked", `the context could not be cleared before it: ${evidence}`))
  })
}

/** The agent has them. Also true of letters whose typing was interrupted by a crash of ours. */
export const confirmed = (state: State, ids: Ids, evidence: string, now: number): Move => {
  const { letters, without } = takenOut(state, ids)
  if (letters.length === 0) return stay(state)
  // The new conversation's id comes with its first prompt, or with a word of the agent that is still on its way.
  if (letters.some(({ kind }) => kind === "clear"))
    return andThen(cleared(state, now), (next) => stay({ ...next, agentSessionId: null, transcript: null }))
  return each(letters, { ...without, carried: [...without.carried, ...letters] }, (next, letter) => {
    const move = hop(next, letter.id, "submitted", evidence)
    return { ...move, out: [...move.out, ...delivered(next, letter)] }
  })
}

/**
 * Interrupted before it was begun. For an urgent message: it waits again, behind what interrupted it and ahead of
 * everything else. By a person: it is the person's to send or to drop.
 */
export const handedBack = (state: State, id: MessageId): Move => {
  const letter = state.carried.find((other) => other.id === id)
  if (letter === undefined) return stay(state)
  const without = { ...state, carried: state.carried.filter((other) => other !== letter) }
  if (state.interrupting === null) {
    const why = "a person interrupted the agent before it began with it; it stood in the composer"
    return fails("parked", why)(without, letter)
  }
  const late = outdated(without, letter)
  if (late !== undefined) return late
  const queue = letter.mode === "urgent" ? inLine(state.queue, letter) : backInLine(without, letter)
  return hop({ ...without, queue }, id, "accepted", "interrupted before the agent began with it: it waits again")
}

/** The context was dropped: the control letter has done its work, and what was said of that context is void. */
export const cleared = (state: State, now: number): Move => {
  const ids = onItsWay(state)
    .filter(({ kind }) => kind === "clear")
    .map(({ id }) => id)
  return tellWorld(nextEpoch(takenOut(state, ids).without, now), { _tag: "SessionCleared", id: idOf(state) })
}

/** Ended turns that are remembered. */
const ENDED = 20

/** The running turn among those that are over. */
export const endedBy = ({ carried, ended, turn }: State): State["ended"] =>
  turn === null ? ended : [...ended, { turn, carried: carried.map(({ id }) => id) }].slice(-ENDED)

/** Everything the turn carried is answered. `answer`: none when it is not known. */
export const allAnswered = (state: State, evidence: string, now: number, answer: string | null = null): Move => {
  const completed = state.completed === null ? null : { ...state.completed, owed: [] }
  const over: State = { ...state, turn: null, ended: endedBy(state), carried: [], interrupting: null, completed }
  const answered = each(state.carried, over, (next, { id }) => hop(next, id, "answered", evidence))
  return { ...answered, out: [...answered.out, ...stopped(state, evidence, answer, now)] }
}

/** The turn is over, and the line moves on. */
export const turnOver = (state: State, evidence: string, now: number, answer: string | null = null): Move =>
  andThen(allAnswered(state, evidence, now, answer), (next) =>
    isLive(next.phase) ? enter(next, "idle", "", now) : stay(next)
  )

/** The agent is gone in the middle of its turn. */
export const cutShort = (state: State, reason: string, now: number): Move =>
  allAnswered(state, `${reason}; the turn did not finish`, now)

/** Everything that waits dies with the session. */
export const abandon = (state: State, reason: string, now: number): Move => {
  const letters = [...onItsWay(state), ...state.queue].filter(({ kind }) => kind !== "clear")
  const empty: State = { ...state, queue: [], typing: null, flying: [] }
  return andThen(each(letters, empty, fails("dead", reason)), (next) => cutShort(next, reason, now))
}
