/** What travels in a mailbox, and what comes back to whoever asked. */
import { Schema } from "effect"

export const Envelope = Schema.Struct({
  v: Schema.Literal(1),
  id: Schema.String,
  tag: Schema.String,
  /** Encoded by the message's own schema. */
  payload: Schema.Json,
  /** Unix milliseconds. */
  sentAt: Schema.Finite,
  replyTo: Schema.optionalKey(Schema.String)
})
export type Envelope = typeof Envelope.Type

/** `refused` carries the message's own typed failure; `crashed` says why nobody could handle it. */
export const Answer = Schema.Union([
  Schema.TaggedStruct("ok", { value: Schema.Json }),
  Schema.TaggedStruct("refused", { value: Schema.Json }),
  Schema.TaggedStruct("crashed", { reason: Schema.String })
])
export type Answer = typeof Answer.Type

const envelopeJson = Schema.fromJsonString(Envelope)
const answerJson = Schema.fromJsonString(Answer)

export const decodeEnvelope = Schema.decodeEffect(envelopeJson)
export const encodeEnvelope = Schema.encodeSync(envelopeJson)
export const decodeAnswer = Schema.decodeEffect(answerJson)
export const encodeAnswer = Schema.encodeSync(answerJson)
