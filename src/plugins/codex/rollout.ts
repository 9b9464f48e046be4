/** Codex's rollout file: the authority on how a turn ended, errors included, where no hook speaks. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option } from "effect"
import type { Observation, Seat } from "../../agents/Agent.ts"
import { mentions, tail } from "../sdk/transcript.ts"
import { codexHome } from "./home.ts"

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

export const observe = (seat: Seat): Effect.Effect<Option.Option<Pick<Observation, "activity" | "detail">>> =>
  Effect.promise(async () => {
    const path = await locate(seat)
    const lines = path === undefined ? [] : ((await tail(path, 65_536)) ?? "").split("\n")
    const mark = lines.findLast((line) => /"type":"(task_started|task_complete|turn_aborted)"/u.test(line))
    // A running task says nothing of a dialog: there the screen knows better.
    if (mark === undefined || mark.includes('"task_started"')) return Option.none()
    return Option.some({ activity: "idle" as const, detail: "" })
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
