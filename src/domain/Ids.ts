/** Branded identifiers and the rules they obey. */
import { Clock, Effect, Random, Schema } from "effect"

/** Eight lower-case hex digits. */
export const SessionId = Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}$/u)).pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type

/** A host's name: one subject token. */
export const HostId = Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,31}$/u)).pipe(Schema.brand("HostId"))
export type HostId = typeof HostId.Type

/**
 * `m` + nine base-36 digits of Unix milliseconds + six random base-36 digits: sorts by time, needs no crypto, and the
 * sender makes it, so that a retried send is the same message.
 */
export const MessageId = Schema.String.check(
  Schema.isPattern(/^m[0-9a-z]{15}$/u, { message: "a message's id is `m` and 15 letters or digits" })
).pipe(Schema.brand("MessageId"))
export type MessageId = typeof MessageId.Type

/** `r` and seven base-36 digits; whoever asks makes it, so that a retry is the same reminder. */
export const ReminderId = Schema.String.check(Schema.isPattern(/^r[0-9a-z]{7}$/u)).pipe(Schema.brand("ReminderId"))
export type ReminderId = typeof ReminderId.Type

/** What people call a session: 1–32 of letters, digits, `_`, `-`; never eight hex digits, which would read as an id, nor a word that means somebody else. */
export const SessionName = Schema.String.check(
  Schema.isPattern(/^(?!(?:[0-9a-f]{8}|parent|human)$)[A-Za-z0-9_-]{1,32}$/u, {
    message:
      "a name is 1-32 letters, digits, _ or -, and neither `parent`, `human` nor eight hex digits (that is how an id looks)"
  })
).pipe(Schema.brand("SessionName"))
export type SessionName = typeof SessionName.Type

/** What a session works as: `engineer`. */
export const RoleName = Schema.String.check(
  Schema.isPattern(/^(?!human$)[A-Za-z0-9_-]{1,32}$/u, {
    message: "a role is 1-32 letters, digits, _ or -, and not `human`, for @human is the person"
  })
).pipe(Schema.brand("RoleName"))
export type RoleName = typeof RoleName.Type

/** `@engineer`: the work queue of a role. */
export const RoleAddress = Schema.String.check(Schema.isPattern(/^@(?!human$)[A-Za-z0-9_-]{1,32}$/u)).pipe(
  Schema.brand("RoleAddress")
)
export type RoleAddress = typeof RoleAddress.Type

const digits = (count: number, radix: number) =>
  Effect.map(Random.nextIntBetween(0, radix ** count), (value) => value.toString(radix).padStart(count, "0"))

export const makeSessionId: Effect.Effect<SessionId> = Effect.map(digits(8, 16), (id) => SessionId.make(id))

export const makeMessageId: Effect.Effect<MessageId> = Effect.gen(function* () {
  const time = (yield* Clock.currentTimeMillis).toString(36).padStart(9, "0")
  return MessageId.make(`m${time}${yield* digits(6, 36)}`)
})

export const makeReminderId: Effect.Effect<ReminderId> = Effect.map(digits(7, 36), (id) => ReminderId.make(`r${id}`))

/** The id of the message to the next recipient of the same words: it follows from the first, so that a retry repeats it. */
export const nextId = (first: MessageId, index: number): MessageId => {
  const luck = (Number.parseInt(first.slice(10), 36) + index) % 36 ** 6
  return MessageId.make(`${first.slice(0, 10)}${luck.toString(36).padStart(6, "0")}`)
}
