/** Agent kinds as values: what to launch, how to type, how to read what the agent says of itself. Plugins make them. */
import { type Effect, type Option, type Result, Schema } from "effect"
import { Approval } from "../domain/Approval.ts"
import type { Screen, Stroke } from "../terminal/Terminal.ts"
import type { Asking, Dialog } from "./Asking.ts"
import type { Door, Say, Steering } from "./Door.ts"

/** A fact the agent itself reported (a hook, a notify program). Outranks anything read from a screen. */
export const Signal = Schema.TaggedUnion({
  /** The agent is up; `agentSessionId` is what it can be resumed by, and it may change (`/clear`). */
  Started: {
    agentSessionId: Schema.optionalKey(Schema.String),
    transcript: Schema.optionalKey(Schema.String),
    source: Schema.Literals(["startup", "resume", "clear", "compact", "other"])
  },
  /** The agent took this text as a prompt. `turn` is its own id for what follows. */
  PromptSubmitted: { turn: Schema.String, prompt: Schema.String },
  ToolStarted: { turn: Schema.String, tool: Schema.String, detail: Schema.String },
  ToolEnded: { turn: Schema.String, tool: Schema.String, detail: Schema.String, failed: Schema.Boolean },
  /** `approval`: it is kept as one, and may be answered elsewhere. */
  PermissionAsked: { turn: Schema.String, question: Schema.String, approval: Schema.optionalKey(Approval) },
  /** The turn is over. With `background` the agent will go on by itself (sub-agents) and is not idle. */
  TurnEnded: { turn: Schema.String, answer: Schema.String, background: Schema.Boolean },
  TurnFailed: { turn: Schema.String, reason: Schema.String },
  Interrupted: { turn: Schema.String },
  /**
   * The provider takes no more work: until when, Unix ms, if it says so. Comes before the end of the turn that met the
   * limit, so that nothing is sent behind it.
   */
  Limited: { turn: Schema.String, reason: Schema.String, resetsAt: Schema.NullOr(Schema.Finite) },
  /** How full the context is: tokens used, tokens it holds, and the agent's own percentage of the two. */
  ContextMeasured: {
    used: Schema.Int,
    window: Schema.Int,
    percent: Schema.Finite,
    costUsd: Schema.optionalKey(Schema.Finite),
    model: Schema.optionalKey(Schema.String)
  },
  CompactStarted: {},
  CompactEnded: {},
  /** The agent's process is going away. */
  Ended: { reason: Schema.String }
})
export type Signal = typeof Signal.Type

/** What the screen, or the agent's own state file, shows. Evidence of last resort. */
export interface Observation {
  readonly activity: "starting" | "idle" | "busy" | "dialog" | "exited" | "unknown"
  /** One line: the question of a dialog, the error shown. */
  readonly detail: string
  /** Text standing in the composer, unsent; `null` when the composer is empty or not visible. */
  readonly draft: string | null
  /** Typed words stand in the agent's own line, behind what it is doing. */
  readonly queued?: boolean
  /** The clear typed last was refused: what the agent says of that stands on its screen, which a clear would have emptied. */
  readonly refused?: boolean
  /** The turn that ended last met a limit of the provider: its words, and until when, Unix ms, if it said so. */
  readonly limited?: { readonly reason: string; readonly resetsAt: number | null }
  /** Set for dialogs that the spawn itself consents to (trust, onboarding, update), or that leave all as it is (a limit). */
  readonly answer?: ReadonlyArray<Stroke>
  /** The line on which the choice of a menu stands: another one after a key that did something. */
  readonly step?: string
  /** What the activity goes by: the rule's name. */
  readonly rule?: string
  /** The answer only declines an offer of the agent's own, which may come at any time and holds everything up. */
  readonly declines?: boolean
}

