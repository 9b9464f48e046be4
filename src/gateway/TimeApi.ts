/** Verbs about time: reminders, and waiting for a session to be idle. */
import { Schema } from "effect"
import { MessageId, ReminderId } from "../domain/Ids.ts"
import { MAX_REMINDER_BYTES, MINUTE_MS, Reminder, YEAR_MS } from "../domain/Reminder.ts"
import { SessionCard, SessionPhase } from "../domain/Session.ts"
import { Recipient, verb, Who } from "./Verb.ts"

export const RemindInput = Schema.Struct({
  /** Default: the caller. A session may remind itself and its children. */
  session: Schema.optionalKey(Recipient),
  /** When, Unix milliseconds by the daemon's clock. */
  at: Schema.Finite,
  /** Again after so many milliseconds, a minute at least. */
  every: Schema.optionalKey(
    Schema.Finite.check(
      Schema.isBetween(
        { minimum: MINUTE_MS, maximum: YEAR_MS },
        { message: "every is a minute at least and a year at most" }
      )
    )
  ),
  text: Schema.NonEmptyString.check(
    Schema.makeFilter((text: string) =>
      Buffer.byteLength(text) <= MAX_REMINDER_BYTES
        ? true
        : `text is larger than ${MAX_REMINDER_BYTES} bytes; give a file's path instead`
    )
  ),
  /** Made by the caller; a retry with the same id is the same reminder. */
  id: Schema.optionalKey(ReminderId)
})

export const timeVerbs = {
  remind: verb(
    "Remind a session (default: the caller) at a time, once or again and again.",
    RemindInput,
    Schema.Struct({ session: Who, reminder: Reminder })
  ),
  reminders: verb(
    "What a session (default: the caller) will be reminded of, soonest first.",
    Schema.Struct({ session: Schema.optionalKey(Recipient) }),
    Schema.Struct({ session: Who, reminders: Schema.Array(Reminder) })
  ),
  cancelReminder: verb(
    "Drop these reminders of a session (default: the caller); without ids, all.",
    Schema.Struct({
      session: Schema.optionalKey(Recipient),
      ids: Schema.optionalKey(Schema.NonEmptyArray(ReminderId))
    }),
    Schema.Struct({ session: Who, cancelled: Schema.Array(Reminder) })
  ),
  watch: verb(
    "Tell the calling session when another is idle or gone, or when the time is up; a later watch replaces it.",
    Schema.Struct({
      session: Recipient,
      /** Default: an hour. */
      timeoutMs: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 7 * 86_400_000 }))),
      /** Made by the caller; a retry with the same id is the same watch. */
      id: Schema.optionalKey(MessageId)
    }),
    Schema.Struct({
      session: Who,
      state: SessionPhase,
      /** Unix milliseconds. */
      until: Schema.Finite,
      /** It was idle or gone already: the word of it is on its way. */
      told: Schema.Boolean
    })
  ),
  unwatch: verb(
    "End the calling session's watch of another.",
    Schema.Struct({ session: Recipient }),
    Schema.Struct({ session: Who })
  ),
  awaitIdle: verb(
    "Wait until a session is idle with nothing on its way to it, or gone; `active` when the time was up first.",
    Schema.Struct({
      session: Recipient,
      timeoutMs: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 3_600_000 }))
    }),
    Schema.Struct({ outcome: Schema.Literals(["idle", "gone", "active"]), session: SessionCard })
  )
} as const
