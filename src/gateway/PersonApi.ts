/** Verbs for the person: what agents sent, and those who were stopped. */
import { Schema } from "effect"
import { MessageId } from "../domain/Ids.ts"
import { Sender } from "../domain/Message.ts"
import { Recipient, verb, Who } from "./Verb.ts"

/** A message to the person. */
export const InboxItem = Schema.Struct({
  id: MessageId,
  from: Sender,
  /** Unix milliseconds. */
  at: Schema.Finite,
  readAt: Schema.NullOr(Schema.Finite),
  text: Schema.String
})

export const personVerbs = {
  inbox: verb(
    "Messages to the person: what is unread, oldest first; `all`: then what was read.",
    Schema.Struct({ all: Schema.optionalKey(Schema.Boolean) }),
    Schema.Struct({ unread: Schema.Int, letters: Schema.Array(InboxItem), left: Schema.Int })
  ),
  markRead: verb(
    "A person has read these messages (default: all); answers with them.",
    Schema.Struct({ ids: Schema.optionalKey(Schema.Array(MessageId)) }),
    Schema.Struct({ read: Schema.Int, letters: Schema.Array(InboxItem), unknown: Schema.Array(MessageId) })
  ),
  unmute: verb(
    "Let a session write to another again after the loop guard has stopped it.",
    Schema.Struct({ from: Recipient, to: Recipient }),
    Schema.Struct({ from: Who, to: Who })
  )
} as const
