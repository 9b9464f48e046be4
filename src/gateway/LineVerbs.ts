/** `queue` and `unsend`: a session's line, and taking a message out of it. */
import { Effect, Option } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import { Broker } from "../broker/Broker.ts"
import { Directory } from "../broker/Directory.ts"
import type { Letter } from "../domain/Letter.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import type { Queued } from "./Messages.ts"
import { type Caller, find, senderOf } from "./Caller.ts"
import { trace } from "./MessageVerbs.ts"

/** Characters of a text that are shown. */
const FIRST_WORDS = 100

const shown = (letter: Letter, place: (typeof Queued.Type)["place"]) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const { at, expiresAt = null, from, id, key = null, kind, mode, tries } = letter
    const text = kind === "clear" ? "(clears its context)" : Option.getOrElse(yield* broker.getText(id), () => "")
    const item: typeof Queued.Type = {
      id,
      from,
      mode,
      kind,
      place,
      at,
      expiresAt,
      tries,
      key,
      text: text.length > FIRST_WORDS ? `${text.slice(0, FIRST_WORDS)}…` : text
    }
    return item
  })

/** As they will reach the agent: what its turn has, what is on its way, what waits. */
export const queue = (input: Input<"queue">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    const { card, queue: waiting, way } = yield* ref(Session, target.host, target.id).ask("Describe", {})
    const all = [...way.toReversed(), ...waiting.map((letter) => ({ letter, place: "waiting" as const }))]
    const messages = yield* Effect.forEach(all, ({ letter, place }) => shown(letter, place), { concurrency: 10 })
    return { session: card.id, name: card.name, state: card.state, messages } satisfies Output<"queue">
  })

export const unsend = ({ messageId }: Input<"unsend">, caller: Caller) =>
  Effect.gen(function* () {
    const { status, to } = yield* trace(messageId)
    const directory = yield* Directory
    const target = Option.getOrUndefined(yield* directory.find(to.id))
    if (target === undefined) {
      return yield* new Refusal({
        code: "not-found",
        message: `${messageId} is ${status}, and session ${to.id} is gone`,
        hint: `sm trace ${messageId}`
      })
    }
    yield* ref(Session, target.host, target.id).ask("Unsend", { id: messageId, by: senderOf(caller) })
    return {
      messageId,
      to: { id: target.id, name: target.name },
      state: "withdrawn"
    } satisfies Output<"unsend">
  })
