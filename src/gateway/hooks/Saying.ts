/**
 * What an agent is told in answer to its own hook: an urgent message instead of its next tool call, who it is when its
 * context begins anew. It stands on the agent's way: it looks things up, and waits a second at most.
 */
import { Effect, Option } from "effect"
import type { Signal } from "../../agents/Agent.ts"
import type { Say } from "../../agents/Door.ts"
import { ref } from "../../actors/ActorRef.ts"
import { Session } from "../../actors/session/Session.ts"
import { Broker } from "../../broker/Broker.ts"
import { Directory } from "../../broker/Directory.ts"
import type { SessionCard } from "../../domain/Session.ts"
import { whoAmI } from "./WhoAmI.ts"

/** Characters of a message that a refusal repeats. */
const MOST = 4000

/** An urgent message that the agent has not read goes before its next tool. */
const refusal = (card: SessionCard) =>
  Effect.gen(function* () {
    if (card.stopping === null) return undefined
    // The card may be a moment old. The session answers behind the reports that came before this one.
    const stopping = yield* ref(Session, card.host, card.id)
      .ask("Describe", {}, { timeout: "1 second" })
      .pipe(
        Effect.map((described) => described.card.stopping),
        // The tool runs then: the message itself is on its way all the same.
        Effect.catchTag("AskTimeout", () => Effect.succeed(null))
      )
    if (stopping === null) return undefined
    const text = yield* Effect.flatMap(Broker, (broker) => broker.getText(stopping))
    const all = Option.getOrElse(text, () => "")
    const words = all.length > MOST ? `${all.slice(0, MOST)}… (the rest comes with the message)` : all
    return { deny: `Not run: an urgent message (${stopping}) waits for you, and goes first. It says:\n${words}` }
  })

/** Beginnings of a context in which an agent may not know any more what it was told. */
const ANEW: ReadonlySet<string> = new Set(["clear", "compact", "resume"])

const introduction = (card: SessionCard, source: string) =>
  Effect.gen(function* () {
    const cards = yield* Effect.flatMap(Directory, (directory) => directory.all)
    const parent = cards.find(({ id }) => id === card.parentId)
    const mine = cards.filter(({ parentId, state }) => parentId === card.id && state !== "stopped")
    return { context: whoAmI(card, parent, mine, source === "clear") }
  })

/** `signals` is what the hook reported; the kind prints what it can (`AgentAdapter.answer`). */
export const saying = (card: SessionCard, signals: ReadonlyArray<Signal>) =>
  Effect.gen(function* () {
    const started = signals.find((signal) => signal._tag === "Started" && ANEW.has(signal.source))
    const say: Say | undefined =
      started?._tag === "Started"
        ? yield* introduction(card, started.source)
        : signals.some(({ _tag }) => _tag === "ToolStarted")
          ? yield* refusal(card)
          : undefined
    return say
  })
