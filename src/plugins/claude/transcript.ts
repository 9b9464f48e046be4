/** Claude Code's own word of what it is doing, and of what it was told: its registry of processes and its transcript. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { Observation, Seat } from "../../agents/Agent.ts"
import { mentions, tail } from "../sdk/transcript.ts"
import { claudeHome } from "./home.ts"
import { registered } from "./registry.ts"

/** A turn that met a limit: the words, and when it ends, Unix seconds. */
const Refused = Schema.fromJsonString(
  Schema.Struct({
    isApiErrorMessage: Schema.Literal(true),
    message: Schema.Struct({ content: Schema.Array(Schema.Struct({ text: Schema.optionalKey(Schema.String) })) }),
    quotaLimits: Schema.Struct({ status: Schema.Literal("rejected"), resetsAt: Schema.optionalKey(Schema.Finite) })
  })
)
const decodeRefused = Schema.decodeOption(Refused)

/** Bytes of the transcript's end in which what was said last is looked for: attachments of any size may come behind it. */
const NEAR = 16_384
const FAR = 1_048_576

const lastSaid = async (transcript: string): Promise<string> => {
  for (const most of [NEAR, FAR]) {
    const lines = ((await tail(transcript, most)) ?? "").split("\n")
    const last = lines.findLast((line) => /"type":"(user|assistant)"/u.test(line))
    if (last !== undefined) return last
  }
  return ""
}

/** How the last turn ended, as far as no hook tells it, or not as exactly. */
const ending = async (seat: Seat): Promise<Pick<Observation, "detail" | "limited">> => {
  const last = seat.transcript === null ? "" : await lastSaid(seat.transcript)
  if (last.includes('"[Request interrupted by user')) return { detail: "turn interrupted" }
  const refused = Option.getOrUndefined(decodeRefused(last))
  if (refused === undefined) return { detail: "" }
  const { resetsAt } = refused.quotaLimits
  const reason = refused.message.content.map(({ text = "" }) => text).join(" ")
  return { detail: "", limited: { reason, resetsAt: resetsAt === undefined ? null : resetsAt * 1000 } }
}

/** The registry is right in every case, also after Esc, where no hook speaks. */
export const observe = (
  seat: Seat
): Effect.Effect<Option.Option<Pick<Observation, "activity" | "detail" | "limited">>> =>
  Effect.gen(function* () {
    const { status, waitingFor } = (yield* registered(seat)) ?? { status: "" }
    // `shell`: idle, with a shell left running in the background.
    if (status === "idle" || status === "shell")
      return Option.some({ activity: "idle" as const, ...(yield* Effect.promise(() => ending(seat))) })
    if (status === "busy") return Option.some({ activity: "busy" as const, detail: "" })
    if (status !== "waiting") return Option.none()
    // At a limit it may ask what to do.
    const { limited } = yield* Effect.promise(() => ending(seat))
    const asks = { activity: "dialog" as const, detail: waitingFor ?? "" }
    return Option.some(limited === undefined ? asks : { ...asks, limited })
  })

export const version = (seat: Seat): Effect.Effect<string | undefined> =>
  Effect.map(registered(seat), (found) => found?.version)

/** The transcript of a conversation, wherever Claude filed it; none before its first prompt. */
export const transcriptOf = async (
  env: Readonly<Record<string, string>>,
  conversation: string
): Promise<string | undefined> => {
  const projects = join(claudeHome(env), "projects")
  for (const project of await readdir(projects).catch(() => [])) {
    const path = join(projects, project, `${conversation}.jsonl`)
    if ((await tail(path)) !== undefined) return path
  }
  return undefined
}

const locate = async (seat: Seat): Promise<string | undefined> => {
  if (seat.transcript !== null) return seat.transcript
  return seat.agentSessionId === null ? undefined : ((await transcriptOf(seat.env, seat.agentSessionId)) ?? "")
}

/** Lines that hold what was said, once the agent has read it: its own turn, or the middle of the running one. */
const PROMPT = /"type":"(user|attachment)"/u
/** What is queued behind the running turn is in the line, from where it is read, or taken back by a person. */
const QUEUE = /"type":"queue-operation"/u
const ENQUEUED = /"operation":"enqueue"/u
const ABSORBED = /"reason":"absorbed_mid_turn"/u

/**
 * What a line for Claude Code itself leaves in the transcript instead of a prompt: a command, one it does not know, a
 * line for the shell. None: the text is a prompt.
 */
const controls = (text: string): ReadonlyArray<string> => {
  const words = text.trim()
  if (words.startsWith("!")) return [`<bash-input>${words.slice(1).trim()}</bash-input>`]
  if (!words.startsWith("/")) return []
  const [name = ""] = words.split(/\s/u)
  return [`<command-name>${name}</command-name>`, `Unknown command: ${name}`]
}
const CONTROL = /"type":"(user|system)"/u

export const submitted = (
  seat: Seat,
  text: string,
  since: number
): Effect.Effect<"yes" | "queued" | "no" | "unknown"> =>
  Effect.promise(async () => {
    const path = await locate(seat)
    if (path === undefined) return "unknown"
    const lines = path === "" ? [] : ((await tail(path)) ?? "").split("\n")
    const marks = controls(text)
    if (marks.length > 0) {
      // Some leave nothing behind: that it is not there says nothing, and twice is not once.
      return marks.some((mark) => lines.some((line) => CONTROL.test(line) && mentions(line, mark, since)))
        ? "yes"
        : "unknown"
    }
    const about = lines.filter((line) => (PROMPT.test(line) || QUEUE.test(line)) && mentions(line, text, since))
    if (about.some((line) => ABSORBED.test(line) || !QUEUE.test(line))) return "yes"
    return ENQUEUED.test(about.at(-1) ?? "") ? "queued" : "no"
  })
