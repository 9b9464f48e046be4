/** Codex's rollout file: the authority on how a turn ended, errors included, where no hook speaks. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { Observation, Seat, Signal } from "../../agents/Agent.ts"
import { head, mentions, tail } from "../sdk/transcript.ts"
import { codexHome } from "./home.ts"
import { Failure, limited } from "./limits.ts"

const Complete = Schema.fromJsonString(
  Schema.Struct({
    timestamp: Schema.optionalKey(Schema.String),
    payload: Schema.Struct({ error: Schema.optionalKey(Schema.NullOr(Failure)) })
  })
)
const decodeComplete = Schema.decodeOption(Complete)

const Tokens = Schema.fromJsonString(
  Schema.Struct({
    payload: Schema.Struct({
      info: Schema.NullOr(
        Schema.Struct({
          last_token_usage: Schema.Struct({ input_tokens: Schema.Int }),
          model_context_window: Schema.Int.check(Schema.isGreaterThan(0))
        })
      )
    })
  })
)
const decodeTokens = Schema.decodeOption(Tokens)

const Stop = Schema.Struct({ transcript_path: Schema.String, model: Schema.optionalKey(Schema.String) })
const decodeStop = Schema.decodeUnknownOption(Stop)

const sessionsDir = (seat: Seat): string => join(codexHome(seat.env), "sessions")

/** The rollout of a thread: told by the hooks, else found by its name. */
const locate = async (seat: Seat): Promise<string | undefined> => {
  if (seat.transcript !== null) return seat.transcript
  const { agentSessionId } = seat
  if (agentSessionId === null) return undefined
  const files = await readdir(sessionsDir(seat), { recursive: true }).catch(() => [])
  const found = files.find((file) => file.endsWith(`${agentSessionId}.jsonl`))
  return found === undefined ? undefined : join(sessionsDir(seat), found)
}

/** The first line is about the program. */
export const version = (seat: Seat): Effect.Effect<string | undefined> =>
  Effect.promise(async () => {
    const path = await locate(seat)
    const first = path === undefined ? undefined : await head(path, 4096)
    return /"cli_version":"([^"]{1,50})"/u.exec(first ?? "")?.[1]
  })

export const observe = (
  seat: Seat
): Effect.Effect<Option.Option<Pick<Observation, "activity" | "detail" | "limited">>> =>
  Effect.promise(async () => {
    const path = await locate(seat)
    const lines = path === undefined ? [] : ((await tail(path, 65_536)) ?? "").split("\n")
    const mark = lines.findLast((line) => /"type":"(task_started|task_complete|turn_aborted)"/u.test(line))
    // A running task says nothing of a dialog: there the screen knows better.
    if (mark === undefined || mark.includes('"task_started"')) return Option.none()
    if (mark.includes('"turn_aborted"')) return Option.some({ activity: "idle" as const, detail: "turn interrupted" })
    const { payload, timestamp } = Option.getOrUndefined(decodeComplete(mark)) ?? { payload: {} }
    const { error } = payload
    if (error == null) return Option.some({ activity: "idle" as const, detail: "" })
    const met = limited(error, lines, Date.parse(timestamp ?? ""))
    const detail = `turn failed: ${error.message}`
    return Option.some({ activity: "idle" as const, detail, ...(met === undefined ? {} : { limited: met }) })
  })

/** How full the context is: what the last request took up, of what the model holds. */
export const measure = (event: string, payload: unknown): Effect.Effect<ReadonlyArray<Signal>> =>
  Effect.promise(async () => {
    const stop = event === "Stop" ? Option.getOrUndefined(decodeStop(payload)) : undefined
    if (stop === undefined) return []
    const lines = ((await tail(stop.transcript_path, 65_536)) ?? "").split("\n")
    const line = lines.findLast((text) => text.includes('"type":"token_count"'))
    const info = Option.getOrUndefined(decodeTokens(line ?? ""))?.payload.info
    if (info == null) return []
    const used = info.last_token_usage.input_tokens
    const window = info.model_context_window
    const percent = Math.round((used / window) * 100)
    return [
      { _tag: "ContextMeasured", used, window, percent, ...(stop.model === undefined ? {} : { model: stop.model }) }
    ]
  })

const PROMPT = /"type":"(response_item|event_msg)"/u
const USER = /"role":"user"|"user_message"/u

export const submitted = (seat: Seat, text: string, since: number): Effect.Effect<"yes" | "no" | "unknown"> =>
  Effect.promise(async () => {
    const path = await locate(seat)
    // Neither thread nor rollout exists before the first prompt.
    if (path === undefined) return seat.agentSessionId === null ? "unknown" : "no"
    const lines = ((await tail(path)) ?? "").split("\n")
    return lines.some((line) => PROMPT.test(line) && USER.test(line) && mentions(line, text, since)) ? "yes" : "no"
  })
