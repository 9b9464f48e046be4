/** A reminder (`sm remind`): words that sm says to a session at a time, once or again and again. */
import { Schema } from "effect"
import { ReminderId } from "./Ids.ts"
import { Sender } from "./Message.ts"

/** Longest text, UTF-8 bytes; most that may wait for one session; how far ahead, and how often at most, ms. */
export const MAX_REMINDER_BYTES = 4096
export const MAX_REMINDERS = 200
export const YEAR_MS = 366 * 86_400_000
export const MINUTE_MS = 60_000

export const Reminder = Schema.Struct({
  id: ReminderId,
  /** When it comes next, Unix milliseconds. */
  due: Schema.Finite,
  /** It comes again after so many milliseconds; null: once. */
  every: Schema.NullOr(Schema.Finite),
  text: Schema.String,
  /** Who set it. */
  by: Sender,
  /** When it was set, Unix milliseconds. */
  made: Schema.Finite
})
export type Reminder = typeof Reminder.Type
