/** `queue` and `unsend`: the line of a session or of a role, and taking a message out of it. */
import { Effect, Option } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import { Broker } from "../broker/Broker.ts"
import { Directory } from "../broker/Directory.ts"
import type { Letter } from "../domain/Letter.ts"
import { type MessageId, RoleAddress, RoleName } from "../domain/Ids.ts"
import type { Sender } from "../domain/Message.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import { type Caller, senderOf } from "./Caller.ts"
import { desk, poolOf } from "./Handing.ts"
import type { Queued, Receiver } from "./Messages.ts"
import { trace } from "./MessageVerbs.ts"
import { resolve } from "./Recipients.ts"

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

/** Of a role: what its members have, then what waits. */
const queueOf = (role: RoleName) =>
  Effect.gen(function* () {
    const { handed, members, waiting } = yield* poolOf(role).ask("Describe", {})
    const all = [
      ...handed.map(({ letter }) => ({ letter, place: "handed" as const })),
      ...waiting.map((letter) => ({ letter, place: "waiting" as const }))
    ]
    const messages = yield* Effect.forEach(all, ({ letter, place }) => shown(letter, place), { concurrency: 10 })
    const state = `${members.length} alive, ${members.filter(({ ready }) => ready).length} idle`
    const address = RoleAddress.make(`@${role}`)
    return { session: address, name: address, state, messages } satisfies Output<"queue">
  })

/** As they will reach the agent: what its turn has, what is on its way, what waits. */
export const queue = (input: Input<"queue">, caller: Caller) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const target = resolve(input.session, yield* directory.all, caller.card)
    if (target instanceof Refusal) return yield* target
    if (target.kind === "role") return yield* queueOf(target.role)
    if (target.kind === "human") {
      return yield* new Refusal({
        code: "invalid",
        message: "the person has an inbox and no queue",
        hint: "sm inbox, from a plain shell"
      })
    }
    const { card, queue: waiting, way } = yield* ref(Session, target.card.host, target.id).ask("Describe", {})
    const all = [...way.toReversed(), ...waiting.map((letter) => ({ letter, place: "waiting" as const }))]
    const messages = yield* Effect.forEach(all, ({ letter, place }) => shown(letter, place), { concurrency: 10 })
    return { session: card.id, name: card.name, state: card.state, messages } satisfies Output<"queue">
  })

/** Asks whoever has it. */
const takeBack = (holder: typeof Receiver.Type, id: MessageId, status: string, by: Sender) =>
  Effect.gen(function* () {
    if (holder.id === "human") return yield* desk.ask("Unsend", { id, by })
    if (holder.id.startsWith("@")) return yield* poolOf(RoleName.make(holder.id.slice(1))).ask("Unsend", { id, by })
    const directory = yield* Directory
    const target = Option.getOrUndefined(yield* directory.find(holder.id))
    if (target === undefined) {
      return yield* new Refusal({
        code: "not-found",
        message: `${id} is ${status}, and session ${holder.id} is gone`,
        hint: `sm trace ${id}`
      })
    }
    return yield* ref(Session, target.host, target.id).ask("Unsend", { id, by })
  })

export const unsend = ({ messageId }: Input<"unsend">, caller: Caller) =>
  Effect.gen(function* () {
    const { holder, status, to } = yield* trace(messageId)
    yield* takeBack(holder, messageId, status, senderOf(caller))
    return { messageId, to, state: "withdrawn" } satisfies Output<"unsend">
  })
