/** Plays the model behind the real Codex: Responses API, streamed. */
import { nextStep, pause, serve, taken, usageOf } from "./ModelScript.ts"

interface Item {
  readonly type: string
  readonly role?: string
  readonly content?: ReadonlyArray<{ readonly text?: string }>
}
interface Body {
  readonly input: ReadonlyArray<Item>
  readonly prompt_cache_key?: string
  readonly text?: { readonly format?: { readonly type?: string } }
}

const CALLS: ReadonlySet<string> = new Set(["function_call", "custom_tool_call"])

/** What the user said last, and how many model calls of this turn went before. */
const situation = (input: ReadonlyArray<Item>) => {
  const at = input.findLastIndex((item) => item.type === "message" && item.role === "user")
  const prompt = input[at]?.content?.map((part) => part.text ?? "").join("\n") ?? ""
  return { prompt, said: input.slice(at + 1).filter((item) => CALLS.has(item.type)).length }
}

let calls = 0

export const OpenaiStandIn = serve("/v1/responses", async (text, response, memory) => {
  const body = JSON.parse(text) as Body
  const id = ++calls
  // The first prompt of a thread is also asked for a title.
  const title = body.text?.format?.type === "json_schema"
  const { prompt, said } = situation(body.input)
  const { ms, step } = title
    ? { ms: 0, step: { kind: "text" as const, text: '{"title":"t"}' } }
    : nextStep(taken(memory, { prompt, conversation: body.prompt_cache_key ?? "" }), said)
  await pause(ms)
  if (step.kind === "error") {
    response.writeHead(step.status, { "content-type": "application/json" })
    response.end(JSON.stringify({ error: { type: step.type, message: step.message } }))
    return
  }
  if (step.kind === "limit") {
    response.writeHead(429, {
      "content-type": "application/json",
      "x-codex-primary-used-percent": "100",
      "x-codex-primary-window-minutes": "300",
      "x-codex-primary-reset-at": `${step.until}`
    })
    const error = { type: "usage_limit_reached", message: "The usage limit has been reached", plan_type: "plus" }
    response.end(JSON.stringify({ error: { ...error, resets_at: step.until } }))
    return
  }
  const items =
    step.kind === "tools"
      ? step.tools.map(({ input, name }, at) => ({
          type: "function_call",
          id: `fc_${id}_${at}`,
          call_id: `call_${id}_${at}`,
          name,
          arguments: JSON.stringify(input)
        }))
      : step.kind === "custom"
        ? [{ type: "custom_tool_call", id: `ctc_${id}`, call_id: `call_${id}`, name: step.name, input: step.input }]
        : [
            {
              type: "message",
              id: `msg_${id}`,
              role: "assistant",
              content: [{ type: "output_text", text: step.text }]
            }
          ]
  response.writeHead(200, { "content-type": "text/event-stream" })
  const event = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  event("response.created", { response: { id: `resp_${id}` } })
  for (const [at, item] of items.entries()) {
    event("response.output_item.added", { output_index: at, item })
    event("response.output_item.done", { output_index: at, item })
  }
  const usage = {
    input_tokens: usageOf(prompt),
    input_tokens_details: null,
    output_tokens: 5,
    output_tokens_details: null,
    total_tokens: usageOf(prompt) + 5
  }
  event("response.completed", { response: { id: `resp_${id}`, usage } })
  response.end()
})
