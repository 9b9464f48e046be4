/** Verbs about time: reminders, and waiting for a session to be idle. */
import { Clock, Duration, Effect, Option } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Agenda, type Owner } from "../actors/agenda/Agenda.ts"
import { Session } from "../actors/session/Session.ts"
import { Directory } from "../broker/Directory.ts"
import { makeMessageId, makeReminderId } from "../domain/Ids.ts"
import { isLive, isQuiet, type SessionCard } from "../domain/Session.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import { type Caller, find, senderOf } from "./Caller.ts"

/** How long a wait lasts that names no end, ms: it must come to one. */
const WATCH = 3_600_000

const shell = (message: string, hint: string) => new Refusal({ code: "wrong-state", message, hint })

/** Whose reminders are meant: the caller's own unless it names another. */
const ownerOf = (session: string | undefined, caller: Caller) =>
  Effect.gen(function* () {
    const card = session === undefined ? caller.card : yield* find(session, caller)
    return card ?? (yield* shell("this shell is not a session, so it has no reminders", "name one: --to <session>"))
  })

const agendaOf = (card: SessionCard) => ref(Agenda, card.host, card.id)
const asOwner = ({ host, id, name, parentId }: SessionCard): Owner => ({ id, host, name, parentId })
const named = ({ id, name }: SessionCard) => ({ id, name })

export const remind = (input: Input<"remind">, caller: Caller) =>
  Effect.gen(function* () {
    const card = yield* ownerOf(input.session, caller)
    const reminder = yield* agendaOf(card).ask("Remind", {
      owner: asOwner(card),
      by: senderOf(caller),
      id: input.id ?? (yield* makeReminderId),
      at: input.at,
      every: input.every ?? null,
      text: input.text
    })
    return { session: named(card), reminder } satisfies Output<"remind">
  })

export const reminders = (input: Input<"reminders">, caller: Caller) =>
  Effect.gen(function* () {
    const card = yield* ownerOf(input.session, caller)
    return { session: named(card), reminders: yield* agendaOf(card).ask("List", {}) } satisfies Output<"reminders">
  })

export const cancelReminder = (input: Input<"cancelReminder">, caller: Caller) =>
  Effect.gen(function* () {
    const card = yield* ownerOf(input.session, caller)
    const ids = input.ids ?? null
    const gone = yield* agendaOf(card).ask("Cancel", { owner: asOwner(card), by: senderOf(caller), ids })
    return { session: named(card), cancelled: gone } satisfies Output<"cancelReminder">
  })

const mustBeTold = (caller: Caller, word: string): Effect.Effect<void, Refusal> =>
  caller.card === undefined
    ? shell("this shell is not a session, so it cannot be told later", `sm wait --block ${word} waits here`)
    : Effect.void

export const watch = (input: Input<"watch">, caller: Caller) =>
  Effect.gen(function* () {
    yield* mustBeTold(caller, input.session)
    const target = yield* find(input.session, caller)
    const until = (yield* Clock.currentTimeMillis) + (input.timeoutMs ?? WATCH)
    const id = input.id ?? (yield* makeMessageId)
    const { told } = yield* ref(Session, target.host, target.id).ask("Watch", { id, by: senderOf(caller), until })
    return { session: named(target), state: target.state, until, told } satisfies Output<"watch">
  })

export const unwatch = (input: Input<"unwatch">, caller: Caller) =>
  Effect.gen(function* () {
    yield* mustBeTold(caller, input.session)
    const target = yield* find(input.session, caller)
    yield* ref(Session, target.host, target.id).ask("Unwatch", { by: senderOf(caller) })
    return { session: named(target) } satisfies Output<"unwatch">
  })

export const awaitIdle = (input: Input<"awaitIdle">, caller: Caller) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const target = yield* find(input.session, caller)
    const settled = yield* directory
      .until(target.id, (card) => !isLive(card.state) || isQuiet(card))
      .pipe(Effect.timeoutOption(Duration.millis(input.timeoutMs)))
    if (Option.isNone(settled)) {
      const now = Option.getOrElse(yield* directory.find(target.id), () => target)
      return { outcome: "active", session: now } as const satisfies Output<"awaitIdle">
    }
    const outcome = isLive(settled.value.state) ? "idle" : "gone"
    return { outcome, session: settled.value } as const satisfies Output<"awaitIdle">
  })
