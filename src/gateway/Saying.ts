/**
 * What an agent is told in answer to its own hook: an urgent message instead of its next tool call, who it is when its
 * context begins anew. It stands on the agent's way: it may look things up, and waits for nothing.
 */
import { Effect } from "effect"
import type { Signal } from "../agents/Agent.ts"
import type { Say } from "../agents/Door.ts"
import { Directory } from "../broker/Directory.ts"
import type { SessionCard } from "../domain/Session.ts"
import { whoAmI } from "./WhoAmI.ts"

/** Beginnings of a context in which an agent may not know any more what it was told. */
const ANEW: ReadonlySet<string> = new Set(["clear", "compact", "resume"])

/** `signals` is what the hook reported; the kind prints what it can (`AgentAdapter.answer`). */
export const saying = (
  card: SessionCard,
  _event: string,
  signals: ReadonlyArray<Signal>
): Effect.Effect<Say | undefined, never, Directory> =>
  Effect.gen(function* () {
    const started = signals.find((signal) => signal._tag === "Started" && ANEW.has(signal.source))
    if (started?._tag !== "Started") return undefined
    const cards = yield* Effect.flatMap(Directory, (directory) => directory.all)
    const parent = cards.find(({ id }) => id === card.parentId)
    const mine = cards.filter(({ parentId, state }) => parentId === card.id && state !== "stopped")
    return { context: whoAmI(card, parent, mine, started.source === "clear") }
  })
