/** Pure: remembers what decided the phase that a session is in, for whoever asks why. */
import type { Evidence } from "../../domain/Evidence.ts"
import type { Mail } from "../Behavior.ts"
import type { State } from "./State.ts"

/** Without its time. */
export type Because = Pick<Evidence, "by" | "source">

/** Mail whose tag alone says enough. What is not named here is an order, by its tag. */
const BY_TAG: Readonly<Record<string, Because>> = {
  Launch: { source: "order", by: "spawned" },
  Restore: { source: "order", by: "restored" },
  Kill: { source: "order", by: "killed" },
  Recover: { source: "order", by: "started again after its agent went away by itself" },
  TurnComplete: { source: "order", by: "sm turn-complete" },
  Typed: { source: "order", by: "a prompt was typed; this agent says nothing of its turns" },
  Withheld: { source: "screen", by: "a look before typing" },
  Observed: { source: "screen", by: "a look" },
  Confirmed: { source: "transcript", by: "a prompt stands in the agent's transcript" },
  LaunchFailed: { source: "terminal", by: "the agent could not be started" },
  PaneLost: { source: "terminal", by: "the pane or the agent's process is gone" },
  PaneClosed: { source: "terminal", by: "the pane was closed" },
  Silent: { source: "silence", by: "neither hooks nor screen told anything (monitor.unknown_after)" }
}

const becauseOf = (state: State, { tag }: Mail): Because =>
  tag === "Signalled"
    ? { source: "hook", by: state.heard.at(-1)?.what ?? "a signal" }
    : (BY_TAG[tag] ?? { source: "order", by: tag })

/** `because`: where the mail knows better than its tag. */
export const decided = (before: State, after: State, mail: Mail, because?: Because): State =>
  before.phase === after.phase && before.spec !== null
    ? after
    : { ...after, evidence: { ...(because ?? becauseOf(after, mail)), at: mail.now } }
