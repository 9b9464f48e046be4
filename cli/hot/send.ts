/** `sm send <session> <text>`: the message is stored when this says so. */
import { ask } from "../Client.ts"
import { codeOf, ExitCode } from "../ExitCode.ts"
import { longText } from "../LongText.ts"
import { makeMessageId } from "../MakeId.ts"
import { Misuse, seconds } from "../Misuse.ts"
import { complain, done, print, refusal } from "../Output.ts"
import type { Failure } from "../Reply.ts"
import { called, type Receiver } from "../view/Receiver.ts"
import { parse, type Shape } from "./Arguments.ts"

interface Sent {
  readonly messageId: string
  readonly to: Receiver
  readonly state: string
  readonly target: string
  readonly note?: string
}
/** One of several that its recipient did not take. */
interface Unsent extends Pick<Sent, "messageId" | "to"> {
  readonly error: Failure
}

/** What a command line asked for, as written. */
export interface Wish {
  readonly to: string
  readonly words: ReadonlyArray<string>
  readonly json: boolean
  readonly urgent: boolean
  readonly important: boolean
  readonly sequential: boolean
  readonly notifyOnDelivery: boolean
  readonly notifyOnStop: boolean | undefined
  readonly key: string | undefined
  readonly wait: string | boolean | undefined
  readonly file: string | undefined
  readonly ttl: string | undefined
  readonly timeout: string | undefined
  readonly messageId: string | undefined
}

export const shape: Shape = {
  bare: ["json", "urgent", "important", "sequential", "notify-on-delivery", "notify-on-stop"],
  valued: ["file", "key", "ttl", "timeout", "message-id"],
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

const modeOf = ({ important, sequential, urgent }: Wish): string | undefined => {
  const [mode, other] = Object.entries({ important, sequential, urgent }).flatMap(([name, given]) =>
    given ? [name] : []
  )
  if (other !== undefined)
    throw new Misuse(`--${mode} and --${other} exclude each other`, "sm send X hello --important")
  return mode
}

const sentLine = ({ messageId, note, state, target, to }: Sent): string =>
  `sent to ${called(to)}, ${target}: ${messageId} ${state}${note === undefined ? "" : `\n    ${note}`}`

/** One recipient: itself; several: a list, and the worst of the codes. A line for each, what went wrong on stderr. */
const tell = (
  outcomes: ReadonlyArray<{
    readonly data: unknown
    readonly code: number
    readonly line: string
    readonly wrong?: true
  }>,
  json: boolean
): number => {
  const data = outcomes.map((outcome) => outcome.data)
  if (json) done(data.length === 1 ? data[0] : data, true, "")
  else for (const { line, wrong } of outcomes) (wrong === true ? complain : print)(line)
  return Math.max(...outcomes.map(({ code }) => code))
}

const refused = (unsent: Unsent) => ({
  data: unsent,
  code: codeOf(unsent.error),
  line: `sm: not sent to ${called(unsent.to)}: ${unsent.error.message}\n    ${unsent.error.hint}`,
  wrong: true as const
})

export const deliver = async (wish: Wish): Promise<number> => {
  const { json, key, notifyOnDelivery, notifyOnStop, to } = wish
  const given = wish.words.length === 0 ? undefined : wish.words.join(" ")
  const text = longText(given, wish.file, "--file")
  if (text === undefined || text.trim() === "")
    throw new Misuse("the text is empty", `sm send ${to} "<text>", or - for standard input`)
  const until = untilOf(wish.wait)
  const mode = modeOf(wish)
  const ttl = wish.ttl === undefined ? undefined : seconds("--ttl", wish.ttl, KEPT, "sm send X hello --ttl 600")
  const patience =
    wish.timeout === undefined
      ? 600
      : seconds("--timeout", wish.timeout, LONGEST, "sm send X hello --wait --timeout 60")
  const input = {
    to,
    text,
    messageId: wish.messageId ?? makeMessageId(),
    ...(mode === undefined ? {} : { mode }),
    ...(key === undefined ? {} : { key }),
    ...(notifyOnDelivery ? { notifyOnDelivery } : {}),
    ...(notifyOnStop === undefined ? {} : { notifyOnStop }),
    ...(ttl === undefined ? {} : { ttl })
  }
  const reply = await ask("send", input, { repeatable: true, patience: 20_000 })
  if (!reply.ok) return refusal(reply.error, json)
  const all = reply.data as ReadonlyArray<Sent | Unsent>
  const several = all.length > 1
  if (until === undefined) {
    return tell(
      all.map((each) => ("error" in each ? refused(each) : { data: each, code: ExitCode.ok, line: sentLine(each) })),
      json
    )
  }
  const { awaitEnd, codeOfEnd } = await import("../Awaiting.ts")
  const outcomes = await Promise.all(
    all.map(async (each) => {
      if ("error" in each) return refused(each)
      const { messageId, target, to: receiver } = each
      const end = await awaitEnd(messageId, until, patience * 1000)
      if ("code" in end) {
        const line = `sm: ${end.message}\n    ${end.hint}`
        return { data: { messageId, to: receiver, error: end }, code: codeOf(end), line, wrong: true as const, end }
      }
      const { answer, evidence, state } = end
      const data = { messageId, to: receiver, state, target, answer, evidence }
      const line = until === "answered" && answer !== null ? answer : `${messageId} ${state}: ${evidence}`
      return { data, code: codeOfEnd(end, until), line: several ? `${called(receiver)}: ${line}` : line }
    })
  )
  const [only] = outcomes
  if (!several && only !== undefined && "end" in only) return refusal(only.end, json)
  return tell(outcomes, json)
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
  const given = (name: string) => flags.get(name) === true
  if (to === undefined || (rest.length === 0 && !flags.has("file"))) return undefined
  const trap = flags.get("wait") === true && args[args.indexOf("--wait") + 1]
  if (trap === "answered" || trap === "submitted")
    throw new Misuse("--wait takes its value after an equals sign", `--wait=${trap}`)
  return deliver({
    to,
    words: rest,
    json: given("json"),
    urgent: given("urgent"),
    important: given("important"),
    sequential: given("sequential"),
    notifyOnDelivery: given("notify-on-delivery"),
    notifyOnStop: flags.has("notify-on-stop") ? given("notify-on-stop") : undefined,
    key: text("key"),
    wait: flags.get("wait"),
    file: text("file"),
    ttl: text("ttl"),
    timeout: text("timeout"),
    messageId: text("message-id")
  })
}
