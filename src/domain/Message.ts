/** A message between sessions, or from a person to a session, and the life it leads. */
import { Schema } from "effect"
import { MessageId, SessionId } from "./Ids.ts"

/** sequential = when the target is idle, in order; urgent = interrupt, then submit. */
export const DeliveryMode = Schema.Literals(["sequential", "urgent"])
export type DeliveryMode = typeof DeliveryMode.Type

/** Who speaks. A session's words are framed with its name and ids; a person's words go in bare. */
export const Sender = Schema.Struct({
  kind: Schema.Literals(["session", "human", "system"]),
  id: Schema.optionalKey(SessionId),
  name: Schema.String
})
export type Sender = typeof Sender.Type

/**
 * accepted: durable, waiting. injected: typed into the pane. submitted: the agent itself confirmed it.
 * answered: the turn that carried it ended. parked: gave up after repeated failures, kept for a person.
 * expired: its time to live ran out before it was typed. dead: its session ended first.
 */
export const MessageStatus = Schema.Literals([
  "accepted",
  "injected",
  "submitted",
  "answered",
  "parked",
  "expired",
  "dead"
])
export type MessageStatus = typeof MessageStatus.Type

/** Largest text one message may carry, in UTF-8 bytes: the seed's promise is that 1 MB arrives. */
export const MAX_TEXT_BYTES = 1024 * 1024

export const Message = Schema.Struct({
  id: MessageId,
  to: SessionId,
  from: Sender,
  mode: DeliveryMode,
  text: Schema.String,
  /** Unix milliseconds at which the sender's request was accepted. */
  at: Schema.Finite,
  /** Unix milliseconds after which it must not be typed any more. */
  expiresAt: Schema.optionalKey(Schema.Finite)
})
export type Message = typeof Message.Type

/** One hop of `sm trace`. */
export const Hop = Schema.Struct({
  status: MessageStatus,
  at: Schema.Finite,
  /** What proves it: `stream seq 42`, `hook UserPromptSubmit prompt_id=…`, `transcript …:118`. */
  evidence: Schema.String
})
export type Hop = typeof Hop.Type

/** The frame around a session's words (behaviour.md §3.1, plus the message id that `sm trace` and recovery look for). */
export const frame = (message: Pick<Message, "id" | "from" | "text">): string =>
  message.from.kind === "session"
    ? `[Input from: ${message.from.name} (${message.from.id}) via sm send · ${message.id}]\n${message.text}`
    : message.text
