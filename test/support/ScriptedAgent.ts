/** An agent in a fake pane that does only what a test tells it to: composer, turns, dialogs, hooks. */
import { Effect, Option } from "effect"
import { type AgentAdapter, defineAgent, type LaunchRequest, type Signal } from "../../src/agents/Agent.ts"
import { answerHook, readAsk, readHook } from "../../src/plugins/sdk/hooks.ts"
import { composing, emptyComposer } from "../../src/plugins/sdk/screen.ts"
import { type Door, DoorClosed, type Steering } from "../../src/agents/Door.ts"
import type { Stroke } from "../../src/terminal/Terminal.ts"
import type { Program } from "./programs/Program.ts"

type Mode = "ready" | "working" | "dialog" | "trust" | "garbled"

export class ScriptedAgent {
  mode: Mode = "ready"
  composer = ""
  /** What it took as prompts, in order. */
  readonly prompts: Array<string> = []
  /** Keys that a dialog took for its answer. */
  approvals = 0
  /** What its dialog asks leave for: `Bash: touch x`; then Enter allows it and Escape refuses. */
  asks: string | undefined
  refusedLeave = 0
  /** Its hook asks, and waits for the answer. */
  asking: "beside" | "after" | undefined
  /** What it shows when it starts. */
  opening: Mode = "ready"
  interrupts = 0
  readonly launches: Array<LaunchRequest> = []
  /** While it works its screen tells nothing. */
  blind = false
  /** Takes prompts, and says nothing of it. */
  mute = false
  /** Leaves what is entered in the composer. */
  deaf = false
  /** An interrupted agent that had not begun puts the prompt back. */
  handsBack = false
  /** Says whether a text was taken; without it nobody can tell. */
  transcript = true
  /** Reports what it takes. */
  confirms = true
  promptOnArgv = false
  /** Has a door of its own for other agents' words. */
  door = false
  /** Takes what is typed while it works into its line. */
  steers = false
  /** What it has taken and not read yet. */
  readonly line: Array<string> = []
  /** What stood in its line when its process ended: its transcript still says so, and nobody will read it. */
  readonly lost: Array<string> = []
  /** Came in by its door. */
  readonly handedIn: Array<{ readonly text: string; readonly pace: string }> = []
  /** The next word at the door breaks off: before it got there, or after. */
  doorBreaks: "no" | "maybe" | "arrived" | undefined
  hurried = 0
  /** Says when a turn is over. */
  turns = true
  /** Tells of a cleared context only before the next prompt, as Codex does. */
  lazy = false
  refused = false
  /** Conversations begun by a clear: their ids are `conversation-1`, … */
  clears = 0
  /** So many of the clears that come next are refused, which shows until one is not. */
  refusals = 0

  readonly #emit: (signal: Signal) => void
  #turn = 0
  #untold = false
  #pasting = false
  #write: (text: string) => void = () => undefined
  #exit: (status: number) => void = () => undefined

  constructor(emit: (signal: Signal) => void) {
    this.#emit = emit
  }

  readonly program: Program = ({ args: [prompt], exit, write }) => {
    this.#write = write
    this.#exit = exit
    this.mode = this.opening
    this.composer = ""
    this.lost.push(...this.line.splice(0))
    write("\u001b[?2004h")
    this.draw()
    if (prompt !== undefined) this.#take(prompt)
    return (bytes) => this.#typed(bytes)
  }

  draw(): void {
    const asks = this.mode === "dialog" && this.asks !== undefined ? ` ${this.asks}` : ""
    const shown = this.blind && this.mode === "working" ? "garbled" : this.mode
    this.#write(`\u001b[2J\u001b[H${shown}${asks}\r\n> ${this.composer.replaceAll("\n", "\r\n  ")}`)
  }

  /** The turn is over; what is in its line begins the next. */
  finish(answer = "done"): void {
    this.mode = "ready"
    this.#emit({ _tag: "TurnEnded", turn: `t${this.#turn}`, answer, background: false })
    this.draw()
    const [next] = this.line.splice(0, 1)
    if (next !== undefined) this.#take(next)
  }

