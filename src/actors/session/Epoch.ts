/** Pure: an epoch is one context of the agent. A clear begins the next; what was said of an earlier one is void. */
import type { Signal } from "../../agents/Agent.ts"
import type { State } from "./State.ts"

/** So many of the conversations that were cleared are remembered: their hooks come late, not for ever. */
const VOIDED = 20

/** A new, empty context, since `now`. Who the agent is, and that its provider takes no more work, stays. */
export const nextEpoch = (state: State, now: number): State => {
  const { agentSessionId } = state
  const voided = agentSessionId === null ? state.voided : [...state.voided, { id: agentSessionId, at: now }]
  return {
    ...state,
    actions: [],
    context: null,
    epoch: state.epoch + 1,
    voided: voided.slice(-VOIDED),
    status: null,
    task: null,
    assignment: null,
    completed: null,
    handoff: null
  }
}

/** Is this said of a conversation that was cleared? Its own start after that is not: a person may go back to it. */
export const isVoid = (state: State, conversation: string | undefined, signal: Signal, at: number): boolean => {
  const found = state.voided.find(({ id }) => id === conversation)
  return found !== undefined && (signal._tag !== "Started" || at < found.at)
}

/** Was this said before the last clear that is known? */
export const isOlder = ({ voided }: State, at: number): boolean => at < (voided.at(-1)?.at ?? at)

/** Follows the agent into the conversation that it says it is in. */
export const inConversation = (
  state: State,
  { agentSessionId, transcript }: { readonly agentSessionId?: string; readonly transcript?: string }
): State => {
  const id = agentSessionId ?? state.agentSessionId
  const same = id === state.agentSessionId
  return {
    ...state,
    agentSessionId: id,
    transcript: transcript ?? (same ? state.transcript : null),
    voided: state.voided.filter((voided) => voided.id !== id)
  }
}

/**
 * Has this clear, of which the agent tells now, been seen to have its effect already? Then nobody's order for one waits for
 * it, and its conversation is known, or the first word of it is awaited.
 */
export const alreadySeen = (state: State, conversation: string | undefined, ordered: boolean): boolean =>
  !ordered && (state.agentSessionId === null || conversation === state.agentSessionId)
