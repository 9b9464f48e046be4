/**
 * Ways into an agent that works, or whose composer is a person's just now; `test/agents/doors.test.ts` tries them with the
 * real ones. Which one a message takes:
 *
 * | mode | words of | way |
 * | --- | --- | --- |
 * | important | an agent | `door` at pace `next`; else `steering`; else when the turn is over |
 * | important | a person | `steering`; else when the turn is over |
 * | urgent | an agent | `door`: `next` while a tool is known to run, else `now`; then its `hasten` until the prompt is |
 * | | | confirmed; without a door as a person's |
 * | urgent | a person | `steering`, then its `hasten` until the agent has read it; else the `door`'s `hasten` while a |
 * | | | tool runs, then `interrupt`, and `submit` when it is idle |
 */
import { type Effect, Schema } from "effect"
import type { Stroke } from "../terminal/Terminal.ts"
import type { Seat } from "./Agent.ts"

/** The text did not go through the door. */
export class DoorClosed extends Schema.TaggedError<DoorClosed>()("DoorClosed", {
  reason: Schema.String,
  /** `no`: take another way. `maybe`: `submitted` knows, a moment later; until it does, neither send again nor type. */
  sent: Schema.Literals(["no", "maybe"])
}) {
  override get message() {
    return `the agent's own door: ${this.reason}`
  }
}

/**
 * A way in beside the keyboard: nothing is typed, so what a person has begun to write stays as it is, and a dialog is not
 * answered. An idle agent begins a turn with the text. `PromptSubmitted`, with the very text, comes when the agent reads
 * it. Success means that the agent has taken it into its own line: `submitted` says so a moment later, `queued` until it is
 * read. After a crash in between, `no` is true only when it has been said for a few seconds.
 */
export interface Door {
  /** `agents`: the agent presents the words as another agent's, so those of a person must not go through. */
  readonly admits: "agents" | "anyone"
  /**
   * `next`: read between two tool calls, by the running turn; when there is none any more, by a turn of its own.
   * `now`: what the model is saying is cut short, and with it a tool that it has just called; or the rest of the turn
   * after a tool that runs for a second or more: always a turn of its own. The turn that is cut short does not report
   * its end.
   */
  readonly deliver: (seat: Seat, text: string, pace: "next" | "now") => Effect.Effect<void, DoorClosed>
  /**
   * For urgent words: ends the wait for a running tool without harming it: it goes on in the background. Some tools cannot
   * be moved, or not yet: press again, half a second apart, as long as the prompt is not confirmed and nobody writes.
   */
  readonly hasten: ReadonlyArray<Stroke>
}

/**
 * Typing to an agent that works. Only for a kind whose `PromptSubmitted` comes when the agent reads it, behind the running
 * tool at the latest, and names the turn that carries the text. (Claude Code reports a prompt when it is queued, for a turn
 * that may be over before another one reads it: its words go through the door, or wait.)
 */
export interface Steering {
  /** Into the empty composer, in one program. */
  readonly type: (text: string) => ReadonlyArray<Stroke>
  /**
   * For urgent words, once the agent shows them in its line (`Observation.queued`), and not before: on an agent that has
   * become idle meanwhile it would stop the turn that these very words began. Again, half a second apart, as long as they
   * stand there and the composer is empty. A running tool goes on in the background where that is possible; one that has
   * only just begun may be dropped.
   */
  readonly hasten: ReadonlyArray<Stroke>
}

/** What an agent is told by the answer to one of its hooks. */
export interface Say {
  /** The tool call that the hook announces must not run; the words are what the model reads instead of its result. */
  readonly deny?: string
  /** The answer to a request for permission; `message` is what the model reads where it is refused. */
  readonly permission?: { readonly allow: boolean; readonly message?: string }
  /** Added to the model's context, not shown to a person as a prompt. */
  readonly context?: string
}
