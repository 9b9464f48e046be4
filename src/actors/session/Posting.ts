/** How a session answers those who give it letters, or want one back. */
import { Effect } from "effect"
import { Rules } from "../../domain/Policy.ts"
import type { Mail } from "../Behavior.ts"
import { forbidden } from "./Authority.ts"
import { accept, withdraw } from "./Delivery.ts"
import { guarded } from "./LoopGuard.ts"
import { declined } from "./Membership.ts"
import { moved, silent, type Some, unknown } from "./Handling.ts"
import { acceptance, andThen, cardOf, type Move, stay } from "./Move.ts"
import type { Letter } from "../../domain/Letter.ts"
import { NotAllowed, NotNow } from "./Session.ts"
import type { State } from "./State.ts"
import { undelivered } from "./Notices.ts"

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
const accepting = (state: State, letters: ReadonlyArray<Letter>, mail: Mail, limit: number): Move =>
  letters.reduce((move, letter) => {
    const fresh = letter.kind !== "clear" && !state.seen.some(([id]) => id === letter.id)
    // A letter of a work queue was accepted there.
    const told = fresh && letter.pool === undefined ? [acceptance(state, letter)] : []
    const taken = (next: State) => accept(next, letter, mail.now, mail.activation)
    return andThen({ ...move, out: [...move.out, ...told] }, (next) =>
      fresh ? (declined(next, letter, mail.now) ?? guarded(next, letter, limit, taken)) : taken(next)
    )
  }, stay(state))

const taking = (state: State, letters: ReadonlyArray<Letter>, about: Letter, mail: Mail, limit: number) =>
  moved(state, accepting(state, letters, mail, limit), mail, (next) => ({
    state: state.seen.find(([id]) => id === about.id)?.[1] ?? ("accepted" as const),
    target: state.phase,
    name: cardOf(next).name
  }))

const acceptLetter = (letter: Letter, state: State, mail: Mail) =>
  Effect.gen(function* () {
    const known = state.seen.some(([id]) => id === letter.id)
    const no = letter.pool === undefined ? closed(state) : undefined
    if (no !== undefined && (!known || state.spec === null)) return yield* no
    const foreign = letter.order === undefined ? undefined : forbidden(state, letter.from, "dispatch")
    if (foreign !== undefined) return yield* foreign
    return taking(state, [letter], letter, mail, (yield* Rules).loopLimit)
  })

export const posting: Some<"Accept" | "AcceptUrgent" | "Unsend" | "Clear"> = {
  Accept: acceptLetter,
  AcceptUrgent: acceptLetter,
  Unsend: ({ by, id }, state, mail) =>
    Effect.gen(function* () {
      const letter = state.queue.find((queued) => queued.id === id)
      const status = state.seen.find(([seen]) => seen === id)?.[1] ?? "over"
      // Asked again.
      if (status === "withdrawn") return { state, reply: null }
      const move = withdraw(state, id, `taken back by ${by.name}`)
      if (letter === undefined || move === undefined) {
        return yield* new NotNow({
          reason:
            letter === undefined
              ? `${id} does not wait for ${state.name} any more: it is ${status}`
              : `${state.name} is being started, perhaps with ${id}: try again in a moment`,
          hint: `sm trace ${id}`
        })
      }
      if (by.kind === "session" && letter.from.id !== by.id) {
        return yield* new NotAllowed({
          reason: `only ${letter.from.name}, who sent ${id}, may take it back`,
          hint: "or a person at a shell"
        })
      }
      const own = letter.from.kind === by.kind && letter.from.id === by.id
      const told = own ? [] : undelivered(state, letter, "withdrawn", `taken back by ${by.name}`)
      return moved(state, { state: move.state, out: [...move.out, ...told] }, mail, silent)
    }),
  Clear: ({ by, clear, next }, state, mail) =>
    Effect.gen(function* () {
      const about = next ?? clear
      const no = forbidden(state, by, next?.order === undefined ? "clear" : "dispatch") ?? closed(state)
      const known = state.seen.some(([id]) => id === about.id)
      if (no !== undefined && (!known || state.spec === null)) return yield* no
      return taking(
        state,
        next === null ? [clear] : [clear, { ...next, after: clear.id }],
        about,
        mail,
        (yield* Rules).loopLimit
      )
    })
}
