/** Codex's word that its provider takes no more work, out of its rollout: no hook tells. Pure. */
import { Option, Schema } from "effect"
import type { Observation } from "../../agents/Agent.ts"
import { resetsAt } from "../sdk/resets.ts"

/** How `task_complete` tells that a turn failed. */
export const Failure = Schema.Struct({
  message: Schema.String,
  codex_error_info: Schema.optionalKey(Schema.Unknown)
})

const Tried = Schema.Struct({
  response_too_many_failed_attempts: Schema.Struct({ http_status_code: Schema.NullOr(Schema.Finite) })
})
const decodeTried = Schema.decodeUnknownOption(Tried)

const Window = Schema.NullOr(Schema.Struct({ used_percent: Schema.Finite, resets_at: Schema.NullOr(Schema.Finite) }))
const Told = Schema.fromJsonString(
  Schema.Struct({
    payload: Schema.Struct({ rate_limits: Schema.Struct({ primary: Window, secondary: Window }) })
  })
)
const decodeTold = Schema.decodeOption(Told)

const isLimit = (info: unknown): boolean => {
  if (info === "usage_limit_exceeded" || info === "server_overloaded") return true
  const tried = Option.getOrUndefined(decodeTried(info))?.response_too_many_failed_attempts.http_status_code
  return tried === 429 || tried === 529
}

/** The end of the windows that are used up, Unix ms, as the provider told last. */
const told = (lines: ReadonlyArray<string>): number | null => {
  const line = lines.findLast((text) => text.includes('"rate_limits":{'))
  const windows = Option.getOrUndefined(decodeTold(line ?? ""))?.payload.rate_limits
  const ends = [windows?.primary, windows?.secondary].flatMap((found) =>
    found != null && found.used_percent >= 100 && found.resets_at !== null ? [found.resets_at * 1000] : []
  )
  return ends.length === 0 ? null : Math.max(...ends)
}

/** None when the turn failed for another reason. `lines`: the rollout, for what else it tells. `at`: when it failed. */
export const limited = (
  { codex_error_info, message }: typeof Failure.Type,
  lines: ReadonlyArray<string>,
  at: number
): Observation["limited"] => {
  if (!isLimit(codex_error_info)) return undefined
  const usage = codex_error_info === "usage_limit_exceeded"
  return { reason: message.slice(0, 500), resetsAt: usage ? (resetsAt(message, at) ?? told(lines)) : null }
}
