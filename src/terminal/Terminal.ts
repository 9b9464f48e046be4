/** The terminal port: where agents live. tmux is one implementation, a fake is another; one contract suite for both. */
import { Context, type Effect, Schema, type Stream } from "effect"

/** A pane's id in its terminal server (tmux `%12`). Unique for the server's life only: compare `Terminal.server` too. */
export const PaneId = Schema.String.pipe(Schema.brand("PaneId"))
export type PaneId = typeof PaneId.Type

export class TerminalError extends Schema.TaggedError<TerminalError>()("TerminalError", {
  operation: Schema.String,
  reason: Schema.Literals(["NotInstalled", "ServerGone", "NoSuchPane", "BadDirectory", "Timeout", "Refused"]),
  detail: Schema.String
}) {
  override get message() {
    return `terminal ${this.operation}: ${this.detail}`
  }
}

/** Keys that adapters may press. */
export const Key = Schema.Literals(["Enter", "Escape", "C-b", "C-c", "C-k", "C-s", "C-u", "C-x", "Up", "Down", "Tab"])
export type Key = typeof Key.Type

/** One step of a keystroke program. All steps of one program reach the pane with nothing between them. */
export type Stroke =
  | { readonly _tag: "Paste"; readonly text: string }
  | { readonly _tag: "Press"; readonly keys: ReadonlyArray<Key> }

export interface PaneSpec {
  /** The session's id; kept on the pane so that a restarted daemon finds it again. */
  readonly sessionId: string
  /** What `sm attach` and the status line show. */
  readonly title: string
  readonly cwd: string
  readonly command: readonly [string, ...ReadonlyArray<string>]
  /** The whole environment of the program: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
}

export interface Pane {
  readonly pane: PaneId
  readonly sessionId: string
  readonly pid: number
  readonly dead: boolean
  /** Exit code of a dead pane's program, if it exited by itself. */
  readonly status: number | null
  /** The signal that ended a dead pane's program, if one did: its name, or its number. */
  readonly signal?: string
}

export interface Screen {
  /** Visible text, one line per row, right-trimmed. */
  readonly text: string
  readonly title: string
  readonly cursor: { readonly x: number; readonly y: number }
  /** The text behind the cursor is shown faint, as placeholders are, or the program shows all text alike. */
  readonly faint: boolean
  readonly dead: boolean
  /** Somebody attached and pressed a key in the last two to three seconds (clocks of terminals tell whole ones). */
  readonly humanActive: boolean
  /** Only a shell reads the keys, and the program was none: it has ended inside its wrapper. Nothing may be typed. */
  readonly bare?: boolean
  /** Somebody is attached, and looks at it. */
  readonly watched?: boolean
}

/** A pane whose screen changed since the last tick, or that died. */
export type PaneNews =
  | { readonly _tag: "Changed"; readonly pane: PaneId; readonly sessionId: string }
  | { readonly _tag: "Died"; readonly pane: PaneId; readonly sessionId: string; readonly status: number | null }
  | { readonly _tag: "ServerGone" }

/** What may not pass into a pane: C0 except LF and TAB, DEL, C1. CRLF and CR become LF. The stated policy for control characters. */
export const sanitise = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, "\n")
    // oxlint-disable-next-line no-control-regex -- control characters are what this removes
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")

export class Terminal extends Context.Service<
  Terminal,
  {
    /** Starts the program in a new pane. Fails with BadDirectory when `cwd` does not exist. */
    readonly open: (spec: PaneSpec) => Effect.Effect<Pane, TerminalError>
    /** Runs a keystroke program atomically. Pasted text is sanitised, bracketed, and never interpreted by a shell or by tmux. */
    readonly type: (pane: PaneId, strokes: ReadonlyArray<Stroke>) => Effect.Effect<void, TerminalError>
    readonly screen: (pane: PaneId) => Effect.Effect<Screen, TerminalError>
    /** The last `lines` lines of screen and history, as text. */
    readonly history: (pane: PaneId, lines: number) => Effect.Effect<string, TerminalError>
    /** Ends the pane and every process in it. Idempotent. */
    readonly close: (pane: PaneId) => Effect.Effect<void, TerminalError>
    readonly retitle: (pane: PaneId, title: string) => Effect.Effect<void, TerminalError>
    /** All panes that carry a session id, live and dead: the full truth, for adoption and reconciling. */
    readonly list: Effect.Effect<ReadonlyArray<Pane>, TerminalError>
    /** The command a person runs to look inside, and whether it must replace the client of a surrounding tmux. */
    readonly attach: (sessionId: string) => ReadonlyArray<string>
    /** One loop for all panes, whatever their number. */
    readonly news: Stream.Stream<PaneNews, TerminalError>
    /** Identity of the terminal server: differs after a reboot or a killed server. */
    readonly server: Effect.Effect<string, TerminalError>
  }
>()("sm/terminal/Terminal") {}
