/** Which ways into a working agent there are, and which letters may take them. The table is in `agents/Door.ts`. */
import type { AgentAdapter } from "../../agents/Agent.ts"
import type { Door, Steering } from "../../agents/Door.ts"
import type { Letter } from "../../domain/Letter.ts"
import type { Sides, State } from "./State.ts"

/** Whose words an adapter lets in beside the running work. */
export const sidesOf = ({ door, steering }: Pick<AgentAdapter, "door" | "steering">): Sides => {
  if (steering !== undefined) return "anyone"
  return door === undefined ? "nobody" : door.admits
}

/**
 * May this letter reach the agent while it works? A task has a turn of its own, so have the agent's own commands, and
 * what follows a clear is for an empty context. What failed once waits for the end of the turn.
 */
export const mayEnter = ({ sides }: State, { after, from, kind, mode, order, tries }: Letter): boolean => {
  if (kind !== "message" || order !== undefined || after !== undefined || tries > 0 || mode === "sequential")
    return false
  return sides === "anyone" || (sides === "agents" && from.kind !== "human")
}

export type Way =
  | { readonly _tag: "Door"; readonly door: Door; readonly pace: "next" | "now" }
  | { readonly _tag: "Steering"; readonly steering: Steering }

/** The way these letters take into an agent that works; none when its kind has lost it. */
export const wayFor = (
  { actions }: State,
  letters: ReadonlyArray<Letter>,
  { door, steering }: Pick<AgentAdapter, "door" | "steering">
): Way | undefined => {
  const urgent = letters.some(({ mode }) => mode === "urgent")
  const people = letters.some(({ from }) => from.kind === "human")
  if (door !== undefined && (!people || door.admits === "anyone")) {
    // What has just been called would be broken off by `now`; `hasten` moves it to the background instead.
    const tool = actions.at(-1)?.took === null
    return { _tag: "Door", door, pace: urgent && !tool ? "now" : "next" }
  }
  return steering === undefined ? undefined : { _tag: "Steering", steering }
}
