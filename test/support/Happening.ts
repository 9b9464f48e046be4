/** What may happen to a session, and which hops of a message may follow one another. */

/** One thing that happens. Numbers choose among what there is: modulo its count. */
export interface Happening {
  readonly what: What
  readonly one: number
  readonly two: number
}
export const WHATS = [
  "accept",
  "accept",
  "accept urgent",
  "unsend",
  "clear",
  "launched",
  "launch failed",
  "typed",
  "typed",
  "withheld",
  "handed back",
  "confirmed",
  "gave up",
  "interrupt pressed",
  "observed",
  "observed",
  "silent",
  "prompt submitted",
  "prompt submitted",
  "turn ended",
  "turn failed",
  "interrupted",
  "tool started",
  "permission asked",
  "leave asked",
  "leave decided",
  "dialog stands",
  "tool ended",
  "compact",
  "started",
  "kill",
  "restore",
  "pane lost",
  "pane closed",
  "another activation",
  "watch",
  "watch over",
  "unwatch",
  "time passes"
] as const
export type What = (typeof WHATS)[number]

export const TERMINAL = new Set(["answered", "parked", "expired", "dead", "withdrawn"])
export const ALLOWED: Readonly<Record<string, ReadonlyArray<string>>> = {
  accepted: ["injected", "submitted", "parked", "expired", "dead", "withdrawn"],
  // Again: it was not taken, and typed once more.
  injected: ["injected", "submitted", "parked", "expired", "dead", "withdrawn"],
  // Handed back by an interrupted agent.
  submitted: ["answered", "accepted", "parked", "withdrawn"],
  answered: [],
  parked: [],
  expired: [],
  dead: [],
  withdrawn: []
}
