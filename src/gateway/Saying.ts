/**
 * What an agent is told in answer to its own hook: an urgent message instead of its next tool call, who it is when its
 * context begins anew. It stands on the agent's way: it may look things up, and waits for nothing.
 */
import { Effect, Option } from "effect"
import type { Signal } from "../agents/Agent.ts"
import type { Say } from "../agents/Door.ts"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import { Broker } from "../broker/Broker.ts"
import type { SessionCard } from "../domain/Session.ts"

/** `signals` is what the hook reported; the kind prints what it can (`AgentAdapter.answer`). */
export const saying = (card: SessionCard, _event: string, signals: ReadonlyArray<Signal>) =>
  Effect.gen(function* () {
    if (card.stopping === null || !signals.some(({ _tag }) => _tag === "ToolStarted")) return undefined
    // The card may be a moment old. The session answers behind the reports that came before this one.
    const { stopping } = (yield* ref(Session, card.host, card.id).ask("Describe", {})).card
    if (stopping === null) return undefined
    const text = yield* Effect.flatMap(Broker, (broker) => broker.getText(stopping))
    const say: Say = {
      deny: `Not run: an urgent message (${stopping}) waits for you, and goes first. It says:\n${Option.getOrElse(text, () => "")}`
    }
    return say
  })