export interface LaunchRequest {
  readonly sessionId: string
  readonly name: string
  /** The first prompt, framed or bare, exactly as the agent should read it. */
  readonly prompt: Option.Option<string>
  /** Resume this conversation of the agent instead of starting a new one. */
  readonly resume: Option.Option<string>
  readonly cwd: string
  readonly model: Option.Option<string>
  readonly effort: Option.Option<string>
  readonly permissionMode: Option.Option<string>
  /** Extra agent arguments, as given after `--`. */
  readonly args: ReadonlyArray<string>
  /** The complete environment so far: the daemon's, scrubbed, plus config, `--env` and `SM_*`. */
  readonly env: Readonly<Record<string, string>>
  /** A directory of the session's own, mode 0700, that exists. */
  readonly dir: string
  /** The command prefix of `sm` itself, absolute, for hooks: `[node, sm.cjs]`. */
  readonly sm: readonly [string, ...ReadonlyArray<string>]
  /** How its writes are locked. None: they are not. */
  readonly gate?: Gate
}

/** What an agent's hook before a tool must allow for. */
export interface Gate {
  /** Seconds that the agent must give it. */
  readonly timeout: number
  /** Shell commands may wait as well. */
  readonly bash: boolean
  /** A hook that fails, or ends too late, stops the write where the agent can do that. */
  readonly closed: boolean
  /** The daemon's own door for hooks, and the variable that holds what opens it. */
  readonly http: { readonly url: string; readonly secret: string } | null
}

export interface Launch {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly env: Readonly<Record<string, string>>
  /** Files to write before starting, mode 0600, relative to `dir`. */
  readonly files: Readonly<Record<string, string>>
  /** Known before the agent says so (a session id chosen by us). */
  readonly agentSessionId: Option.Option<string>
  /** The request's prompt travels on the command line; otherwise it must be typed once the agent is ready. */
  readonly promptOnArgv: boolean
}

/** The agent cannot be started: the sentence names what is missing and how to get it. */
export class AgentError extends Schema.TaggedError<AgentError>()("AgentError", {
  provider: Schema.String,
  problem: Schema.String,
  fix: Schema.String
}) {
  override get message() {
    return `${this.provider}: ${this.problem}`
  }
}

/** What a running agent's adapter may look at. */
export interface Seat {
  readonly sessionId: string
  readonly cwd: string
  /** The pane's process. */
  readonly pid: number
  /** The environment the agent was started with. */
  readonly env: Readonly<Record<string, string>>
  readonly agentSessionId: string | null
  readonly transcript: string | null
}

/** A program to be run once, to its end. */
export interface Errand {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** Pure: the answer in what it printed, or why there is none. */
  readonly read: (stdout: string) => Result.Result<string, string>
}

/** What a tool is about to write. */
export interface Writes {
  readonly tool: string
  /** Absolute: files; or directories, when `whole`: it may write anywhere in their workspaces. */
  readonly paths: ReadonlyArray<string>
  readonly whole: boolean
}

