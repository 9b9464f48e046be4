/**
 * An agent for the chaos test. It keeps a transcript of what stands in its line, what it reads in which turn, and how each
 * turn ends; while it works it takes words by its door (`CHAOS_WAY=door`), by its keyboard (`steer`), or for later (`plain`).
 * `[[work 200]]` makes its turn 200 ms longer; at `[[ambush]]` it kills the daemon the moment the text arrives: what came by
 * the door while the daemon still waits there.
 */
import { spawn } from "node:child_process"
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import type { Entry } from "./ChaosDiary.ts"
import { daemonOf } from "./daemonOf.ts"

const env = (name: string): string => process.env[name] ?? ""
const way = env("CHAOS_WAY")
const file = (ending: string): string => join(env("CHAOS_DIR"), `${env("SM_SESSION_ID")}.${ending}`)
/** It reads what stands in its line, and shows what it does, so often, ms. */
const SLICE = 40
const MARKS = new RegExp(`(${String.fromCharCode(27)}\\[20[01]~)`, "u")

const identity = Object.entries(process.env).filter(([name]) => name.startsWith("SM_"))
writeFileSync(file("tmp"), JSON.stringify({ pid: process.pid, env: Object.fromEntries(identity) }))
writeFileSync(file("json"), readFileSync(file("tmp")))

interface Turn {
  readonly id: string
  readonly tokens: Array<string>
}
let turn: Turn | undefined
let turns = 0
let composer = ""
let pasting = false
const line: Array<string> = []
let hooks = Promise.resolve()

const note = (entry: Entry): void => appendFileSync(file("jsonl"), `${JSON.stringify(entry)}\n`)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const workOf = (text: string): number => Number(/\[\[work (\d+)\]\]/u.exec(text)?.[1] ?? 0)

const ambush = (text: string): void => {
  const marker = file(`ambush-${/<([\d.]+)>/u.exec(text)?.[1]}`)
  if (!text.includes("[[ambush]]")) return
  try {
    // Once each, also by the agent that comes after this one.
    writeFileSync(marker, "", { flag: "wx" })
    process.kill(daemonOf(env("CHAOS_LOG")), "SIGKILL")
  } catch {
    // It was done, or somebody else was faster.
  }
}

/** Tells in order; told when the process that does so has ended. */
const report = (event: string, payload: object): Promise<void> => {
  hooks = hooks.then(
    () =>
      new Promise((resolve) => {
        const child = spawn("sm", ["hook", env("CHAOS_KIND"), event], { stdio: ["pipe", "ignore", "ignore"] })
        child.once("error", () => resolve())
        child.once("exit", () => resolve())
        child.stdin.end(JSON.stringify(payload))
      })
  )
  return hooks
}

const draw = (): void => {
  const queued = line.length > 0 ? "queued\r\n" : ""
  const state = turn === undefined ? "ready" : "working"
  process.stdout.write(`\u001b[2J\u001b[H${state}\r\n${queued}> ${composer.replaceAll("\n", "\r\n")}`)
}

const read = (into: Turn, text: string): Promise<void> => {
  note({ op: "read", text, turn: into.id })
  into.tokens.push(...[...text.matchAll(/<(\d[\d.]*)>/gu)].map(([, token = ""]) => token))
  return report("UserPromptSubmit", { prompt: text, turn_id: into.id })
}

const begin = async (text: string): Promise<void> => {
  const mine: Turn = { id: `t${process.pid}-${++turns}`, tokens: [] }
  turn = mine
  void read(mine, text)
  draw()
  for (let left = workOf(text) + SLICE; left > 0; left -= SLICE) {
    await sleep(SLICE)
    if (turn !== mine) return
    if (way === "plain") continue
    for (const next of line.splice(0)) {
      left += workOf(next) + SLICE
      void read(mine, next)
    }
    draw()
  }
  const answer = `done: ${mine.tokens.join(" ")}`
  note({ op: "over", turn: mine.id, answer })
  await report("Stop", { turn_id: mine.id, last_assistant_message: answer })
  if (turn !== mine) return
  goOn()
}

/** What stands in its line begins the next turn. */
const goOn = (): void => {
  turn = undefined
  const next = line.shift()
  if (next === undefined) draw()
  else void begin(next)
}

const take = (text: string): void => {
  if (turn === undefined) return void begin(text)
  note({ op: "queued", text })
  line.push(text)
  draw()
}

const submit = (): void => {
  const text = composer
  composer = ""
  if (text !== "") take(text)
}

process.stdin.setRawMode(true)
process.stdin.setEncoding("utf8")
process.stdin.on("data", (chunk: string) => {
  for (const part of chunk.split(MARKS)) {
    if (part === "\u001b[200~") pasting = true
    else if (part === "\u001b[201~") {
      pasting = false
      ambush(composer)
    } else if (pasting) composer += part
    else
      for (const char of part) {
        if (char === "\r") submit()
        else if (char === "\u001b" && turn !== undefined) goOn()
        else if (char >= " ") composer += char
      }
  }
  draw()
})

if (way === "door") {
  rmSync(file("sock"), { force: true })
  createServer({ allowHalfOpen: true }, (socket) => {
    let got = ""
    socket.setEncoding("utf8")
    socket.on("error", () => socket.destroy())
    socket.on("data", (chunk: string) => void (got += chunk))
    socket.on("end", () => {
      const { pace, text } = JSON.parse(got) as { readonly pace: string; readonly text: string }
      if (pace === "now" && turn !== undefined) void begin(text)
      else take(text)
      ambush(text)
      socket.end()
    })
  }).listen(file("sock"))
}
process.stdout.write("\u001b[?2004h")
draw()
