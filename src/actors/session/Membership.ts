/** Pure: what a session of a role tells the role's work queue, and what it does with letters that came from there. */
import { Schema } from "effect"
import { HostId, RoleName } from "../../domain/Ids.ts"
import type { MessageStatus } from "../../domain/Message.ts"
import { isLive } from "../../domain/Session.ts"
import { SWARM } from "../ActorSystem.ts"
import { type Out, tell } from "../Out.ts"
import { Pool } from "../pool/Pool.ts"
import { held, idOf, type Move, stay } from "./Move.ts"
import type { Reflex } from "./Reflex.ts"
import type { Letter } from "../../domain/Letter.ts"
import type { State } from "./State.ts"

const isRole = Schema.is(RoleName)

/** A role of a template may be called anything; a queue has only one that can be addressed. */
const roleOf = ({ role, spec }: State) => (spec !== null && role !== null && isRole(role) ? role : null)

const standingOf = (state: State): "Ready" | "Busy" | "Gone" => {
  if (!isLive(state.phase)) return "Gone"
  const free = state.phase === "idle" && state.pane !== null && state.limited === null && held(state).length === 0
  return free ? "Ready" : "Busy"
}

const fromPool = (letter: Letter): letter is Letter & { readonly pool: string } => letter.pool !== undefined

/** It has come to its end here. */
export const done = (state: State, letter: Letter, status: MessageStatus): ReadonlyArray<Out> =>
  fromPool(letter) ? [tell(Pool, SWARM, letter.pool, "Done", { id: letter.id, by: idOf(state), status })] : []

const standing = (state: State): ReadonlyArray<Out> => {
  const role = roleOf(state)
  if (role === null) return []
  const id = idOf(state)
  const now = standingOf(state)
  return now === "Gone"
    ? [tell(Pool, SWARM, role, "Gone", { id })]
    : [tell(Pool, SWARM, role, now, { id, host: HostId.make(state.host), name: state.name })]
}

/** Tells the queue of its letters' end and whether this session could take one, when that has changed. */
export const membership: Reflex = (before, after) => {
  const still = new Set(held(after).map(({ id }) => id))
  const ends = held(before)
    .filter((letter) => fromPool(letter) && !still.has(letter.id))
    .flatMap((letter) => {
      // Given back: then it is not remembered.
      const status = after.seen.find(([id]) => id === letter.id)?.[1]
      return status === undefined ? [] : done(after, letter, status)
    })
  const [was, is] = [roleOf(before), roleOf(after)]
  const left = was !== null && was !== is ? [tell(Pool, SWARM, was, "Gone", { id: idOf(before) })] : []
  const same = was === is && standingOf(before) === standingOf(after) && before.name === after.name
  return { state: after, out: [...ends, ...left, ...(same ? [] : standing(after))] }
}

const returned = (state: State, { id, pool }: Letter & { readonly pool: string }, evidence: string): Out =>
  tell(Pool, SWARM, pool, "Returned", { id, by: idOf(state), evidence })

/** A letter of the queue that this session does not take: others may be free. None when it takes it. */
export const declined = (state: State, letter: Letter, now: number): Move | undefined => {
  if (!fromPool(letter)) return undefined
  const late = letter.expiresAt !== undefined && letter.expiresAt <= now
  const stands = standingOf(state)
  if (stands === "Ready" && !late) return undefined
  const why = stands === "Gone" ? `it is ${state.phase}` : late ? "it came too late" : "it works on something else"
  return { state, out: [returned(state, letter, why)] }
}

/** The session ends: what it has of the queue, begun or not, goes back for another to take. */
export const givenBack = (state: State, reason: string): Move => {
  const letters = held(state).filter(fromPool)
  if (letters.length === 0) return stay(state)
  const stays = ({ id }: Letter) => !letters.some((letter) => letter.id === id)
  const typing = state.typing?.letters.filter(stays) ?? []
  return {
    state: {
      ...state,
      queue: state.queue.filter(stays),
      typing: state.typing === null || typing.length === 0 ? null : { ...state.typing, letters: typing },
      flying: state.flying
        .map((flight) => ({ ...flight, letters: flight.letters.filter(stays) }))
        .filter((flight) => flight.letters.length > 0),
      carried: state.carried.filter(stays),
      // It may come again.
      seen: state.seen.filter(([id]) => !letters.some((letter) => letter.id === id))
    },
    out: letters.map((letter) => returned(state, letter, `it ended before it had answered (${reason})`))
  }
}
