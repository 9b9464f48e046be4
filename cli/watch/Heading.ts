/** The top of the screen: how many do what, and what waits for a person. */
import type { Notice } from "../../src/domain/Notice.ts"
import { span } from "../view/Time.ts"
import type { Known } from "./Known.ts"
import { type Line, line, type Piece, piece, spread, type Tone, within } from "./Piece.ts"
import { plain } from "./Plain.ts"
import { stateOf } from "./Row.ts"
import { widthOf } from "./Wide.ts"

/** In this order; others follow as they come. */
const ORDER = ["asks", "crashed", "limited", "unknown", "working"]

/** "12 sessions: 3 working, 9 idle". */
export const counts = ({ cards, listed }: Known): ReadonlyArray<Piece> => {
  if (!listed) return []
  const all = Map.groupBy([...cards.values()].map(stateOf), ([word]) => word)
  const known = [...all].sort(([one], [two]) => rank(one) - rank(two))
  const parts = known.flatMap(([word, each], index): ReadonlyArray<Piece> => {
    const tone: Tone = each[0]?.[1] ?? "plain"
    return [piece(index === 0 ? ": " : ", ", "dim"), piece(`${each.length} ${word}`, tone)]
  })
  return [piece(`${cards.size} ${cards.size === 1 ? "session" : "sessions"}`), ...parts]
}
const rank = (word: string): number => {
  const at = ORDER.indexOf(word)
  return at < 0 ? ORDER.length : at
}

/** It is back by itself within so long, ms, or somebody must start it. */
const PATIENCE = 15_000

const trouble = ({ away, listed }: Known, now: number): string | undefined => {
  if (away === null) return undefined
  const lasted = now - away.since
  return `${away.why}${listed ? ` for ${span(lasted)}` : ""}${lasted > PATIENCE ? ": sm up --detach" : ""}`
}

export const summary = (known: Known, filter: string, now: number, width: number): Line => {
  const wrong = trouble(known, now)
  const right = [
    ...(filter === "" ? [] : [piece(`/${plain(filter)}  `, "bold")]),
    ...(wrong !== undefined
      ? [piece(wrong, "bad")]
      : known.unread > 0
        ? [piece(`${known.unread} unread${width < 100 ? "" : ": sm inbox"}`, "warn")]
        : [])
  ]
  const left = [piece("sm watch", "bold"), piece("  "), ...counts(known)]
  // What is wrong is said before how many do what.
  const room = width - right.reduce((sum, { text }) => sum + widthOf(text), 0) - 1
  return room < 8 ? { pieces: within(right, width) } : spread(within(left, room), right, width)
}

const WEIGHT: Readonly<Record<Notice["severity"], number>> = { critical: 0, problem: 1, attention: 2, info: 3 }
const TONE: Readonly<Record<Notice["severity"], Tone>> = {
  critical: "bad",
  problem: "bad",
  attention: "warn",
  info: "plain"
}

/** What waits for a person, and how long. */
export interface Item {
  readonly pieces: ReadonlyArray<Piece>
  readonly about: string
}

/**
 * Questions first, the oldest first; then notices, the gravest and newest first. Those of which nothing need be done, such as
 * that somebody is idle, are seen in the rows.
 */
export const itemsOf = (known: Known, now: number): ReadonlyArray<Item> => {
  const open = known.approvals.filter(({ outcome }) => outcome === null)
  const asked = new Set<string>(open.map(({ session }) => session))
  const questions = open
    .toSorted((one, two) => one.at - two.at)
    .map(({ at, detail, id, name, tool }) => ({
      pieces: [piece(`? ${name}`, "warn"), piece(` asks: ${plain(`${tool} ${detail}`)}`)],
      about: `${id} ${span(now - at)}`
    }))
  const notices = known.notices
    .filter(({ severity }) => severity !== "info")
    // The question itself says it better.
    .filter(({ kind, session }) => session === null || !asked.has(session) || !/^(?:permission|question)$/u.test(kind))
    .toSorted((one, two) => WEIGHT[one.severity] - WEIGHT[two.severity] || two.at - one.at)
    .map(({ at, severity, text }) => ({
      pieces: [piece(`! ${plain(text)}`, TONE[severity])],
      about: span(now - at)
    }))
  const silent = known.silent.map((host) => ({
    pieces: [piece(`! ${plain(host)} does not answer: what it has to tell is missing`, "warn")],
    about: ""
  }))
  return [...questions, ...silent, ...notices]
}

/** At most so many lines. */
export const waitingLines = (items: ReadonlyArray<Item>, width: number, most: number): ReadonlyArray<Line> => {
  const lineOf = ({ about, pieces }: Item): Line =>
    spread(within(pieces, width - widthOf(about) - 1), [piece(about, "dim")], width)
  if (items.length <= most) return items.map(lineOf)
  if (most <= 0) return []
  const shown = items.slice(0, most - 1)
  return [...shown.map(lineOf), line(piece(`  and ${items.length - shown.length} more`, "dim"))]
}