  /** Begins a tool. */
  tool(): void {
    this.#emit({ _tag: "ToolStarted", turn: `t${this.#turn}`, tool: "Bash", detail: "sleep" })
  }

  /** The tool is over: what is in its line is read by the running turn. */
  read(): void {
    this.#emit({ _tag: "ToolEnded", turn: `t${this.#turn}`, tool: "Bash", detail: "sleep", failed: false })
    for (const prompt of this.line.splice(0)) this.#read(prompt)
    this.draw()
  }

  #read(prompt: string): void {
    this.prompts.push(prompt)
    if (!this.mute) this.#emit({ _tag: "PromptSubmitted", turn: `t${this.#turn}`, prompt })
  }

  /** A word at the door. */
  handIn(text: string, pace: "next" | "now"): "no" | "maybe" | undefined {
    const breaks = this.doorBreaks
    this.doorBreaks = undefined
    if (breaks === "no" || breaks === "maybe") return breaks
    this.handedIn.push({ text, pace })
    if (this.mode !== "working" || pace === "now") this.#take(text)
    else this.line.push(text)
    return breaks === "arrived" ? "maybe" : undefined
  }

  /** Shows a dialog that asks leave for this; its hook has said so already, or never does. */
  ask(what: string): void {
    this.asks = what
    this.show("dialog")
  }

  /** Becomes what it shows, without a hook. */
  show(mode: Mode): void {
    this.mode = mode
    this.draw()
  }

  exit(status: number): void {
    this.#exit(status)
  }

  #tellClear(): void {
    this.#untold = false
    this.#emit({ _tag: "Started", agentSessionId: `conversation-${this.clears}`, source: "clear" })
  }

  #take(prompt: string): void {
    this.prompts.push(prompt)
    this.mode = "working"
    if (!this.mute) this.#emit({ _tag: "PromptSubmitted", turn: `t${++this.#turn}`, prompt })
    this.draw()
  }

  get #writable(): boolean {
    return this.mode === "ready" || this.mode === "working"
  }

  #enter(): void {
    if (this.mode === "dialog" || this.mode === "trust") {
      this.approvals++
      if (this.asks !== undefined) this.mode = "working"
      return
    }
    if (this.deaf || this.composer === "") return
    const prompt = this.composer
    this.composer = ""
    if (this.mode === "working" && this.steers) {
      this.line.push(prompt)
      return
    }
    if (prompt === "/clear" && this.refusals > 0) {
      this.refusals--
      this.refused = true
    } else if (prompt === "/clear") {
      this.refused = false
      this.clears++
      if (this.lazy) this.#untold = true
      else this.#tellClear()
    } else {
      if (this.#untold) this.#tellClear()
      this.#take(prompt)
    }
  }

  #key(char: string): void {
    if (char === "\r") this.#enter()
    else if (char === "\u0002") {
      this.hurried++
      if (this.mode === "working") this.read()
    } else if (char === "\u001b") {
      if (this.mode === "dialog" && this.asks !== undefined) {
        this.refusedLeave++
        this.mode = "ready"
        this.#emit({ _tag: "Interrupted", turn: `t${this.#turn}` })
        return
      }
      this.interrupts++
      if (this.mode !== "working") return
      this.mode = "ready"
      if (this.handsBack) this.composer = this.prompts.pop() ?? ""
      else this.#emit({ _tag: "Interrupted", turn: `t${this.#turn}` })
    } else if (char === "\u0015") this.composer = this.composer.slice(0, Math.max(0, this.composer.lastIndexOf("\n")))
    else if (this.#writable) this.composer += char
  }

  #typed(bytes: string): void {
    for (let at = 0; at < bytes.length;) {
      const mark = ["\u001b[200~", "\u001b[201~"].findIndex((sequence) => bytes.startsWith(sequence, at))
      if (mark >= 0) {
        this.#pasting = mark === 0
        at += 6
        continue
      }
      const char = bytes[at++] ?? ""
      if (!this.#pasting) this.#key(char)
      else if (this.#writable) this.composer += char
    }
    this.draw()
  }
}

