/**
 * Plays the model behind the real Claude Code. The prompt scripts it, one step per call: `[[text hi]]`,
 * `[[tool Bash {"command":"ls"}]]`, `[[sleep 3]]`, `[[error 529 overloaded_error busy]]`. Without a step it says "ok".
 */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

interface Message {
  readonly role: string
  readonly content:
    | string
    | ReadonlyArray<{ readonly type: string; readonly text?: string; readonly content?: unknown }>
}

const textsOf = (message: Message): ReadonlyArray<string> =>
  typeof message.content === "string"
    ? [message.content]
    : message.content.flatMap((block) => (block.type === "text" && block.text !== undefined ? [block.text] : []))

const isToolResult = (message: Message): boolean =>
  typeof message.content !== "string" && message.content.some((block) => block.type === "tool_result")

/** What the user said last, and how many model calls of this turn went before. */
const situation = (messages: ReadonlyArray<Message>) => {
  let steps = 0
  for (const message of messages.toReversed()) {
    if (message.role === "assistant") steps++
    if (message.role !== "user" || isToolResult(message)) continue
    const prompt = textsOf(message)
      .filter((text) => !text.startsWith("<system-reminder>"))
      .join("\n")
    return { prompt, steps }
  }
  return { prompt: "", steps }
}

const DIRECTIVE = /\[\[(text|tool|sleep|error)\s*((?:[^\]]|\](?!\]))*)\]\]/gu

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const send = (response: ServerResponse, blocks: ReadonlyArray<object>, stop: string): void => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  const event = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  const usage = { input_tokens: 10, output_tokens: 5 }
  event("message_start", {
    message: {
      id: `msg_${Date.now()}`,
      type: "message",
      role: "assistant",
      model: "stand-in",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage
    }
  })
  for (const [index, block] of blocks.entries()) {
    const { input, text, ...start } = block as { readonly input?: object; readonly text?: string }
    event("content_block_start", {
      index,
      content_block: text === undefined ? { ...start, input: {} } : { ...start, text: "" }
    })
    event("content_block_delta", {
      index,
      delta:
        text === undefined
          ? { type: "input_json_delta", partial_json: JSON.stringify(input) }
          : { type: "text_delta", text }
    })
    event("content_block_stop", { index })
  }
  event("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage })
  event("message_stop", {})
  response.end()
}

export interface StandIn {
  readonly url: string
  /** The last user prompt of every call. */
  readonly prompts: ReadonlyArray<string>
}

export const AnthropicStandIn = Effect.acquireRelease(
  Effect.promise(async () => {
    const prompts: Array<string> = []
    let calls = 0
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const answer = async () => {
          if (
            request.method !== "POST" ||
            request.url?.startsWith("/v1/messages") !== true ||
            request.url.includes("count_tokens")
          ) {
            response.writeHead(200, { "content-type": "application/json" })
            response.end("{}")
            return
          }
          const body = JSON.parse(Buffer.concat(chunks).toString()) as { readonly messages: ReadonlyArray<Message> }
          const { prompt, steps } = situation(body.messages)
          prompts.push(prompt)
          // In the prompt of another agent's tool call the brackets are written ⟦ ⟧.
          const directives = [
            ...(prompt.includes("[[") ? prompt : prompt.replaceAll("⟦", "[[").replaceAll("⟧", "]]")).matchAll(DIRECTIVE)
          ]
          let at = steps
          let directive = directives[at]
          while (directive?.[1] === "sleep") {
            await wait(Number(directive[2]) * 1000)
            directives.splice(at, 1)
            directive = directives[at]
          }
          const [, kind, rest = ""] = directive ?? []
          if (kind === "error") {
            const [status = "500", type = "api_error", ...message] = rest.split(" ")
            response.writeHead(Number(status), { "content-type": "application/json" })
            response.end(JSON.stringify({ type: "error", error: { type, message: message.join(" ") } }))
          } else if (kind === "tool") {
            const space = rest.indexOf(" ")
            send(
              response,
              [
                {
                  type: "tool_use",
                  id: `toolu_${++calls}`,
                  name: rest.slice(0, space),
                  input: JSON.parse(rest.slice(space + 1)) as object
                }
              ],
              "tool_use"
            )
          } else send(response, [{ type: "text", text: kind === "text" ? rest : "ok" }], "end_turn")
        }
        answer().catch((error: unknown) => {
          response.writeHead(400, { "content-type": "application/json" })
          response.end(
            JSON.stringify({ type: "error", error: { type: "invalid_request_error", message: String(error) } })
          )
        })
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { server, prompts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }),
  ({ server }) =>
    Effect.promise(
      () =>
        new Promise<void>((resolve) => {
          server.closeAllConnections()
          server.close(() => resolve())
        })
    )
)
