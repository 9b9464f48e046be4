/** What the world shows of a session's agent: its pane, its screen, its own state file, in one look. */
import { Effect, Option } from "effect"
import type { AgentAdapter, Observation, Seat } from "../../agents/Agent.ts"
import type { Dialog } from "../../agents/Asking.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import { PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import type { State } from "./State.ts"

export interface Sight {
  readonly observation: Observation
  /** The activity comes from the agent's own state file, not from the screen. */
  readonly structured: boolean
  readonly dead: boolean
  /** Its agent ended and left a shell behind: what is shown may be its last picture, and keys would go to the shell. */
  readonly bare: boolean
  /** A permission dialog, and nothing else, takes the keys. */
  readonly dialog?: Dialog | undefined
  readonly humanActive: boolean
  /** What stands in the composer is ours and not on its way: the next message may take its place. */
  readonly leftover: boolean
  /** The last words of a dead pane. */
  readonly farewell: string
}

export const seatOf = (state: State): Seat | undefined =>
  state.pane === null || state.spec === null
    ? undefined
    : {
        sessionId: state.id,
        cwd: state.spec.workingDir,
        pid: state.pane.pid,
        env: state.seatEnv,
        agentSessionId: state.agentSessionId,
        transcript: state.transcript
      }

/**
 * The agent's own state outranks the screen, with two exceptions: only the screen shows a start-up dialog and a draft,
 * and an agent that calls itself idle takes no text while its composer cannot be seen.
 */
export const look = (adapter: AgentAdapter, seat: Seat, pane: string): Effect.Effect<Sight, TerminalError, Terminal> =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const screen = yield* terminal.screen(PaneId.make(pane))
    const version = adapter.rules?.versioned() === true ? yield* adapter.version?.(seat) ?? Effect.void : undefined
    const seen = adapter.read(screen, version ?? undefined)
    const own = yield* adapter.observe(seat)
    const composer = seen.activity === "idle" || seen.activity === "busy"
    const structured =
      Option.isSome(own) &&
      seen.activity !== "dialog" &&
      seen.activity !== "exited" &&
      own.value.activity !== "unknown" &&
      (own.value.activity !== "idle" || composer)
    return {
      observation:
        Option.isSome(own) && structured ? { ...seen, ...own.value, detail: own.value.detail || seen.detail } : seen,
      structured,
      dead: screen.dead,
      bare: screen.bare === true,
      dialog: seen.activity === "dialog" && seen.answer === undefined ? adapter.dialog?.(screen) : undefined,
      humanActive: screen.humanActive,
      leftover: false,
      farewell: screen.dead ? adapter.farewell(screen) : ""
    }
  })

/** Does the draft in the composer look like the beginning or the end of this text of ours? */
export const isOurs = (draft: string, text: string, ids: ReadonlyArray<string>): boolean => {
  const shown = squeeze(draft)
  if (shown === "") return false
  if (ids.some((id) => shown.includes(id))) return true
  const whole = squeeze(text)
  return shown.length >= 8 ? whole.includes(shown.slice(0, 200)) || whole.includes(shown.slice(-200)) : whole === shown
}
