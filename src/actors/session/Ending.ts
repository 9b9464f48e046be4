/** Pure: how an agent's process ended, and whether that was a crash or what somebody wanted. */
import type { Pane } from "../../terminal/Terminal.ts"
import type { Death } from "./Vigilance.ts"

/** Hang-up, interrupt, terminate: what asks a process to end. Others do not ask, or it is its own fault. */
const ASKING: Readonly<Record<string, string>> = { 1: "HUP", 2: "INT", 15: "TERM" }
const ASKED = new Set(Object.values(ASKING))

/** A shell, and a program that has tidied up after a signal, ends with 128 and the signal's number. */
const BASE = 128

export const endOf = ({
  signal,
  status
}: Pick<Pane, "signal" | "status">): { readonly reason: string; readonly death: Death } => {
  if (status !== null) {
    const asked = status === 0 || ASKING[status - BASE] !== undefined
    return { reason: `the agent's process ended with exit code ${status}`, death: asked ? "ended" : "crashed" }
  }
  // Which it was is not always known: then nobody said that it should.
  if (signal === undefined) return { reason: "the agent's process ended", death: "crashed" }
  const name = ASKING[signal] ?? signal
  return {
    reason: `the agent's process ended by signal ${name}`,
    death: ASKED.has(name) ? "ended" : "crashed"
  }
}
