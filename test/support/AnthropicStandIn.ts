/** Plays the model behind the real Claude Code: Messages API, streamed. */
import type { ServerResponse } from "node:http"
import { nextStep, pause, serve, taken, usageOf } from "./ModelScript.ts"

interface Message {
  readonly role: string
  readonly content:
    | string
    | ReadonlyArray<{ readonly type: string; readonly text?: string; readonly content?: unknown }>
}

interface Body {
  readonly messages: ReadonlyArray<Message>
  readonly metadata?: { readonly user_id?: string }
}

/** Claude Code says it as JSON in a string. */
const conversationOf = ({ metadata }: Body): string =>
  /"session_id":"([^"]+)"/u.exec(metadata?.user_id ?? "")?.[1] ?? ""

const textsOf = (message: Message): ReadonlyArray<string> =>
  typeof message.content === "string"
    ? [message.content]
    : message.content.flatMap((block) => (block.type === "text" && block.text !== undefined ? [block.text] : []))

const isToolResult = (message: Message): boolean =>
  typeof message.content !== "string" && message.content.some((block) => block.type === "tool_result")

/** What the user said last, and how many model calls of this turn went before. */
const situation = (messages: ReadonlyArray<Message>) => {
  let said = 0
  for (const message of messages.toReversed()) {
    if (message.role === "assistant") said++
    // What another session said through the door, in the middle of a turn.
    const peer =
      message.role === "system" ? textsOf(message).findLast((text) => text.startsWith("Another ")) : undefined
    if (peer !== undefined) return { prompt: peer, said }
    if (message.role !== "user") continue
    // A prompt that was never answered stands in front of the next one, in the same message; so does an interrupted tool.
    const prompt = textsOf(message).findLast((text) => !/^(<system-reminder>|\[Request interrupted)/u.test(text))
    if (prompt === undefined && isToolResult(message)) continue
    return { prompt: prompt ?? "", said }
  }
  return { prompt: "", said }
}

const stream = (
  response: ServerResponse,
  used: number,
  blocks: ReadonlyArray<readonly [block: object, delta: object]>,
  stop: string
): void => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  const event = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  const usage = { input_tokens: used, output_tokens: 5 }
  const about = { role: "assistant", model: "stand-in", content: [], stop_reason: null, stop_sequence: null, usage }
  event("message_start", { message: { id: `msg_${Date.now()}`, type: "message", ...about } })
  for (const [index, [block, delta]] of blocks.entries()) {
    event("content_block_start", { index, content_block: block })
    event("content_block_delta", { index, delta })
    event("content_block_stop", { index })
  }
  event("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage })
  event("message_stop", {})
  response.end()
}

let calls = 0

export const AnthropicStandIn = serve("/v1/messages", async (text, response, memory) => {
  const body = JSON.parse(text) as Body
  const { prompt, said } = situation(body.messages)
  const script = taken(memory, { prompt, conversation: conversationOf(body) })
  const { ms, step } = nextStep(script, said)
  const used = usageOf(prompt)
  await pause(ms)
  if (step.kind === "error") {
    response.writeHead(step.status, { "content-type": "application/json" })
    response.end(JSON.stringify({ type: "error", error: { type: step.type, message: step.message } }))
  } else if (step.kind === "limit") {
    response.writeHead(429, {
      "content-type": "application/json",
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": `${step.until}`,
      "anthropic-ratelimit-unified-representative-claim": "seven_day",
      "anthropic-ratelimit-unified-overage-status": "rejected",
      "x-should-retry": "false"
    })
    const message = "This request would exceed your account's rate limit. Please try again later."
    response.end(JSON.stringify({ type: "error", error: { type: "rate_limit_error", message } }))
  } else if (step.kind === "tools") {
    const blocks = step.tools.map(
      ({ input, name }) =>
        [
          { type: "tool_use", id: `toolu_${++calls}`, name, input: {} },
          { type: "input_json_delta", partial_json: JSON.stringify(input) }
        ] as const
    )
    stream(response, used, blocks, "tool_use")
  } else {
    stream(
      response,
      used,
      [
        [
          { type: "text", text: "" },
          { type: "text_delta", text: step.kind === "text" ? step.text : "(nothing of this model)" }
        ]
      ],
      "end_turn"
    )
  }
})
