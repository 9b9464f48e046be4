/** Claude Code's own files: the registry of running processes and the transcript. */
import { readdir, readFile } from "node:fs/promises"
import { homedir } from "node:os"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { Observation, Seat } from "../../agents/Agent.ts"
import { mentions, tail } from "../sdk/transcript.ts"

const configDir = (seat: Seat): string =>
  seat.env["CLAUDE_CONFIG_DIR"] || join(seat.env["HOME"] || homedir(), ".claude")

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

/** `sessions/<pid>.json`: right in every case, also after Esc, where no hook speaks. Stale after a SIGKILL, hence the check. */
export const observe = (seat: Seat): Effect.Effect<Option.Option<Pick<Observation, "activity" | "detail">>> =>
  Effect.promise(async () => {
    const found = decodeRegistered(await optional(join(configDir(seat), "sessions", `${seat.pid}.json`)))
    if (Option.isNone(found)) return Option.none()
    const { procStart, status, waitingFor } = found.value
    const started = await startOf(seat.pid)
    if (procStart !== undefined && started !== undefined && procStart !== started) return Option.none()
    if (status === "idle") return Option.some({ activity: "idle" as const, detail: "" })
    if (status === "busy") return Option.some({ activity: "busy" as const, detail: "" })
    if (status === "waiting") return Option.some({ activity: "dialog" as const, detail: waitingFor ?? "" })
    return Option.none()
  })

/** The transcript by its session id, wherever Claude filed it. */
const locate = async (seat: Seat): Promise<string | undefined> => {
  if (seat.transcript !== null) return seat.transcript
  if (seat.agentSessionId === null) return undefined
  const projects = join(configDir(seat), "projects")
  for (const project of await readdir(projects).catch(() => [])) {
    const path = join(projects, project, `${seat.agentSessionId}.jsonl`)
    if ((await tail(path)) !== undefined) return path
  }
  // Not written before the first prompt: none was taken.
  return ""
}

/** Lines that hold what the user said, also while it is queued behind the running turn. */
const PROMPT = /"type":"(user|queue-operation|attachment)"/u

export const submitted = (seat: Seat, text: string, since: number): Effect.Effect<"yes" | "no" | "unknown"> =>
  Effect.promise(async () => {
    const path = await locate(seat)
    if (path === undefined) return "unknown"
    const lines = path === "" ? [] : ((await tail(path)) ?? "").split("\n")
    return lines.some((line) => PROMPT.test(line) && mentions(line, text, since)) ? "yes" : "no"
  })
