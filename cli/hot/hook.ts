/**
 * `sm hook <kind> <event> [gate]`: an agent reports; at the `gate` it waits for the lock of what it writes. It exits 0 whatever happens, for an agent takes other codes for orders;
 * what the daemon cannot take now waits in the spool.
 */
import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs"
import { ask } from "../Client.ts"
import { home } from "../home.ts"
import { standardInput } from "../StandardInput.ts"

/** The daemon makes the spool when it starts: where there is none, its whole state is gone, and with it the session. */
const spool = (report: { readonly id: string }): void => {
  if (!existsSync(home.spool)) return
  const path = `${home.spool}/${report.id}`
  try {
    writeFileSync(`${path}.tmp`, JSON.stringify(report), { mode: 0o600 })
    renameSync(`${path}.tmp`, `${path}.json`)
  } catch {
    // A full disk, say. There is nobody to tell: what a hook prints or exits with is the agent's to interpret.
  }
}

/** Earlier reports of this session still wait: going ahead of them would end a turn before it began. */
const othersWait = (session: string): boolean => {
  try {
    return readdirSync(home.spool).some((name) => name.includes(`-${session}-`) && name.endsWith(".json"))
  } catch {
    // No spool yet: nothing was ever put there.
    return false
  }
}

/** The event that asks a person's leave: what it says comes when somebody has answered. */
const ASKS = "PermissionRequest"

const answered = async (report: Parameters<Permission>[0]): Promise<void> => {
  const { permission } = await import("./permission.ts")
  const say = await permission(report)
  if (say !== undefined) process.stdout.write(say)
}
type Permission = (typeof import("./permission.ts"))["permission"]

const isAsked = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "asked" in data && data.asked === true

/** What the daemon wants the agent told: the agent reads it from here. */
const answer = (data: unknown): void => {
  if (typeof data !== "object" || data === null || !("say" in data) || typeof data.say !== "string") return
  process.stdout.write(data.say)
}

export const hook = async (args: ReadonlyArray<string>): Promise<number> => {
  const session = process.env["SM_SESSION_ID"]
  const [provider = "", event = "", gate] = args
  if (event === "StatusLine") return (await import("./statusLine.ts")).statusLine(args, session)
  // Started by hand, outside of any session: nobody to report for.
  if (session === undefined || event === "") return 0
  let payload: unknown = {}
  let readable = true
  try {
    // What a tool gave back may be megabytes, and nobody reads it.
    payload = JSON.parse(standardInput(), (key, value: unknown) => (key === "tool_response" ? undefined : value))
  } catch {
    // A payload that is no JSON still says which event it was.
    readable = false
  }
  const at = Date.now()
  const id = `${at.toString(36).padStart(9, "0")}-${session}-${process.pid.toString(36)}${Math.floor(Math.random() * 36 ** 5).toString(36)}`
  const report = { id, at, provider, event, payload, session }
  if (gate === "gate" && event === "PreToolUse") {
    const { askThrough, rules, slim, unasked, unread, writing } = await import("./Gate.ts")
    const known = rules()
    if (known.auto && !readable) {
      spool(report)
      process.stdout.write(unread(known.session, at, session))
      return 0
    }
    const what = known.auto ? writing(payload, known) : undefined
    if (what !== undefined) {
      const input = { ...report, payload: slim(payload), gate: true }
      const reply = await askThrough(
        { verb: "signal", input, blocked: () => othersWait(session) },
        known,
        known.session
      )
      if (typeof reply !== "string") {
        if (reply.ok) answer(reply.data)
        return 0
      }
      spool(input)
      const cwd = (payload as { readonly cwd?: unknown } | null)?.cwd
      process.stdout.write(
        unasked(known.session, { at, session, what, cwd: typeof cwd === "string" ? cwd : "", why: reply })
      )
      return 0
    }
  }
  if (othersWait(session)) {
    spool(report)
    if (event === ASKS) await answered(report)
    return 0
  }
  // Whether the daemon keeps the question, or will when it reads the spool.
  let asks = event === ASKS
  try {
    const reply = await ask("signal", report, { repeatable: true, deadline: asks ? 15_000 : 2000, patience: 300 })
    if (reply.ok) {
      answer(reply.data)
      asks = isAsked(reply.data)
    } else if (
      reply.error.code === "unavailable" ||
      reply.error.code === "timeout" ||
      reply.error.code === "internal"
    ) {
      spool(report)
    } else asks = false
  } catch {
    spool(report)
  }
  if (asks) await answered(report)
  return 0
}
