/**
 * `sm auto-lock [kind]` as a hook of settings that people wrote. The payload says what happened: before a write it waits for
 * the lock; at the end of a turn it lets go. Exits 0 with the answer on standard output, for agents take other codes for orders.
 */
import { ask } from "../Client.ts"
import { Misuse } from "../Misuse.ts"
import { standardInput } from "../StandardInput.ts"
import { askThrough, rules, slim, unasked, writing } from "./Gate.ts"

const EXAMPLE = "it is for the settings of an agent: sm hooks install"

const text = (payload: object, field: string): string => {
  const value: unknown = Object.entries(payload).find(([name]) => name === field)?.[1]
  return typeof value === "string" ? value : ""
}

const payloadOf = (): object => {
  let payload: unknown
  try {
    payload = JSON.parse(standardInput(), (key, value: unknown) => (key === "tool_response" ? undefined : value))
  } catch {
    throw new Misuse("sm auto-lock reads a hook's payload, JSON, on standard input", EXAMPLE)
  }
  if (typeof payload !== "object" || payload === null) throw new Misuse("the hook's payload is a JSON object", EXAMPLE)
  return payload
}

export const autoLock = async (args: ReadonlyArray<string>): Promise<number> => {
  const [kind = "claude", ...rest] = args
  if (rest.length > 0 || kind.startsWith("-"))
    throw new Misuse("sm auto-lock takes one word, the agent's kind", EXAMPLE)
  const payload = payloadOf()
  const at = Date.now()
  const id = `${at.toString(36)}-${process.pid.toString(36)}${Math.floor(Math.random() * 36 ** 5).toString(36)}`
  const input = { id, at, kind, payload: slim(payload) }
  const known = rules()
  const what = text(payload, "hook_event_name") === "PreToolUse" ? writing(payload, known) : undefined
  if (what === undefined) {
    // The end of a turn: a lease that nobody lets go of ends by its time.
    if (text(payload, "hook_event_name") !== "PreToolUse")
      await ask("autoLock", input, { repeatable: true, deadline: 2000, patience: 300 }).catch(() => undefined)
    return 0
  }
  const session = process.env["SM_SESSION_ID"] ?? null
  const how = session === null ? known.guest : known.session
  const reply = await askThrough({ verb: "autoLock", input, blocked: () => false }, known, how)
  if (typeof reply === "string") {
    const passed = { at, session, what, cwd: text(payload, "cwd"), why: reply }
    process.stdout.write(unasked(how, passed))
    return 0
  }
  const { data } = reply as { readonly data: { readonly say?: unknown } }
  if (typeof data.say === "string") process.stdout.write(data.say)
  return 0
}
