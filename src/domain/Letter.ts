/** A message as it stands in a line to be typed. */
import { Schema } from "effect"
import { MessageId } from "./Ids.ts"
import { Cause, DeliveryMode, sameSender, Sender } from "./Message.ts"

/**
 * A task given by `sm dispatch`: its role, its headline, when the agent is reminded to say how it goes, and how often its
 * dispatcher is woken with a digest meanwhile (none: as often as `soft`), ms.
 */
export const Order = Schema.Struct({
  role: Schema.String,
  task: Schema.String,
  soft: Schema.Finite,
  hard: Schema.Finite,
  wake: Schema.optionalKey(Schema.Finite)
})
export type Order = typeof Order.Type

/** What stands in line to be typed. Its text is in the broker's texts under the message id. */
export const Letter = Schema.Struct({
  id: MessageId,
  from: Sender,
  mode: DeliveryMode,
  /**
   * `control` is a command of the agent's own (`/compact`), bare and alone; it may leave no trace, and twice is not once.
   * `clear` is the one that drops the context, sm's own doing and no message.
   */
  kind: Schema.Literals(["message", "control", "clear"]),
  at: Schema.Finite,
  expiresAt: Schema.optionalKey(Schema.Finite),
  /** UTF-8 bytes of its text. */
  bytes: Schema.Int,
  /** How often it was taken up to be typed. */
  tries: Schema.Int,
  /** What it answers; none for a message that begins something. */
  cause: Schema.optionalKey(Cause),
  /** A newer one of the same sender with the same key takes its place while it waits. */
  key: Schema.optionalKey(Schema.String),
  /** What its sender, a session, wants to be told: that it was delivered, and how the turn that carried it ended. */
  notify: Schema.optionalKey(Schema.Struct({ delivery: Schema.Boolean, stop: Schema.Boolean })),
  /** It speaks of this context of the session itself: once that is cleared it means nothing. */
  epoch: Schema.optionalKey(Schema.Int),
  /** The work queue it came from: if this session dies, another of the role takes it. */
  pool: Schema.optionalKey(Schema.String),
  /** Typed only when this clear has had its effect; given up with it. */
  after: Schema.optionalKey(MessageId),
  /** It is a task, and what is armed when the agent takes it. */
  order: Schema.optionalKey(Order)
})
export type Letter = typeof Letter.Type

/** Whether this one takes the place of another that waits: of the same sender, with the same key. */
export const replaces = (letter: Pick<Letter, "from" | "key">, other: Pick<Letter, "from" | "key">): boolean =>
  letter.key !== undefined && other.key === letter.key && sameSender(other.from, letter.from)
