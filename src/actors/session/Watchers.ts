/** Pure: those who wait (`sm wait`) for a session to be idle. Each is told exactly one thing, whatever happens. */
import type { MessageId } from "../../domain/Ids.ts"
import type { Sender } from "../../domain/Message.ts"
import { isLive, isQuiet } from "../../domain/Session.ts"
import { Out, timer } from "../Out.ts"
import { expire } from "./Delivery.ts"
import { andThen, cardOf, type Move, stay } from "./Move.ts"
import { notice } from "./Notices.ts"
import type { Reflex } from "./Reflex.ts"
import { Session } from "./Session.ts"
import type { State, Watcher } from "./State.ts"

const timerOf = (id: MessageId): string => `watch-${id}`
const disarmed = ({ id }: Watcher): Out => Out.cases.CancelTimer.make({ name: timerOf(id) })

/** When the wait was asked for, Unix ms: its id begins with that. */
const askedAt = (id: MessageId): number => Number.parseInt(id.slice(1, 10), 36)

/** The id of this letter follows from the wait alone: of two outcomes only the first would be taken. */
const told = (state: State, { by, id }: Watcher, words: string): ReadonlyArray<Out> =>
  notice(state, by, { about: `watch ${id}`, at: askedAt(id), text: `[sm wait] ${words}`, mode: "important" })

const secondsOf = ({ since }: Watcher, now: number): number => Math.max(0, Math.round((now - since) / 1000))

/** One wait of a session at a time: the newer takes the older one's place, and the caller is told once. */
export const watch = (state: State, watcher: Watcher): Move => {
  if (state.watchers.some(({ id }) => id === watcher.id)) return stay(state)
  const replaced = state.watchers.filter(({ by }) => by.id === watcher.by.id)
  const watchers = [...state.watchers.filter((other) => !replaced.includes(other)), watcher]
  return {
    state: { ...state, watchers },
    out: [
      ...replaced.map(disarmed),
      timer(Session, timerOf(watcher.id), watcher.until, "WatchOver", { id: watcher.id })
    ]
  }
}

export const unwatch = (state: State, by: Sender): Move => {
  const gone = state.watchers.filter((watcher) => watcher.by.id === by.id)
  if (gone.length === 0) return stay(state)
  return {
    state: { ...state, watchers: state.watchers.filter((other) => !gone.includes(other)) },
    out: gone.map(disarmed)
  }
}

/** The time is up, and it is still at work: whoever is idle or gone has been told so before. */
export const watchOver = (state: State, id: MessageId, now: number): Move => {
  const watcher = state.watchers.find((other) => other.id === id)
  if (watcher === undefined) return stay(state)
  const { detail, name, phase } = state
  const why = phase === "working" ? "" : ` (${phase}${detail === "" ? "" : `: ${detail}`})`
  return {
    state: { ...state, watchers: state.watchers.filter((other) => other !== watcher) },
    out: told(state, watcher, `Timeout: ${name} still active after ${secondsOf(watcher, now)}s${why}`)
  }
}

const tellThem = (after: State, now: number): Move => {
  const { detail, name, phase } = after
  const gone = !isLive(phase)
  if (!gone && !isQuiet(cardOf(after))) return stay(after)
  const words = (watcher: Watcher) =>
    gone
      ? `${name} no longer exists (${phase}${detail === "" ? "" : `: ${detail}`})`
      : `${name} is now idle (waited ${secondsOf(watcher, now)}s)`
  return {
    state: { ...after, watchers: [] },
    out: after.watchers.flatMap((watcher) => [...told(after, watcher, words(watcher)), disarmed(watcher)])
  }
}

/** Tells everyone who waits, as soon as there is something to tell. Letters whose time ran out keep nobody waiting. */
export const watched: Reflex = (_, after, now) =>
  after.watchers.length === 0 ? stay(after) : andThen(expire(after, now), (state) => tellThem(state, now))
