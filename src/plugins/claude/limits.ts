/** Claude Code's word that its provider takes no more work. Pure. */
import { Option, Schema } from "effect"
import type { Signal } from "../../agents/Agent.ts"
import { resetsAt } from "../sdk/resets.ts"

const Failure = Schema.Struct({
  prompt_id: Schema.optionalKey(Schema.String),
  error: Schema.String,
  last_assistant_message: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const decode = Schema.decodeUnknownOption(Failure)

/** `529 Overloaded` is a `server_error` like any other. */
const isLimit = (error: string, words: string): boolean =>
  error === "rate_limit" ||
  error === "billing_error" ||
  (error === "server_error" && /overloaded|\b529\b/iu.test(words))

/** None when the turn failed for another reason. */
export const limited = (event: string, payload: unknown, at: number | undefined): ReadonlyArray<Signal> => {
  const failure = event === "StopFailure" ? Option.getOrUndefined(decode(payload)) : undefined
  const words = failure?.last_assistant_message ?? failure?.error ?? ""
  if (failure === undefined || !isLimit(failure.error, words)) return []
  const until = at === undefined ? null : resetsAt(words, at)
  return [{ _tag: "Limited", turn: failure.prompt_id ?? "", reason: words.slice(0, 500), resetsAt: until }]
}
