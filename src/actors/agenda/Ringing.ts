/** Pure: what a session is told when a reminder is due, and when it is due again. */
import type { SessionId } from "../../domain/Ids.ts"
import type { Letter } from "../../domain/Letter.ts"
import type { Reminder } from "../../domain/Reminder.ts"
import { span } from "../../domain/Span.ts"
import { noticeId } from "../NoticeId.ts"
import { ownLetter } from "../OwnLetter.ts"

/** Ms after which a reminder is called late. */
const LATE = 10_000

export interface Ring {
  readonly text: string
  readonly letter: Letter
  /** The same reminder when it comes next; null when it is over. */
  readonly next: Reminder | null
}

/** The words of a reminder, and below them what must be known of it. */
const wordingOf = (session: SessionId, { by, every, id, text }: Reminder, late: number, count: number): string => {
  const notes = [
    ...(by.id === session ? [] : [`set by ${by.kind === "session" ? `${by.name} (${by.id})` : "a person"}`]),
    ...(every === null ? [] : [`every ${span(every)}; sm remind --cancel ${id} ends it`]),
    ...(late < LATE ? [] : [`late by ${span(late)}`]),
    ...(count === 1 ? [] : [`for ${count} that came due`])
  ]
  return `[sm remind] ${text}${notes.length === 0 ? "" : `\n(${notes.join("; ")})`}`
}

/**
 * The reminder was due, and now is the time, Unix ms. Whole periods that went by since are told with it: it comes again in
 * its own rhythm, not in that of the delays. Its letter's id follows from reminder and time, so it is taken once.
 */
export const ring = (session: SessionId, reminder: Reminder, now: number): Ring => {
  const { due, every, id } = reminder
  const late = Math.max(0, now - due)
  const missed = every === null ? 0 : Math.floor(late / every)
  const text = wordingOf(session, reminder, late, missed + 1)
  // One that still waits is worth nothing beside the next.
  const key = every === null ? {} : { key: `remind ${id}` }
  const own = { id: noticeId(due, `remind ${session} ${id} ${due}`), at: now, mode: "important", ...key } as const
  const letter = ownLetter(own, text)
  return { text, letter, next: every === null ? null : { ...reminder, due: due + (missed + 1) * every } }
}
