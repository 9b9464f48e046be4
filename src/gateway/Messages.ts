/** What `send`, `queue` and `unsend` take and give, in the table of verbs (`Api.ts`). */
import { Schema } from "effect"
import { MessageId } from "../domain/Ids.ts"
import { Addressee, DeliveryMode, MAX_TEXT_BYTES, MessageStatus, Sender } from "../domain/Message.ts"
import { Recipient } from "./Verb.ts"

export const Text = Schema.String.check(
  Schema.makeFilter((text: string) =>
    Buffer.byteLength(text) <= MAX_TEXT_BYTES
      ? true
      : `text is larger than ${MAX_TEXT_BYTES} bytes; send a file's path instead`
  )
)
export const SendInput = Schema.Struct({
  /** One recipient (a session, `@role`, `human`), or several: `a,b,c`. One that means nobody means that nothing is sent. */
  to: Recipient,
  text: Text,
  mode: Schema.optionalKey(DeliveryMode),
  /** Made by the sender; a retry with the same id is the same message. The second recipient's message has the next id. */
  messageId: Schema.optionalKey(MessageId),
  /** A newer message of the same sender with the same key takes the place of this one while it waits. */
  key: Schema.optionalKey(Schema.NonEmptyString.check(Schema.isMaxLength(100))),
  /** The caller, an agent, is told by a message of sm's own when the agent has it. */
  notifyOnDelivery: Schema.optionalKey(Schema.Boolean),
  /** And when the turn that carried it ended, with its answer. Default: from an agent, unless it goes to its parent. */
  notifyOnStop: Schema.optionalKey(Schema.Boolean),
  /** Seconds after which it must not be typed any more; at most the thirty days for which its text is kept. */
  ttl: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(30 * 86_400)))
})

/** Whom a message is for. */
export const Receiver = Schema.Struct({ id: Addressee, name: Schema.String })

/** What became of a message at its acceptance. */
export const Sent = Schema.Struct({
  messageId: MessageId,
  to: Receiver,
  state: MessageStatus,
  /** The session's phase when it was accepted; of a role: idle, busy or nobody there; of the person: unread. */
  target: Schema.String,
  /** What its sender should know besides. */
  note: Schema.optionalKey(Schema.String)
})

/** One of several messages that its recipient did not take. */
export const Unsent = Schema.Struct({
  messageId: MessageId,
  to: Receiver,
  error: Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })
})

/** A message in a session's line, on its way into the pane, or in the running turn. */
export const Queued = Schema.Struct({
  id: MessageId,
  from: Sender,
  mode: DeliveryMode,
  kind: Schema.String,
  /** waiting, typing, flying (typed and not confirmed) or carried (by the running turn); handed (to one of the role). */
  place: Schema.Literals(["waiting", "typing", "flying", "carried", "handed"]),
  /** Unix milliseconds of its acceptance. */
  at: Schema.Finite,
  expiresAt: Schema.NullOr(Schema.Finite),
  tries: Schema.Int,
  key: Schema.NullOr(Schema.String),
  /** Its first words. */
  text: Schema.String
})
