/** Pure: stops two sessions that answer each other without end. Counts per sending session, mutes that one alone. */
import type { SessionId } from "../../domain/Ids.ts"
import { type Out, publish } from "../Out.ts"
import { done } from "./Membership.ts"
import { hop, idOf, type Move, stay } from "./Move.ts"
import { news, notice } from "./Notices.ts"
import type { Letter } from "../../domain/Letter.ts"
import type { State } from "./State.ts"

type Edges = State["edges"]

/** A person has spoken: what comes now is another conversation. Only what is muted stays so. */
const heard = (edges: Edges): Edges => Object.fromEntries(Object.entries(edges).filter(([, { muted }]) => muted))

/**
 * The edges after this letter. A chain is told by the message that began it; any other one starts the count again, and so
 * does a job: to give one after the other, all night, for one word of a person is what an EM is for.
 */
export const counted = (edges: Edges, { cause, from, id, order }: Letter, limit: number): Edges => {
  if (from.kind === "human") return heard(edges)
  if (from.kind !== "session" || from.id === undefined) return edges
  const before = edges[from.id]
  if (before?.muted === true) return edges
  const root = cause?.root ?? id
  const count = before?.root === root && order === undefined ? before.count + 1 : 1
  return { ...edges, [from.id]: { name: from.name, root, count, muted: count > limit } }
}

const namesOf = (state: State, from: string): string => `${from} → ${state.name}`

/** What follows from muting: the fact, a word to the sender, and news for the person. */
const muting = (state: State, { at, from, id }: Letter & { from: { id: SessionId } }): ReadonlyArray<Out> => {
  const edge = state.edges[from.id]
  if (edge === undefined) return []
  const sent = edge.count - 1
  const names = namesOf(state, from.name)
  const text = `${names} is muted after ${sent} messages of one chain without a word from a person; sm trace ${edge.root} shows how it began, sm unmute ${from.name} ${state.name} lets them go on`
  return [
    publish({
      _tag: "EdgeMuted",
      id: idOf(state),
      from: from.id,
      fromName: from.name,
      root: edge.root,
      count: sent
    }),
    ...notice(state, from, {
      about: `muted ${id}`,
      at,
      text: `[sm] Your messages to ${state.name} are held back: ${sent} of one chain went there without a word from a person. Do not send more; a person has been told and can let you go on.`
    }),
    ...news({ about: `muted ${from.id} ${state.id} ${id}`, at, text })
  ]
}

const isFromSession = (letter: Letter): letter is Letter & { from: { id: SessionId } } =>
  letter.from.kind === "session" && letter.from.id !== undefined

/** Lets a fresh letter pass on to `then`, or parks it. */
export const guarded = (state: State, letter: Letter, limit: number, then: (state: State) => Move): Move => {
  const edges = counted(state.edges, letter, limit)
  const next: State = edges === state.edges ? state : { ...state, edges }
  const edge = isFromSession(letter) ? edges[letter.from.id] : undefined
  if (edge?.muted !== true || !isFromSession(letter)) return then(next)
  const newly = state.edges[letter.from.id]?.muted !== true
  const why = `loop guard: ${namesOf(state, letter.from.name)} is muted after ${edge.count - 1} messages of one chain; sm unmute ${letter.from.name} ${state.name}`
  const parked = hop(next, letter.id, "parked", why)
  return {
    state: parked.state,
    out: [...parked.out, ...done(next, letter, "parked"), ...(newly ? muting(next, letter) : [])]
  }
}

/** The edge is open again and counted anew; none when it was not muted. */
export const unmuted = (state: State, from: SessionId, by: string): Move | undefined => {
  if (state.edges[from]?.muted !== true) return undefined
  const edges = Object.fromEntries(Object.entries(state.edges).filter(([id]) => id !== from))
  const move = stay({ ...state, edges })
  return { ...move, out: [publish({ _tag: "EdgeResumed", id: idOf(state), from, by })] }
}
