/** Claude Code's own files: the registry of running processes and the transcript. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { Observation, Seat } from "../../agents/Agent.ts"
import { mentions, tail } from "../sdk/transcript.ts"
import { claudeHome } from "./home.ts"

const Registered = Schema.fromJsonString(
  Schema.Struct({
    pid: Schema.Finite,
    procStart: Schema.optionalKey(Schema.String),
    status: Schema.String,
    waitingFor: Schema.optionalKey(Schema.NullOr(Schema.String))
  })
)
const decodeRegistered = Schema.decodeOption(Registered)

const optional = (path: string) => readFile(path, "utf8").catch(() => "")

/** Start time of a process in clock ticks, as Linux tells; none elsewhere. */
const startOf = async (pid: number): Promise<string | undefined> =>
  (await optional(`/proc/${pid}/stat`)).split(") ")[1]?.split(" ")[19]

/** What no hook says of how the last turn ended. */
const ending = async (seat: Seat): Promise<string> => {
  const lines = seat.transcript === null ? [] : ((await tail(seat.transcript, 16_384)) ?? "").split("\n")
  const last = lines.findLast((line) => /"type":"(user|assistant)"/u.test(line))
  return last?.includes('"[Request interrupted by user') === true ? "turn interrupted" : ""
}

/** `sessions/<pid>.json`: right in every case, also after Esc, where no hook speaks. Stale after a SIGKILL, hence the check. */
export const observe = (seat: Seat): Effect.Effect<Option.Option<Pick<Observation, "activity" | "detail">>> =>
  Effect.promise(async () => {
    const found = decodeRegistered(await optional(join(claudeHome(seat.env), "sessions", `${seat.pid}.json`)))
    if (Option.isNone(found)) return Option.none()
    const { procStart, status, waitingFor } = found.value
    const started = await startOf(seat.pid)
    if (procStart !== undefined && started !== undefined && procStart !== started) return Option.none()
    // `shell`: idle, with a shell left running in the background.
    if (status === "idle" || status === "shell")
      return Option.some({ activity: "idle" as const, detail: await ending(seat) })
    if (status === "busy") return Option.some({ activity: "busy" as const, detail: "" })
    if (status === "waiting") return Option.some({ activity: "dialog" as const, detail: waitingFor ?? "" })
    return Option.none()
  })

/** The transcript by its session id, wherever Claude filed it. */
const locate = async (seat: Seat): Promise<string | undefined> => {
  if (seat.transcript !== null) return seat.transcript
  if (seat.agentSessionId === null) return undefined
  const projects = join(claudeHome(seat.env), "projects")
  for (const project of await readdir(projects).catch(() => [])) {
    const path = join(projects, project, `${seat.agentSessionId}.jsonl`)
    if ((await tail(path)) !== undefined) return path
  }
  // Not written before the first prompt: none was taken.
  return ""
}

/** Lines that hold what the user said, also while it is queued behind the running turn. */
const PROMPT = /"type":"(user|queue-operation|attachment)"/u

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

export const submitted = (seat: Seat, text: string, since: number): Effect.Effect<"yes" | "no" | "unknown"> =>
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
    return lines.some((line) => PROMPT.test(line) && mentions(line, text, since)) ? "yes" : "no"
  })
