/** Keeps what is known current: lists once, then facts and cards as they come, over restarts of daemon and broker. */
import type { Event } from "../../src/domain/Event.ts"
import type { SessionCard } from "../../src/domain/Session.ts"
import { ask } from "../Client.ts"
import { hearAll } from "../Facts.ts"
import { Unreachable } from "../Unreachable.ts"
import { each, lastAction, sessionsNow, sideLists, unreadNow } from "./Gather.ts"
import { type Known, learnCard, learnFact, learnList, NOTHING } from "./Known.ts"

export interface Swarm {
  readonly known: () => Known
  /** These are seen: what each did last is asked, once. */
  readonly look: (ids: ReadonlyArray<string>) => void
  readonly stop: () => void
}

/** A broker tells nobody that the daemon behind it has died: so often, ms, it is asked whether it is there. */
const PULSE = 5000
/** And so often while it is not. */
const IMPATIENT = 1000
const ANSWER = { repeatable: true, deadline: 4000, patience: 0 }
/** Questions at once. */
const FEW = 4

interface Heard {
  readonly event?: Event
  readonly at?: number
  readonly v?: number
  readonly id?: unknown
  readonly state?: unknown
  readonly name?: unknown
}

const parsed = (body: string): Heard => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === "object" && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Nobody but the daemon writes cards and facts; an agent can have an answer of the daemon's sent here, which is neither. */
const isCard = ({ id, name, state, v }: Heard): boolean =>
  v === 1 && typeof id === "string" && typeof name === "string" && typeof state === "string"

const toPerson = (event: Event): boolean =>
  (event._tag === "MessageAccepted" || event._tag === "MessageMoved") && event.to === "human"

/** `failed`: a defect, which ends the command with its words. */
export const followSwarm = (changed: () => void, failed: (error: unknown) => void): Swarm => {
  let known = NOTHING
  let over = false
  let pulse: NodeJS.Timeout | undefined
  /** What came while lists were on their way: it is newer than they. */
  let meanwhile:
    | { readonly cards: Map<string, SessionCard>; readonly facts: Array<readonly [Event, number]> }
    | undefined
  let again = false
  let counting = false
  let recount = false
  const asked = new Set<string>()

  const learn = (next: Known): void => {
    if (next === known) return
    known = next
    changed()
  }
  const next = (ms: number): void => {
    clearTimeout(pulse)
    if (!over) pulse = setTimeout(() => void beat(), ms)
  }
  const away = (why: string): void => {
    if (known.away === null) next(IMPATIENT)
    learn({ ...known, away: { since: known.away?.since ?? Date.now(), why } })
  }
  const trouble = (error: unknown): void =>
    error instanceof Unreachable
      ? away(error.sent ? "the daemon does not answer" : "the daemon is away")
      : failed(error)

  const lists = async (): Promise<void> => {
    const list = await sessionsNow()
    if ("code" in list) return away(list.message)
    const sides = await sideLists()
    const { cards, facts } = meanwhile ?? { cards: new Map<string, SessionCard>(), facts: [] }
    const listed = learnList({ ...known, ...sides, away: null }, list, cards)
    learn(facts.reduce((sum, [fact, at]) => learnFact(sum, fact, at), listed))
  }
  /** Asked for again while it runs, it runs again. */
  const resync = async (): Promise<void> => {
    if (meanwhile !== undefined) {
      again = true
      return
    }
    meanwhile = { cards: new Map(), facts: [] }
    again = false
    asked.clear()
    try {
      await lists()
    } catch (error) {
      trouble(error)
    } finally {
      meanwhile = undefined
    }
    if (again && !over) await resync()
  }

  const count = async (): Promise<void> => {
    recount = counting
    if (counting) return
    counting = true
    try {
      learn({ ...known, unread: await unreadNow() })
    } catch (error) {
      trouble(error)
    } finally {
      counting = false
    }
    if (recount && !over) await count()
  }

  const beat = async (): Promise<void> => {
    if (known.away !== null || !known.listed) await resync()
    else {
      try {
        await ask("kinds", {}, ANSWER)
      } catch (error) {
        trouble(error)
      }
    }
    next(known.away === null ? PULSE : IMPATIENT)
  }

  const heard = (body: string): void => {
    if (body === "") return void resync()
    const found = parsed(body)
    if (found.event !== undefined && typeof found.event._tag === "string") {
      const at = found.at ?? Date.now()
      meanwhile?.facts.push([found.event, at])
      learn(learnFact(known, found.event, at))
      if (toPerson(found.event)) void count()
    } else if (isCard(found)) {
      const card = found as SessionCard
      meanwhile?.cards.set(card.id, card)
      learn(learnCard(known, card))
    }
  }

  const end = hearAll(">", { ready: () => void resync(), heard, lost: () => away("the broker is gone") })
  next(PULSE)

  return {
    known: () => known,
    look: (ids) => {
      const fresh = ids.filter((id) => !asked.has(id))
      for (const id of fresh) asked.add(id)
      void each(fresh, FEW, async (id) => {
        try {
          const did = await lastAction(id)
          const before = known.did.get(id)
          if (did === undefined || !known.cards.has(id) || (before !== undefined && before.at >= did.at)) return
          learn({ ...known, did: new Map(known.did).set(id, did) })
        } catch (error) {
          trouble(error)
        }
      })
    },
    stop: () => {
      over = true
      clearTimeout(pulse)
      end()
    }
  }
}