export interface AgentAdapter {
  readonly kind: string
  /** Features ask for these; nothing in the core asks for a kind. */
  readonly capabilities: {
    /** Reports PromptSubmitted, so that a message can become `submitted`. */
    readonly confirms: boolean
    /** Reports TurnEnded with the answer. */
    readonly turns: boolean
    readonly clears: boolean
  }
  /** Names of the environment variables that `observe` and `submitted` need to find the agent's own files. */
  readonly remembers: ReadonlyArray<string>
  readonly launch: (request: LaunchRequest) => Effect.Effect<Launch, AgentError>
  /** Types `text` into the empty composer and submits it, in one program. */
  readonly submit: (text: string) => ReadonlyArray<Stroke>
  /** Sends what stands in the composer. */
  readonly enter: ReadonlyArray<Stroke>
  /** Takes text out of the composer, some lines at a time; harmless when it is empty. */
  readonly discard: ReadonlyArray<Stroke>
  /** How a person's half-typed line is put aside for a message, and brought back. Without it the line is never touched. */
  readonly draft?: {
    /** Empties the composer; pressed once, and only while something stands there. */
    readonly stash: ReadonlyArray<Stroke>
    /**
     * `itself`: the agent brings it back after the next prompt. Else what to type into the empty composer, given the text
     * as it was shown and how many prompts were sent since, one if not told: commands, and what came through a door, do
     * not count.
     */
    readonly restore: "itself" | ((text: string, sent?: number) => ReadonlyArray<Stroke>)
    /** Brings it back when nothing was sent since. */
    readonly undo?: ReadonlyArray<Stroke>
  }
  /** Stops the running turn and nothing else. */
  readonly interrupt: ReadonlyArray<Stroke>
  /** The text of the control command that clears the context (`/clear`). */
  readonly clear: string
  /** Pure, but for `rules`. `version`: the agent's, as far as it is known. */
  readonly read: (screen: Screen, version?: string) => Observation
  /** The rules by which it reads screens, where people may correct them while it runs. */
  readonly rules?: {
    /** The version of the agent whose screens the shipped ones were written for. */
    readonly recorded: string
    /** Some are about certain versions only. */
    readonly versioned: () => boolean
    /** The file that corrects them now; none: they are as shipped. */
    readonly own: () => string | undefined
    /** Takes somebody's file for its corrections, or none. The failure says what is wrong with it; then nothing changes. */
    readonly correct: (
      file: { readonly path: string; readonly text: string } | undefined
    ) => Result.Result<void, string>
  }
  /** The running agent's version, as its own files tell. */
  readonly version?: (seat: Seat) => Effect.Effect<string | undefined>
  /** Pure: a hook's event name and payload, and when it reported (Unix ms), to signals. An unknown event is no signal. Undecodable payloads too. */
  readonly hook: (event: string, payload: unknown, at?: number) => ReadonlyArray<Signal>
  /**
   * Pure: the files that a hook's payload announces to be written, so that their workspace can be locked first. `bash`:
   * shell commands that plainly write count. Without it the kind's writes are not locked.
   */
  readonly writes?: (event: string, payload: unknown, bash: boolean) => Writes | undefined
  /** Pure: the agent's own id of the conversation that a hook's payload is about. */
  readonly conversation?: (payload: unknown) => string | undefined
  /**
   * Pure: what the hook's command prints to say this to the agent; none where the event cannot carry it. Without it a
   * kind's hooks only report.
   */
  readonly answer?: (event: string, say: Say) => string | undefined
  /** Its hook asks for permissions, and waits for the answer (`Say.permission`). */
  readonly asking?: Asking
  /** Pure: the permission dialog that this screen shows; none when it is not exactly one. */
  readonly dialog?: (screen: Screen) => Dialog | undefined
  /** What the files that a hook's payload points to add to it, such as how full the context is. */
  readonly measure?: (event: string, payload: unknown) => Effect.Effect<ReadonlyArray<Signal>>
  /** The agent's own state, from its state file or transcript; outranks `read`. */
  readonly observe: (seat: Seat) => Effect.Effect<Option.Option<Pick<Observation, "activity" | "detail" | "limited">>>
  /**
   * Does the agent's transcript carry this text as a prompt, at or after `since` (Unix ms)? `queued`: the agent has it in
   * its own line and has not read it: it will, so it must not be sent again; a line dies with the agent's process.
   * `unknown` when there is no transcript to look at. Decides after a crash whether a message was typed.
   */
  readonly submitted: (seat: Seat, text: string, since: number) => Effect.Effect<"yes" | "queued" | "no" | "unknown">
  /** Ways into an agent that works. Without them it gets everything at the end of its turn. */
  readonly door?: Door
  readonly steering?: Steering
  /**
   * Asks a small model through the agent's own program: `instruction` says what for, `text` is the material, `env` the
   * agent's environment without its identity.
   */
  readonly summarise?: (request: {
    readonly instruction: string
    readonly text: string
    readonly env: Readonly<Record<string, string>>
  }) => Effect.Effect<Errand, AgentError>
  /** What a person sees when the pane is reduced to its last words: the exit message's reason, else empty. */
  readonly farewell: (screen: Screen) => string
}

export const defineAgent = (adapter: AgentAdapter): AgentAdapter => adapter