const HASTEN: ReadonlyArray<Stroke> = [{ _tag: "Press", keys: ["C-b"] }]
const STEERING: Steering = {
  type: (text) => [
    { _tag: "Paste", text },
    { _tag: "Press", keys: ["Enter"] }
  ],
  hasten: HASTEN
}
const doorOf = (agent: ScriptedAgent): Door => ({
  admits: "agents",
  deliver: (_seat, text, pace) =>
    Effect.suspend(() => {
      const sent = agent.handIn(text, pace)
      return sent === undefined ? Effect.void : Effect.fail(new DoorClosed({ reason: "it broke off", sent }))
    }),
  hasten: HASTEN
})

const squeeze = (text: string): string => text.replaceAll(/\s+/gu, "")

/** Has what the agent has been told to have. */
export const adapterOf = (agent: ScriptedAgent, kind = "scripted"): AgentAdapter =>
  Object.defineProperties(plain(agent, kind), {
    door: { get: () => (agent.door ? doorOf(agent) : undefined) },
    steering: { get: () => (agent.steers ? STEERING : undefined) },
    asking: { get: () => (agent.asking === undefined ? undefined : { read: readAsk, dialog: agent.asking }) }
  })

const plain = (agent: ScriptedAgent, kind: string): AgentAdapter =>
  defineAgent({
    kind,
    capabilities: {
      get confirms() {
        return agent.confirms
      },
      get turns() {
        return agent.turns
      },
      clears: true
    },
    remembers: ["HOME"],
    launch: (request) =>
      Effect.sync(() => {
        agent.launches.push(request)
        const prompt = agent.promptOnArgv ? Option.toArray(request.prompt) : []
        return {
          command: ["agent", ...prompt] as const,
          env: request.env,
          files: {},
          agentSessionId: Option.some("conversation"),
          promptOnArgv: prompt.length > 0
        }
      }),
    submit: (text) => [
      { _tag: "Paste", text },
      { _tag: "Press", keys: ["Enter"] }
    ],
    enter: [{ _tag: "Press", keys: ["Enter"] }],
    discard: emptyComposer,
    draft: { stash: emptyComposer, restore: (text) => [{ _tag: "Paste", text }] },
    interrupt: [{ _tag: "Press", keys: ["Escape"] }],
    clear: "/clear",
    read: (screen) => {
      if (screen.dead) return { activity: "exited", detail: "", draft: null }
      const draft = composing(screen, ">", 2)
      if (screen.text.startsWith("trust"))
        return { activity: "dialog", detail: "Trust?", draft: null, answer: [{ _tag: "Press", keys: ["Enter"] }] }
      if (screen.text.startsWith("dialog"))
        return { activity: "dialog", detail: "May I?", draft: null, rule: "scripted-dialog" }
      if (screen.text.startsWith("garbled")) return { activity: "unknown", detail: "", draft: null }
      const activity = screen.text.startsWith("working") ? "busy" : "idle"
      const rule = `scripted-${activity === "idle" ? "ready" : activity}`
      return { activity, detail: "", draft, queued: agent.line.length > 0, refused: agent.refused, rule }
    },
    dialog: ({ text }) => {
      const [, tool, detail] = /^dialog (\w+): (.+)$/mu.exec(text) ?? []
      if (tool === undefined || detail === undefined) return undefined
      return {
        kind: "permission",
        tool,
        detail,
        about: (asked) => asked.tool === tool && asked.subject === detail,
        approve: [{ _tag: "Press", keys: ["Enter"] }],
        deny: [{ _tag: "Press", keys: ["Escape"] }]
      }
    },
    hook: readHook,
    answer: answerHook,
    observe: () => Effect.succeedNone,
    submitted: (_, text) =>
      Effect.sync(() => {
        if (!agent.transcript) return "unknown"
        const has = (lines: ReadonlyArray<string>) => lines.some((prompt) => squeeze(prompt).includes(squeeze(text)))
        if (has(agent.line)) return "queued"
        if (has(agent.prompts)) return "yes"
        return has(agent.lost) ? "queued" : "no"
      }),
    farewell: () => ""
  })
