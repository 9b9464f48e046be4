/** How a session answers those who give it letters, or want one back. */
import { Effect } from "effect"
import type { Mail } from "../Behavior.ts"
import { forbidden } from "./Authority.ts"
import { accept, withdraw } from "./Delivery.ts"
import { moved, silent, type Some, unknown } from "./Handling.ts"
import { acceptance, andThen, cardOf, type Move, stay } from "./Move.ts"
import type { Letter } from "../../domain/Letter.ts"
import { NotAllowed, NotNow } from "./Session.ts"
import type { State } from "./State.ts"

/** Most letters that may wait for one session: each commit writes them all. */
const FULL = 1000

/** Why the session takes no letters now; none when it does. */
const closed = (state: State): NotNow | undefined => {
  if (state.spec === null) return unknown(state)
  if (state.phase === "stopped")
    return new NotNow({ reason: `${state.name} (${state.id}) is stopped`, hint: `sm restore ${state.name}` })
  return state.queue.length < FULL
    ? undefined
    : new NotNow({
        reason: `${state.queue.length} messages wait for ${state.name} (${state.id}) already`,
        hint: `sm queue ${state.name} shows them, sm unsend takes one back`
      })
}

/** Accepts letters in their order, each once. */
const accepting = (state: State, letters: ReadonlyArray<Letter>, mail: Mail): Move =>
  letters.reduce((move, letter) => {
    const fresh = letter.kind === "message" && !state.seen.some(([id]) => id === letter.id)
    const told = fresh ? [acceptance(state, letter)] : []
    return andThen({ ...move, out: [...move.out, ...told] }, (next) => accept(next, letter, mail.now, mail.activation))
  }, stay(state))

const taking = (state: State, letters: ReadonlyArray<Letter>, about: Letter, mail: Mail) =>
  moved(state, accepting(state, letters, mail), mail, (next) => ({
    state: state.seen.find(([id]) => id === about.id)?.[1] ?? ("accepted" as const),
    target: state.phase,
    name: cardOf(next).name
  }))

const acceptLetter = (letter: Letter, state: State, mail: Mail) =>
  Effect.gen(function* () {
    const known = state.seen.some(([id]) => id === letter.id)
    const no = closed(state)
    if (no !== undefined && (!known || state.spec === null)) return yield* no
    return taking(state, [letter], letter, mail)
  })

export const posting: Some<"Accept" | "AcceptUrgent" | "Unsend" | "Clear"> = {
  Accept: acceptLetter,
  AcceptUrgent: acceptLetter,
  Unsend: ({ by, id }, state, mail) =>
    Effect.gen(function* () {
      const letter = state.queue.find((queued) => queued.id === id)
      const now = state.seen.find(([seen]) => seen === id)?.[1] ?? "not here"
      const move = withdraw(state, id, `taken back by ${by.name}`)
      if (letter === undefined || move === undefined) {
        return yield* new NotNow({
          reason: `${id} does not wait for ${state.name} any more: it is ${now}`,
          hint: `sm trace ${id}`
        })
      }
      if (by.kind === "session" && letter.from.id !== by.id) {
        return yield* new NotAllowed({
          reason: `only ${letter.from.name}, who sent ${id}, may take it back`,
          hint: "or a person at a shell"
        })
      }
      return moved(state, move, mail, silent)
    }),
  Clear: ({ by, clear, next }, state, mail) =>
    Effect.gen(function* () {
      const about = next ?? clear
      const no = forbidden(state, by, "clear") ?? closed(state)
      const known = state.seen.some(([id]) => id === about.id)
      if (no !== undefined && (!known || state.spec === null)) return yield* no
      return taking(state, next === null ? [clear] : [clear, { ...next, after: clear.id }], about, mail)
    })
}
