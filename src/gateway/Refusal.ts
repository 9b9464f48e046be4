/** The answers that are no verb's own: a refusal, and the envelope around every answer. */
import { Schema } from "effect"

/** The answer is no; part of the protocol. `code` is stable, `message` is one sentence, `hint` the next thing to try. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  code: Schema.Literals([
    "not-found",
    "ambiguous",
    "name-taken",
    "not-allowed",
    "invalid",
    "wrong-state",
    "unavailable",
    "timeout",
    "internal"
  ]),
  message: Schema.String,
  hint: Schema.String
}) {}

/** What every request is answered with, and what `--json` prints. */
export const Reply = Schema.Union([
  Schema.Struct({ ok: Schema.Literal(true), data: Schema.Json }),
  Schema.Struct({
    ok: Schema.Literal(false),
    error: Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })
  })
])
export type Reply = typeof Reply.Type
