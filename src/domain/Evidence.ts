/** What decided the state that a session is in: which kind of evidence, which piece of it, and when. */
import { Schema } from "effect"

export const Evidence = Schema.Struct({
  /**
   * hook: the agent itself said it. state-file: a file of the agent's own. screen: a rule about its screen. transcript: what
   * the agent wrote of its prompts. terminal: the pane. silence: nothing, for long. order: sm did it, for whoever asked.
   */
  source: Schema.Literals(["hook", "state-file", "screen", "transcript", "terminal", "silence", "order"]),
  /** The signal, the rule, the order. */
  by: Schema.String,
  /** When it was taken up, Unix ms. */
  at: Schema.Finite
})
export type Evidence = typeof Evidence.Type
