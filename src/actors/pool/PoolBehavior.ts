/** How a work queue answers its mail. */
import { Effect } from "effect"
import type { SessionId } from "../../domain/Ids.ts"
import type { Behavior, Mail } from "../Behavior.ts"
import { stay } from "../Move.ts"
import { publish } from "../Out.ts"
import { NotAllowed, NotNow } from "../session/Session.ts"
import { accepted, addressOf, hop, type Move, settled, takenBack, takers } from "./Handing.ts"
import { type Member, Pool, type State } from "./Pool.ts"

/** Most letters that may wait for one role: each commit writes them all. */
const FULL = 1000

/** A session's word of itself, in its place; a new one comes last. */
const standing = (state: State, here: Pick<Member, "id" | "host" | "name">, ready: boolean, now: number): State => {
  const known = state.members.find(({ id }) => id === here.id)
  const member = { ...here, ready, since: known?.ready === ready ? known.since : now }
  return { ...state, members: [...state.members.filter(({ id }) => id !== here.id), member] }
}

const without = (state: State, gone: SessionId): State => ({
  ...state,
  members: state.members.filter(({ id }) => id !== gone)
})

const word =
  <P>(step: (payload: P, state: State, mail: Mail) => Move) =>
  (payload: P, state: State, mail: Mail) =>
    Effect.sync(() => {
      const { out, state: after } = settled(state, step(payload, state, mail), mail.now)
      return { state: after, reply: null, out }
    })

export const behavior: Behavior<typeof Pool> = {
  initial: (role) => ({ role, waiting: [], handed: [], members: [], seen: [] }),
  handlers: {
    Accept: (letter, state, mail) =>
      Effect.gen(function* () {
        const known = state.seen.some(([id]) => id === letter.id)
        if (!known && state.waiting.length >= FULL) {
          return yield* new NotNow({
            reason: `${state.waiting.length} messages wait for ${addressOf(state)} already`,
            hint: `sm spawn … --role ${state.role} adds one who works on them`
          })
        }
        const { bytes, cause, from, id, mode } = letter
        const to = addressOf(state)
        const told = publish({
          _tag: "MessageAccepted",
          id,
          to,
          from,
          mode,
          bytes,
          ...(cause === undefined ? {} : { cause })
        })
        const taken = accepted(state, letter)
        const move: Move = known ? stay(state) : { state: taken.state, out: [told, ...taken.out] }
        const able = takers(state, letter)
        const { out, state: after } = settled(state, move, mail.now)
        const status = after.seen.find(([seen]) => seen === id)?.[1] ?? ("accepted" as const)
        const reply = { state: status, members: able.length, ready: able.filter(({ ready }) => ready).length }
        return { state: after, reply, out }
      }),
    Unsend: ({ by, id }, state, mail) =>
      Effect.gen(function* () {
        const letter = state.waiting.find((waiting) => waiting.id === id)
        if (letter === undefined) {
          const handed = state.handed.find((other) => other.letter.id === id)
          const now = state.seen.find(([seen]) => seen === id)?.[1] ?? "not here"
          return yield* new NotNow({
            reason: `${id} does not wait for ${addressOf(state)} any more: ${handed === undefined ? `it is ${now}` : `${handed.name} has it`}`,
            hint: `sm trace ${id}`
          })
        }
        if (by.kind === "session" && letter.from.id !== by.id) {
          return yield* new NotAllowed({
            reason: `only ${letter.from.name}, who sent ${id}, may take it back`,
            hint: "or a person at a shell"
          })
        }
        const left = { ...state, waiting: state.waiting.filter((other) => other !== letter) }
        const move = hop(left, id, addressOf(state), "withdrawn", `taken back by ${by.name}`)
        const { out, state: after } = settled(state, move, mail.now)
        return { state: after, reply: null, out }
      }),
    Describe: (_, state) => Effect.sync(() => ({ state, reply: state })),
    Ready: word((here, state, { now }) => stay(standing(state, here, true, now))),
    Busy: word((here, state, { now }) => stay(standing(state, here, false, now))),
    Gone: word(({ id }, state) => stay(without(state, id))),
    Done: word(({ by, id, status }, state) =>
      stay({
        ...state,
        handed: state.handed.filter(({ letter, to }) => letter.id !== id || to !== by),
        seen: state.seen.map((entry): typeof entry => (entry[0] === id ? [id, status] : entry))
      })
    ),
    Returned: word(({ by, evidence, id }, state) => takenBack(state, id, by, evidence)),
    Tick: word((_, state) => stay(state))
  }
}
