/**
 * A program that behaves like an agent in a pane: bracketed paste, a composer, turns. It reports by `sm hook`, and
 * appends every prompt it takes to the file FAKE_PROMPTS. `[[work 200]]` makes the turn last 200 ms;
 * `[[ambush]]` makes it kill the daemon the moment the prompt is taken. With FAKE_ARRIVALS it notes in that file when
 * a text reached it; with FAKE_QUIET it reports nothing, and with FAKE_DIRECT it reports without a process.
 */
import { spawn } from "node:child_process"
import { appendFileSync, readFileSync } from "node:fs"
import { type Endpoint, request } from "../../cli/MiniNats.ts"
import { daemonOf } from "./daemonOf.ts"

/** Begin and end of a bracketed paste. */
const MARKS = new RegExp(`(${String.fromCharCode(27)}\\[20[01]~)`, "u")

let composer = ""
let pasting = false
let turn = 0
let busy = false
const waiting: Array<string> = []
let hooks = Promise.resolve()
/** Prompts that the daemon was killed for: once each. */
const ambushed = new Set<string>()

const arrived = (): void => {
  const file = process.env["FAKE_ARRIVALS"]
  const at = performance.timeOrigin + performance.now()
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ at, text: composer })}\n`)
}

/** As `sm hook` does, in order too, since the answer is waited for. */
const tell = (event: string, payload: object): Promise<void> => {
  const read = (name: string) => JSON.parse(readFileSync(process.env[name] ?? "", "utf8")) as Endpoint
  const endpoint = { ...read("SM_BROKER"), ...read("SM_CREDENTIALS") }
  const id = `${process.pid}-${turn}-${event}`
  const body = { id, at: Date.now(), provider: process.env["FAKE_KIND"] ?? "fake", event, payload }
  return request(endpoint, `sm.rq.signal.${endpoint.name}`, JSON.stringify(body), 10_000).then(() => undefined)
}

const report = (event: string, payload: object): Promise<void> => {
  if (process.env["FAKE_QUIET"] !== undefined) return hooks
  if (process.env["FAKE_DIRECT"] !== undefined) return tell(event, payload)
  hooks = hooks.then(
    () =>
      new Promise((resolve) => {
        const child = spawn("sm", ["hook", process.env["FAKE_KIND"] ?? "fake", event], {
          stdio: ["pipe", "ignore", "ignore"]
        })
        child.once("error", () => resolve())
        child.once("exit", () => resolve())
        child.stdin.end(JSON.stringify(payload))
      })
  )
  return hooks
}

const draw = (): void =>
  void process.stdout.write(`\u001b[2J\u001b[H${busy ? "working" : "ready"}\r\n> ${composer.replaceAll("\n", "\r\n")}`)

const work = async (prompt: string): Promise<void> => {
  busy = true
  draw()
  if (prompt.includes("[[ambush]]") && !ambushed.has(prompt)) {
    ambushed.add(prompt)
    try {
      process.kill(daemonOf(process.env["FAKE_LOG"] ?? ""), "SIGKILL")
    } catch {
      // Somebody else was faster.
    }
  }
  const id = `t${process.pid}-${++turn}`
  appendFileSync(process.env["FAKE_PROMPTS"] ?? "/dev/null", `${JSON.stringify(prompt)}\n`)
  await report("UserPromptSubmit", { prompt, turn_id: id })
  const ms = Number(/\[\[work (\d+)\]\]/u.exec(prompt)?.[1] ?? 0)
  await new Promise((resolve) => setTimeout(resolve, ms))
  await report("Stop", { turn_id: id, last_assistant_message: `done: ${prompt.slice(-60)}` })
  busy = false
  draw()
  const next = waiting.shift()
  if (next !== undefined) void work(next)
}

const submit = (): void => {
  const prompt = composer
  composer = ""
  if (prompt === "") return
  if (busy) waiting.push(prompt)
  else void work(prompt)
}

process.stdin.setRawMode(true)
process.stdin.setEncoding("utf8")
process.stdin.on("data", (chunk: string) => {
  for (const part of chunk.split(MARKS)) {
    if (part === "\u001b[200~") pasting = true
    else if (part === "\u001b[201~") {
      pasting = false
      arrived()
    } else if (pasting) composer += part
    else
      for (const char of part) {
        if (char === "\r") submit()
        else if (char === "\u0003") process.exit(0)
        else composer += char
      }
  }
  draw()
})
process.stdout.write("\u001b[?2004h")
draw()
