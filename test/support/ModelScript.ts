/**
 * What a stand-in for a model says: the prompt scripts it, one step per call: `[[text hi]]`,
 * `[[tool Bash {"command":"ls"}]]`, `[[sleep 3]]`, `[[error 529 overloaded_error busy]]`, `[[limit 10800]]` (the usage
 * limit is reached, for so many seconds), `[[custom apply_patch {"input":"…"}]]` (Codex's own). `[[and Bash {…}]]` is called in one breath with the tool before it. Without a step
 * it says "ok".
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

export type Step =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tools"; readonly tools: ReadonlyArray<{ readonly name: string; readonly input: object }> }
  /** A tool of Codex's that takes text. */
  | { readonly kind: "custom"; readonly name: string; readonly input: string }
  | { readonly kind: "error"; readonly status: number; readonly type: string; readonly message: string }
  /** Until when, Unix seconds. */
  | { readonly kind: "limit"; readonly until: number }

const DIRECTIVE = /\[\[(text|tool|custom|and|sleep|error|usage|limit)\s*((?:[^\]]|\](?!\]))*)\]\]/gu

/** The directives of a prompt. In the prompt of another agent's tool call the brackets are written ⟦ ⟧. */
const directives = (prompt: string) =>
  [...(prompt.includes("[[") ? prompt : prompt.replaceAll("⟦", "[[").replaceAll("⟧", "]]")).matchAll(DIRECTIVE)].map(
    ([, kind = "", rest = ""]) => ({ kind, rest })
  )

const callOf = (text: string) => {
  const at = text.indexOf(" ")
  return { name: text.slice(0, at), input: JSON.parse(text.slice(at)) as object }
}

/** What to say to this prompt after `said` steps of its turn, and how many ms to think about it: a sleep belongs to the step behind it. */
export const nextStep = (prompt: string, said: number): { readonly step: Step; readonly ms: number } => {
  const list = directives(prompt)
  const steps = list.flatMap(({ kind }, at) => (["sleep", "usage", "and"].includes(kind) ? [] : [at]))
  const end = steps[said] ?? list.length
  const begin = said === 0 ? 0 : (steps[said - 1] ?? list.length) + 1
  const ms = list
    .slice(begin, end)
    .reduce((sum, { kind, rest }) => (kind === "sleep" ? sum + Number(rest) * 1000 : sum), 0)
  const { kind, rest } = list[end] ?? { kind: "text", rest: "ok" }
  const [first = "", ...others] = rest.split(" ")
  if (kind === "tool") {
    const more = list.slice(end + 1)
    const last = more.findIndex((each) => each.kind !== "and")
    const called = [rest, ...(last < 0 ? more : more.slice(0, last)).map((each) => each.rest)]
    return { ms, step: { kind: "tools", tools: called.map(callOf) } }
  }
  if (kind === "custom") {
    const { input, name } = callOf(rest)
    return { ms, step: { kind, name, input: String(Object.values(input)[0]) } }
  }
  if (kind === "error") {
    const [type = "api_error", ...message] = others
    return { ms, step: { kind, status: Number(first), type, message: message.join(" ") } }
  }
  if (kind === "limit") return { ms, step: { kind, until: Math.floor(Date.now() / 1000) + Number(rest) } }
  return { ms, step: { kind: "text", text: rest } }
}

/** Tokens that a prompt says it takes up: `[[usage 870000]]`. */
export const usageOf = (prompt: string): number =>
  Number(directives(prompt).find(({ kind }) => kind === "usage")?.rest ?? 10)

/** What is said to a prompt that scripts nothing: the last one whose words it contains counts. */
export interface Rule {
  readonly to: string
  readonly says: string
}

export interface Call {
  readonly prompt: string
  /** The agent's own id of the conversation. */
  readonly conversation: string
}

/** What a stand-in remembers, and what it is to say. */
export interface Memory {
  readonly prompts: Array<string>
  readonly calls: Array<Call>
  readonly rules: Array<Rule>
}

/** Notes the call, and finds what scripts its answer. */
export const taken = ({ calls, prompts, rules }: Memory, call: Call): string => {
  prompts.push(call.prompt)
  calls.push(call)
  return rules.findLast(({ to }) => call.prompt.includes(to))?.says ?? call.prompt
}

/** A request and how long it was worked on, Unix ms; `mark`: the last `[[mark x]]` in it. */
export interface Served {
  readonly mark: string
  readonly from: number
  readonly to: number
}

export interface StandIn extends Memory {
  /** Every request that is over, in the order of their ends. */
  readonly served: ReadonlyArray<Served>
  readonly url: string
  /** The bodies of the last calls. */
  readonly requests: ReadonlyArray<string>
}

/** How many bodies are kept: each has the whole conversation. */
const KEPT = 20

/** A server on loopback that closes with its scope. `answer` gets the body of every POST to `path`. */
export const serve = (
  path: string,
  answer: (body: string, response: ServerResponse, memory: Memory) => Promise<void>
) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const memory: Memory = { prompts: [], calls: [], rules: [] }
      const requests: Array<string> = []
      const served: Array<Served> = []
      const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const chunks: Array<Buffer> = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const url = request.url ?? ""
        if (request.method !== "POST" || !url.startsWith(path) || url.includes("count_tokens")) {
          response.writeHead(200, { "content-type": "application/json" }).end("{}")
          return
        }
        const body = Buffer.concat(chunks).toString()
        requests.push(body)
        if (requests.length > KEPT) requests.shift()
        const mark = [...body.matchAll(/\[\[mark ([\w-]+)\]\]/gu)].at(-1)?.[1] ?? ""
        const from = Date.now()
        await answer(body, response, memory)
        served.push({ mark, from, to: Date.now() })
      }
      const server = createServer((request, response) => {
        take(request, response).catch((error: unknown) => {
          response.writeHead(400, { "content-type": "application/json" })
          response.end(
            JSON.stringify({ type: "error", error: { type: "invalid_request_error", message: String(error) } })
          )
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { ...memory, server, requests, served, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
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

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
