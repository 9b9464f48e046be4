/**
 * What an agent is told in answer to its own hook: an urgent message instead of its next tool call, who it is when its
 * context begins anew. It stands on the agent's way: it may look things up, and waits for nothing.
 */
import { Effect } from "effect"
import type { Signal } from "../agents/Agent.ts"
import type { Say } from "../agents/Door.ts"
import type { SessionCard } from "../domain/Session.ts"

/** Nothing yet. `signals` is what the hook reported; the kind prints what it can (`AgentAdapter.answer`). */
export const saying = (
  _card: SessionCard,
  _event: string,
  _signals: ReadonlyArray<Signal>
): Effect.Effect<Say | undefined> => Effect.undefined
