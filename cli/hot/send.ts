/** `sm send <session> <text>`: the message is stored when this says so. */
import { readFileSync } from "node:fs"
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { print, refusal, settle } from "../Output.ts"
import { parse } from "./Arguments.ts"

interface Sent {
  readonly messageId: string
  readonly to: { readonly id: string; readonly name: string }
  readonly state: string
  readonly target: string
}
interface Traced {
  readonly status: string
  readonly answer: string | null
}

/** As in `domain/Ids.ts`, without what that file needs to load. */
const makeMessageId = (): string => {
  const time = Date.now().toString(36).padStart(9, "0")
  const luck = Math.floor(Math.random() * 36 ** 6)
    .toString(36)
    .padStart(6, "0")
  return `m${time}${luck}`
}

/** None: not a plain send, so that the full parser explains. */
export const send = async (args: ReadonlyArray<string>): Promise<number | undefined> => {
  const parsed = parse(args, ["json", "urgent", "wait"], ["file", "ttl", "wait", "timeout", "message-id"])
  if (parsed === undefined) return undefined
  const { flags, words } = parsed
  const json = flags.has("json")
  const misuse = (message: string, hint: string) => refusal({ code: "invalid", message, hint }, json)
  const [to, ...rest] = words
  const file = flags.get("file")
  const fromFile = typeof file === "string"
  if (to === undefined || (rest.length === 0 && !fromFile)) return undefined
  let text = rest.join(" ")
  if (fromFile || text === "-") {
    try {
      text = readFileSync(fromFile && file !== "-" ? file : 0, "utf8")
    } catch (error) {
      return misuse(
        `the text cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        "--file names a readable file, - is standard input"
      )
    }
  }
  if (text.trim() === "") return misuse("the text is empty", 'sm send <session> "<text>"')
  const until = flags.get("wait") === true ? "submitted" : flags.get("wait")
  if (until !== undefined && until !== "submitted" && until !== "answered")
    return misuse("--wait is submitted or answered", "sm send X hello --wait=answered")
  const number = (name: string) => (flags.has(name) ? Number(flags.get(name)) : undefined)
  const [ttl, timeout] = [number("ttl"), number("timeout")]
  if ([ttl, timeout].some((value) => value !== undefined && !(value > 0)))
    return misuse("--ttl and --timeout are seconds above 0", "sm send X hello --ttl 600")
  const given = flags.get("message-id")
  const messageId = typeof given === "string" ? given : makeMessageId()
  const input = {
    to,
    text,
    messageId,
    ...(flags.has("urgent") ? { mode: "urgent" } : {}),
    ...(ttl === undefined ? {} : { ttl })
  }
  const reply = await ask("send", input, { repeatable: true, patience: 20_000 })
  if (!reply.ok || until === undefined) {
    return settle<Sent>(
      reply,
      json,
      (sent) => `sent to ${sent.to.name} (${sent.to.id}), ${sent.target}: ${sent.messageId} ${sent.state}`
    )
  }
  const seconds = timeout ?? 600
  const waited = await ask(
    "wait",
    { messageId, until, timeoutMs: seconds * 1000 },
    { repeatable: true, deadline: seconds * 1000 + 5000, patience: 20_000 }
  )
  if (!waited.ok) return refusal(waited.error, json)
  const { answer, status } = waited.data as Traced
  const { target, to: receiver } = reply.data as Sent
  if (json) print(JSON.stringify({ ok: true, data: { messageId, to: receiver, state: status, target, answer } }))
  else print(until === "answered" && answer !== null ? answer : `${messageId} ${status}`)
  if (status === "parked" || status === "dead" || status === "expired") return ExitCode.refused
  const reached = status === "answered" || (until === "submitted" && status === "submitted")
  return reached ? ExitCode.ok : ExitCode.timeout
}
