/** Pure: which letter of a work queue goes to whom, and what becomes of it. */
import { type MessageId, RoleAddress, type SessionId } from "../../domain/Ids.ts"
import type { Addressee, MessageStatus } from "../../domain/Message.ts"
import { andThen, type Move as Step, stay } from "../Move.ts"
import { noticeId } from "../NoticeId.ts"
import { ownLetter } from "../OwnLetter.ts"
import { Out, publish, tell, timer } from "../Out.ts"
import { type Letter, replaces } from "../../domain/Letter.ts"
import { Session } from "../session/Session.ts"
import { type Member, Pool, type State } from "./Pool.ts"

export type Move = Step<State>

export const addressOf = ({ role }: State): RoleAddress => RoleAddress.make(`@${role}`)

/** Ids of accepted letters that are remembered. What waits or is handed over is never forgotten. */
const REMEMBERED = 500

const remember = (state: State, id: MessageId, status: MessageStatus): State["seen"] => {
  const known = state.seen.some(([seen]) => seen === id)
  if (known) return state.seen.map((entry): typeof entry => (entry[0] === id ? [id, status] : entry))
  const seen = [...state.seen, [id, status] as const]
  const most = seen.length - REMEMBERED
  if (most <= 0) return seen
  const kept = new Set([...state.waiting, ...state.handed.map(({ letter }) => letter)].map((letter) => letter.id))
  return seen.filter(([old], index) => index >= most || kept.has(old))
}

/** A letter's next hop. */
export const hop = (state: State, id: MessageId, to: Addressee, status: MessageStatus, evidence: string): Move => ({
  state: { ...state, seen: remember(state, id, status) },
  out: [publish({ _tag: "MessageMoved", id, to, status, evidence })]
})

/** It stands last in line; what it takes the place of is withdrawn. */
export const accepted = (state: State, letter: Letter): Move => {
  const seen = remember(state, letter.id, "accepted")
  const last: State = { ...state, waiting: [...state.waiting, letter], seen }
  return state.waiting
    .filter((other) => replaces(letter, other))
    .reduce<Move>(
      (move, other) =>
        andThen(move, (next) => {
          const without = { ...next, waiting: next.waiting.filter((waiting) => waiting !== other) }
          const why = `${letter.id} of the same sender, key ${letter.key}, took its place`
          return hop(without, other.id, addressOf(next), "withdrawn", why)
        }),
      stay(last)
    )
}

/** Who may take this letter: whoever of the role is alive, but for the one that sent it. */
export const takers = ({ members }: State, { from }: Letter): ReadonlyArray<Member> =>
  members.filter(({ id }) => id !== from.id)

/** Puts a letter into its place by the order of acceptance. */
const inLine = (state: State, letter: Letter): ReadonlyArray<Letter> => {
  const ageOf = ({ id }: Letter) => state.seen.findIndex(([seen]) => seen === id)
  const place = state.waiting.findIndex((other) => ageOf(other) > ageOf(letter))
  return place < 0 ? [...state.waiting, letter] : state.waiting.toSpliced(place, 0, letter)
}

const called = (id: string, name: string): string => (name === id ? id : `${name} (${id})`)

/** Gives the first letter that somebody idle may take to whoever has been idle longest; and again. */
export const handOver = (state: State, now: number): Move => {
  for (const letter of state.waiting) {
    const ready = takers(state, letter)
      .filter((member) => member.ready)
      .toSorted((one, two) => one.since - two.since)
    const [member] = ready
    if (member === undefined) continue
    const { host, id, name } = member
    const given: State = {
      ...state,
      waiting: state.waiting.filter((other) => other !== letter),
      handed: [...state.handed, { letter, to: id, name, at: now }],
      // Until it says so itself again.
      members: state.members.map((other) => (other === member ? { ...other, ready: false, since: now } : other))
    }
    const whom = `handed to ${called(id, name)}, ${ready.length === 1 ? "who is idle" : `idle longest of ${ready.length}`}`
    const told = hop(given, letter.id, id, "accepted", whom)
    const move = { ...told, out: [...told.out, tell(Session, host, id, "Accept", { ...letter, pool: state.role })] }
    return andThen(move, (next) => handOver(next, now))
  }
  return stay(state)
}

/** To the session that sent it: nobody took it in time. */
const expiredNotice = (state: State, { at, from, id }: Letter): ReadonlyArray<Out> => {
  if (from.kind !== "session" || from.id === undefined || from.host === undefined) return []
  const text = `[sm] Message ${id} to ${addressOf(state)} did not arrive (expired): nobody of that role took it in time`
  const notice = ownLetter({ id: noticeId(at, `${addressOf(state)} undelivered ${id} ${from.id}`), at }, text)
  return [Out.cases.Text.make({ key: notice.id, text }), tell(Session, from.host, from.id, "Accept", notice)]
}

/** Drops what nobody took in time. */
export const expire = (state: State, now: number): Move =>
  state.waiting
    .filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now)
    .reduce((move, letter) => {
      const out = [...move.out, ...expiredNotice(state, letter)]
      return andThen({ state: move.state, out }, (next) =>
        hop(
          { ...next, waiting: next.waiting.filter((other) => other !== letter) },
          letter.id,
          addressOf(next),
          "expired",
          "its time to live ran out before anybody of the role took it"
        )
      )
    }, stay(state))

/** Ends a move: whose time is up goes, whoever is idle gets something to do, and the next expiry is set. */
export const settled = (before: State, move: Move, now: number): Move =>
  andThen(
    andThen(move, (state) => expire(state, now)),
    (state) =>
      andThen(handOver(state, now), (next) => {
        const due = nextExpiry(next)
        if (due === undefined || due === nextExpiry(before)) return stay(next)
        return { state: next, out: [timer(Pool, "expiry", due, "Tick", {})] }
      })
  )

const nextExpiry = ({ waiting }: State): number | undefined =>
  waiting.reduce<number | undefined>(
    (least, { expiresAt }) => (expiresAt === undefined ? least : Math.min(least ?? Infinity, expiresAt)),
    undefined
  )

/** It stands in line again, where it stood; unless a newer one has its key by now. */
export const takenBack = (state: State, id: MessageId, by: SessionId, evidence: string): Move => {
  const found = state.handed.find(({ letter, to }) => letter.id === id && to === by)
  if (found === undefined) return stay(state)
  const { letter, name } = found
  const without = { ...state, handed: state.handed.filter((other) => other !== found) }
  const why = `taken back from ${called(by, name)}: ${evidence}`
  const newer = without.waiting.find((other) => replaces(letter, other))
  if (newer === undefined)
    return hop({ ...without, waiting: inLine(without, letter) }, id, addressOf(state), "accepted", why)
  const place = `${newer.id} of the same sender, key ${letter.key}, took its place`
  return hop(without, id, addressOf(state), "withdrawn", `${why}; ${place}`)
}
