/** A message between sessions, or from a person to a session, and the life it leads. */
import { Schema } from "effect"
import { HostId, MessageId, RoleAddress, SessionId } from "./Ids.ts"

/**
 * sequential = when the target is idle, in order; important = behind the current work without interrupting it, ahead of
 * sequential; urgent = interrupt, then submit.
 */
export const DeliveryMode = Schema.Literals(["sequential", "important", "urgent"])
export type DeliveryMode = typeof DeliveryMode.Type

/** Who speaks. A session's words and sm's own are framed with the message's id; a person's words go in bare. */
export const Sender = Schema.Struct({
  kind: Schema.Literals(["session", "human", "system"]),
  id: Schema.optionalKey(SessionId),
  /** Where a session's mailbox is, so that an actor can answer it. */
  host: Schema.optionalKey(HostId),
  name: Schema.String
})
export type Sender = typeof Sender.Type

/** Whether both are words of the same; all people are one. */
export const sameSender = (one: Sender, other: Sender): boolean => one.kind === other.kind && one.id === other.id

/** sm itself, of which nobody speaks. */
export const SYSTEM: Sender = { kind: "system", name: "sm" }

/** What a message answers: the message its sender's turn carried, the one that began it all, and how many lie between. */
export const Cause = Schema.Struct({ id: MessageId, root: MessageId, hops: Schema.Int })
export type Cause = typeof Cause.Type

/** Whom a message is for: a session, whoever of a role is free (`@role`), or the person (`human`). */
export const Addressee = Schema.Union([SessionId, RoleAddress, Schema.Literal("human")])
export type Addressee = typeof Addressee.Type

/**
 * accepted: durable, waiting. injected: typed into the pane. submitted: the agent itself confirmed it, or
 * the person has read it.
 * answered: the turn that carried it ended. parked: gave up after repeated failures, or
 * stopped by the loop guard; kept for a person.
 * expired: its time to live ran out before it was typed. dead: its session ended first. withdrawn: taken back before it
 * was typed, by its sender, by a newer one of the same key, or because it spoke of a context that was cleared.
 */
export const MessageStatus = Schema.Literals([
  "accepted",
  "injected",
  "submitted",
  "answered",
  "parked",
  "expired",
  "dead",
  "withdrawn"
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

/**
 * The frame around the words of a session or of sm itself: who speaks, and the message id that `sm trace` and recovery look
 * for. sm's own begin with a tag (`[sm wait] …`), which the id joins.
 */
export const frame = ({ from, id, text }: Pick<Message, "id" | "from" | "text">): string => {
  if (from.kind === "session") return `[Input from: ${from.name} (${from.id}) via sm send · ${id}]\n${text}`
  return from.kind === "system" ? text.replace(/^\[sm[^\]]*/u, (tag) => `${tag} · ${id}`) : text
}

/** A prompt that holds several messages: each in its frame, one empty line between them. */
export const joined = (texts: ReadonlyArray<string>): string => texts.join("\n\n")
