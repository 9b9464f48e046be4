/** `sm send <session> <text>`: the message is stored when this says so. */
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { longText } from "../LongText.ts"
import { makeMessageId } from "../MakeId.ts"
import { Misuse, seconds } from "../Misuse.ts"
import { done, refusal, settle } from "../Output.ts"
import { Unreachable } from "../Unreachable.ts"
import { parse, type Shape } from "./Arguments.ts"

interface Sent {
  readonly messageId: string
  readonly to: { readonly id: string; readonly name: string }
  readonly state: string
  readonly target: string
}
interface Traced {
  readonly status: string
  readonly answer: string | null
  readonly hops: ReadonlyArray<{ readonly evidence: string }>
}

/** What a command line asked for, as written. */
export interface Wish {
  readonly to: string
  readonly words: ReadonlyArray<string>
  readonly json: boolean
  readonly urgent: boolean
  readonly wait: string | boolean | undefined
  readonly file: string | undefined
  readonly ttl: string | undefined
  readonly timeout: string | undefined
  readonly messageId: string | undefined
}

export const shape: Shape = {
  bare: ["json", "urgent"],
  valued: ["file", "ttl", "timeout", "message-id"],
  either: ["wait"]
}

/** The daemon waits no longer, s. */
const LONGEST = 3600
/** Texts are not kept longer, s. */
const KEPT = 30 * 86_400

const untilOf = (wait: Wish["wait"]): "submitted" | "answered" | undefined => {
  if (wait === undefined || wait === false) return undefined
  if (wait === true || wait === "submitted") return "submitted"
  if (wait === "answered") return "answered"
  throw new Misuse(`--wait is submitted or answered, not ${wait}`, "sm send X hello --wait=answered")
}

export const deliver = async (wish: Wish): Promise<number> => {
  const { json, to } = wish
  const given = wish.words.length === 0 ? undefined : wish.words.join(" ")
  const text = longText(given, wish.file, "--file")
  if (text === undefined || text.trim() === "")
    throw new Misuse("the text is empty", `sm send ${to} "<text>", or - for standard input`)
  const until = untilOf(wish.wait)
  const ttl = wish.ttl === undefined ? undefined : seconds("--ttl", wish.ttl, KEPT, "sm send X hello --ttl 600")
  const patience =
    wish.timeout === undefined
      ? 600
      : seconds("--timeout", wish.timeout, LONGEST, "sm send X hello --wait --timeout 60")
  const messageId = wish.messageId ?? makeMessageId()
  const input = {
    to,
    text,
    messageId,
    ...(wish.urgent ? { mode: "urgent" } : {}),
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
  const waited = await ask(
    "wait",
    { messageId, until, timeoutMs: patience * 1000 },
    { repeatable: true, deadline: patience * 1000 + 5000, patience: 20_000 }
  ).catch((error: unknown) => {
    if (!(error instanceof Unreachable)) throw error
    // Only the waiting has failed: who sends it again without its id sends it twice.
    const message = `${messageId} is stored, but what became of it cannot be said now: ${error.message}`
    const code = error.sent ? "timeout" : "unavailable"
    return { ok: false, error: { code, message, hint: `do not send it again; later: sm trace ${messageId}` } } as const
  })
  if (!waited.ok) return refusal(waited.error, json)
  const { answer, hops, status } = waited.data as Traced
  const evidence = hops.at(-1)?.evidence ?? ""
  const { target, to: receiver } = reply.data as Sent
  const data = { messageId, to: receiver, state: status, target, answer, evidence }
  done(data, json, until === "answered" && answer !== null ? answer : `${messageId} ${status}: ${evidence}`)
  if (status === "parked" || status === "dead" || status === "expired") return ExitCode.refused
  const reached = status === "answered" || (until === "submitted" && status === "submitted")
  return reached ? ExitCode.ok : ExitCode.timeout
}

/** None: not a plain send, so that the full parser explains. */
export const send = async (args: ReadonlyArray<string>): Promise<number | undefined> => {
  const parsed = parse(args, shape)
  if (parsed === undefined) return undefined
  const { flags, words } = parsed
  const [to, ...rest] = words
  const text = (name: string) => {
    const value = flags.get(name)
    return typeof value === "string" ? value : undefined
  }
  if (to === undefined || (rest.length === 0 && !flags.has("file"))) return undefined
  const trap = flags.get("wait") === true && args[args.indexOf("--wait") + 1]
  if (trap === "answered" || trap === "submitted")
    throw new Misuse("--wait takes its value after an equals sign", `--wait=${trap}`)
  return deliver({
    to,
    words: rest,
    json: flags.has("json"),
    urgent: flags.has("urgent"),
    wait: flags.get("wait"),
    file: text("file"),
    ttl: text("ttl"),
    timeout: text("timeout"),
    messageId: text("message-id")
  })
}
