/** An agent in a fake pane that does only what a test tells it to: composer, turns, dialogs, hooks. */
import { Effect, Option } from "effect"
import { type AgentAdapter, defineAgent, type LaunchRequest, type Signal } from "../../src/agents/Agent.ts"
import { composing, emptyComposer } from "../../src/plugins/sdk/screen.ts"
import type { Program } from "./programs/Program.ts"

type Mode = "ready" | "working" | "dialog" | "trust"

export class ScriptedAgent {
  mode: Mode = "ready"
  composer = ""
  /** What it took as prompts, in order. */
  readonly prompts: Array<string> = []
  /** Keys that a dialog took for its answer. */
  approvals = 0
  /** What it shows when it starts. */
  opening: Mode = "ready"
  interrupts = 0
  readonly launches: Array<LaunchRequest> = []
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
  /** Says when a turn is over. */
  turns = true

  readonly #emit: (signal: Signal) => void
  #turn = 0
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
    write("\u001b[?2004h")
    this.draw()
    if (prompt !== undefined) this.#take(prompt)
    return (bytes) => this.#typed(bytes)
  }

  draw(): void {
    this.#write(`\u001b[2J\u001b[H${this.mode}\r\n> ${this.composer.replaceAll("\n", "\r\n  ")}`)
  }

  /** The turn is over. */
  finish(answer = "done"): void {
    this.mode = "ready"
    this.#emit({ _tag: "TurnEnded", turn: `t${this.#turn}`, answer, background: false })
    this.draw()
  }

  /** Becomes what it shows, without a hook. */
  show(mode: Mode): void {
    this.mode = mode
    this.draw()
  }

  exit(status: number): void {
    this.#exit(status)
  }

  #take(prompt: string): void {
    this.prompts.push(prompt)
    this.mode = "working"
    if (!this.mute) this.#emit({ _tag: "PromptSubmitted", turn: `t${++this.#turn}`, prompt })
    this.draw()
  }

  get #writable(): boolean {
    return this.mode !== "dialog" && this.mode !== "trust"
  }

  #enter(): void {
    if (this.mode === "dialog" || this.mode === "trust") {
      this.approvals++
      return
    }
    if (this.deaf || this.composer === "") return
    const prompt = this.composer
    this.composer = ""
    if (prompt === "/clear") this.#emit({ _tag: "Started", agentSessionId: "fresh", source: "clear" })
    else this.#take(prompt)
  }

  #key(char: string): void {
    if (char === "\r") this.#enter()
    else if (char === "\u001b") {
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

const squeeze = (text: string): string => text.replaceAll(/\s+/gu, "")

export const adapterOf = (agent: ScriptedAgent, kind = "scripted"): AgentAdapter =>
  defineAgent({
    kind,
    displayName: "Scripted",
    capabilities: {
      get confirms() {
        return agent.confirms
      },
      get turns() {
        return agent.turns
      },
      tools: true,
      resumes: true,
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
      if (screen.text.startsWith("dialog")) return { activity: "dialog", detail: "May I?", draft: null }
      return { activity: screen.text.startsWith("working") ? "busy" : "idle", detail: "", draft }
    },
    hook: () => [],
    observe: () => Effect.succeedNone,
    submitted: (_, text) =>
      Effect.sync(() => {
        if (!agent.transcript) return "unknown"
        return agent.prompts.some((prompt) => squeeze(prompt).includes(squeeze(text))) ? "yes" : "no"
      }),
    farewell: () => ""
  })
