/** Claude Code's registry of running processes: `sessions/<pid>.json`. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { Seat } from "../../agents/Agent.ts"
import { claudeHome } from "./home.ts"

const Registered = Schema.fromJsonString(
  Schema.Struct({
    pid: Schema.Finite,
    procStart: Schema.optionalKey(Schema.String),
    status: Schema.String,
    version: Schema.optionalKey(Schema.String),
    waitingFor: Schema.optionalKey(Schema.NullOr(Schema.String)),
    messagingSocketPath: Schema.optionalKey(Schema.String)
  })
)
type Registered = typeof Registered.Type
const decodeRegistered = Schema.decodeOption(Registered)

const optional = (path: string) => readFile(path, "utf8").catch(() => "")

/** Start time of a process in clock ticks, as Linux tells; none elsewhere. */
const startOf = async (pid: number): Promise<string | undefined> =>
  (await optional(`/proc/${pid}/stat`)).split(") ")[1]?.split(" ")[19]

/** The entry of the session's own process. Stale after a SIGKILL, hence the check. */
export const registered = (seat: Seat): Effect.Effect<Registered | undefined> =>
  Effect.promise(async () => {
    const found = decodeRegistered(await optional(join(claudeHome(seat.env), "sessions", `${seat.pid}.json`)))
    if (Option.isNone(found)) return undefined
    const { procStart } = found.value
    const started = await startOf(seat.pid)
    return procStart !== undefined && started !== undefined && procStart !== started ? undefined : found.value
  })
