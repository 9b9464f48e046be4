/** What the dashboard knows of the swarm, and how it learns: from lists, cards and facts. Pure. */
import type { Approval } from "../../src/domain/Approval.ts"
import type { Event } from "../../src/domain/Event.ts"
import type { Lease, Waiting } from "../../src/domain/Lock.ts"
import type { Notice } from "../../src/domain/Notice.ts"
import type { SessionCard } from "../../src/domain/Session.ts"

/** What an agent did last, and when it began. */
export interface Did {
  readonly at: number
  readonly tool: string
  readonly detail: string
}

export interface Known {
  readonly cards: ReadonlyMap<string, SessionCard>
  readonly did: ReadonlyMap<string, Did>
  readonly approvals: ReadonlyArray<Approval>
  readonly notices: ReadonlyArray<Notice>
  /** Hosts that did not answer: their notices are missing. */
  readonly silent: ReadonlyArray<string>
  readonly leases: ReadonlyArray<Lease>
  readonly waiting: ReadonlyArray<Waiting>
  /** Messages to the person. */
  readonly unread: number
  /** Since when, Unix ms, and why nothing is heard; none while all is well. */
  readonly away: { readonly since: number; readonly why: string } | null
  /** The sessions have been listed once. */
  readonly listed: boolean
}

export const NOTHING: Known = {
  cards: new Map(),
  did: new Map(),
  approvals: [],
  notices: [],
  silent: [],
  leases: [],
  waiting: [],
  unread: 0,
  away: null,
  listed: false
}

const withKey = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> =>
  new Map(map).set(key, value)
const withoutKey = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}

/** An ended session is of no interest here; one whose agent went away by itself is. */
export const learnCard = (known: Known, card: SessionCard): Known =>
  card.state === "stopped"
    ? { ...known, cards: withoutKey(known.cards, card.id), did: withoutKey(known.did, card.id) }
    : { ...known, cards: withKey(known.cards, card.id, card) }

/** `fresh`: cards that came while the list was on its way; they are newer. */
export const learnList = (
  known: Known,
  list: ReadonlyArray<SessionCard>,
  fresh: ReadonlyMap<string, SessionCard>
): Known => {
  const cards = new Map(list.map((card) => [card.id as string, card]))
  for (const [id, card] of fresh) cards.set(id, card)
  for (const [id, { state }] of cards) if (state === "stopped") cards.delete(id)
  const did = new Map([...known.did].filter(([id]) => cards.has(id)))
  return { ...known, cards, did, listed: true }
}

const without = <K extends string, T extends { readonly [key in K]: string }>(
  all: ReadonlyArray<T>,
  key: K,
  value: string
): ReadonlyArray<T> => all.filter((one) => one[key] !== value)

/** The newest word of it, in the place of what was known. */
const instead = <K extends string, T extends { readonly [key in K]: string }>(
  all: ReadonlyArray<T>,
  key: K,
  one: T
): ReadonlyArray<T> => {
  const at = all.findIndex((other) => other[key] === one[key])
  return at < 0 ? [...all, one] : all.with(at, one)
}

type Facts = {
  readonly [Tag in Event["_tag"]]?: (known: Known, fact: Extract<Event, { _tag: Tag }>, at: number) => Known
}

const FACTS: Facts = {
  ToolUsed: (known, { detail, id, tool }, at) => ({ ...known, did: withKey(known.did, id, { at, tool, detail }) }),
  SessionCleared: (known, { id }) => ({ ...known, did: withoutKey(known.did, id) }),
  ApprovalAsked: (known, { approval }) => ({ ...known, approvals: instead(known.approvals, "id", approval) }),
  ApprovalAnswered: (known, { approval }) => ({ ...known, approvals: without(known.approvals, "id", approval.id) }),
  Noticed: (known, { notice }) => ({ ...known, notices: instead(known.notices, "cause", notice) }),
  NoticeOver: (known, { cause }) => ({ ...known, notices: without(known.notices, "cause", cause) }),
  LeaseGranted: (known, { lease }) => ({
    ...known,
    leases: instead(known.leases, "ticket", lease),
    waiting: without(known.waiting, "ticket", lease.ticket)
  }),
  LeaseAwaited: (known, { waiting }) => ({ ...known, waiting: instead(known.waiting, "ticket", waiting) }),
  LeaseEnded: (known, { ticket }) => ({
    ...known,
    leases: without(known.leases, "ticket", ticket),
    waiting: without(known.waiting, "ticket", ticket)
  })
}

/** `at`: when it happened, Unix ms. What is of no interest changes nothing. */
export const learnFact = (known: Known, fact: Event, at: number): Known => {
  // Each handler is under the tag of the fact that it takes.
  const learn = FACTS[fact._tag] as ((known: Known, fact: Event, at: number) => Known) | undefined
  return learn === undefined ? known : learn(known, fact, at)
}

/** The question of a session that has been open longest. */
export const approvalOf = ({ approvals }: Known, id: string): Approval | undefined =>
  approvals.find(({ outcome, session }) => session === id && outcome === null)

export const leasesOf = ({ leases }: Known, id: string): ReadonlyArray<Lease> =>
  leases.filter(({ holder }) => holder._tag === "Session" && holder.id === id)
export const waitsOf = ({ waiting }: Known, id: string): ReadonlyArray<Waiting> =>
  waiting.filter(({ holder }) => holder._tag === "Session" && holder.id === id)
