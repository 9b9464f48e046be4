/**
 * A write before its lock, as a hook sees it: asked for in slices, for a daemon that dies answers nobody. Where no answer is
 * to be had, the rule for that decides, and a write that is let through is told to the person, now and when the daemon is back.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { mayWrite, WRITERS } from "../../src/domain/Writing.ts"
import { ask } from "../Client.ts"
import { home } from "../home.ts"
import type { Reply } from "../Reply.ts"

type WhenDown = "fail-closed" | "fail-open"

/** What the daemon left here for the time that it is away (`LockPolicy.ts`). */
export interface Rules {
  readonly auto: boolean
  readonly bash: boolean
  /** Seconds. */
  readonly wait: number
  readonly session: WhenDown
  readonly guest: WhenDown
}

/** Where no daemon has ever been started. */
const DEFAULTS: Rules = { auto: true, bash: false, wait: 50, session: "fail-closed", guest: "fail-open" }

export const rules = (): Rules => {
  try {
    return { ...DEFAULTS, ...(JSON.parse(readFileSync(join(dirname(home.broker), "locks.json"), "utf8")) as Rules) }
  } catch {
    return DEFAULTS
  }
}

/** A daemon is given this long to come back, ms: its supervisor starts it within a second or two. */
const PATIENCE: Readonly<Record<WhenDown, number>> = { "fail-closed": 10_000, "fail-open": 3000 }
/** The daemon answers each question of a wait within five seconds, ms. */
const SLICE = 8000
/** Behind the end of the wait, ms; the agent itself waits five seconds longer. */
const AFTER = 10_000
/** Between two looks at a spool that is being emptied, or two questions that failed, ms. */
const LOOK = 100
/** Characters of a field that the daemon is shown; of a path as many as any has that a disk takes. */
const SHOWN = 2000
const LONGEST = 65_536

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const toolOf = (payload: unknown) =>
  isRecord(payload) && typeof payload["tool_name"] === "string"
    ? { tool: payload["tool_name"], input: payload["tool_input"] }
    : undefined

/** What it is about to write, in a few words; none: nothing. */
export const writing = (payload: unknown, { bash }: Pick<Rules, "bash">): string | undefined => {
  const called = toolOf(payload)
  if (called === undefined || !mayWrite(called.tool, called.input, bash)) return undefined
  const file = isRecord(called.input) ? (called.input["file_path"] ?? called.input["notebook_path"]) : undefined
  return typeof file === "string" ? `${called.tool} ${file}` : called.tool
}

/**
 * Files may be larger than the broker takes: of what is written only its beginning goes along, of a patch its files. A patch
 * may have something before its beginning, and a path is told whole or not at all.
 */
const shortened = (name: string, value: unknown): unknown => {
  if (Array.isArray(value)) return undefined
  if (typeof value !== "string" || value.length <= SHOWN) return value
  if (name.endsWith("path")) return value.length <= LONGEST ? value : undefined
  if (!value.includes("*** Begin Patch")) return value.slice(0, SHOWN)
  return value
    .split("\n")
    .filter((line) => /^[ \t]*\*\*\* /u.test(line))
    .join("\n")
}

export const slim = (payload: unknown): unknown => {
  const called = toolOf(payload)
  if (called === undefined || !WRITERS.includes(called.tool) || !isRecord(called.input) || !isRecord(payload))
    return payload
  const input = Object.fromEntries(Object.entries(called.input).map(([name, value]) => [name, shortened(name, value)]))
  return { ...payload, tool_input: input }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const waits = ({ ok, ...reply }: Reply): boolean =>
  ok && "data" in reply && isRecord(reply.data) && reply.data["again"] === true

export interface Request {
  readonly verb: string
  readonly input: { readonly at: number }
  /** Earlier reports are still to be taken: this one may not go ahead of them. */
  readonly blocked: () => boolean
}

/** The answer, or why there is none. One that was never started needs no patience. */
export const askThrough = async (request: Request, { wait }: Rules, how: WhenDown): Promise<Reply | string> => {
  const { blocked, input, verb } = request
  const end = input.at + wait * 1000 + AFTER
  let failing: number | undefined
  for (;;) {
    let why = "earlier reports of this session are not taken yet"
    if (!blocked()) {
      try {
        const deadline = Math.max(LOOK, Math.min(SLICE, end - Date.now()))
        const reply = await ask(verb, input, { repeatable: true, deadline, patience: 0 })
        if (reply.ok && !waits(reply)) return reply
        if (reply.ok) {
          failing = undefined
          continue
        }
        why = reply.error.message
      } catch (error) {
        why = error instanceof Error ? error.message : String(error)
        if (!existsSync(home.broker)) return why
      }
    }
    const now = Date.now()
    failing ??= now
    if (now > end || now >= failing + PATIENCE[how]) return why
    await pause(LOOK)
  }
}

export const refusal = (reason: string): string =>
  JSON.stringify({
    hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason }
  })

interface Passed {
  readonly at: number
  readonly session: string | null
  /** What was written. */
  readonly what: string
  readonly cwd: string
  readonly why: string
}

/** For the daemon when it is back: it tells the person. */
const leave = (passed: Passed): void => {
  if (!existsSync(home.spool)) return
  const name = `${passed.at.toString(36).padStart(9, "0")}-unlocked-${process.pid.toString(36)}`
  try {
    writeFileSync(join(home.spool, `${name}.tmp`), JSON.stringify({ unlocked: passed }), { mode: 0o600 })
    renameSync(join(home.spool, `${name}.tmp`), join(home.spool, `${name}.json`))
  } catch {
    // What is printed tells the person as well.
  }
}

/** What is printed where nobody could be asked. */
export const unasked = (how: WhenDown, passed: Passed): string => {
  if (how === "fail-closed")
    return refusal(
      `Not written: sm could not be asked for the lock (${passed.why}), and here no write goes without one. Wait a little and try again; if it stays so, a person starts sm with: sm up --detach`
    )
  leave(passed)
  return JSON.stringify({
    systemMessage: `sm could not be asked for the lock (${passed.why}): ${passed.what} was written without one. Start it with: sm up --detach`
  })
}

/** What is printed where the hook's own words cannot be read: nobody knows whether the tool writes. */
export const unread = (how: WhenDown, at: number, session: string): string => {
  const why = "what its hook said was not JSON"
  if (how === "fail-closed")
    return refusal(
      `Not run: ${why}, so nobody knows whether this tool writes, and here no write goes without a lock. Try again; if it stays so, tell the person: this agent and sm do not understand each other`
    )
  leave({ at, session, what: "a tool", cwd: process.cwd(), why })
  return JSON.stringify({ systemMessage: `sm could not read what this tool does (${why}): it ran without a lock.` })
}
