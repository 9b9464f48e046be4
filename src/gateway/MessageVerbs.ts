/** `send`, `wait` and `trace`: a message and every hop of its life. */
import { Clock, Duration, Effect, Option, PubSub } from "effect"
import type { Letter } from "../domain/Letter.ts"
import { Roster } from "../agents/Roster.ts"
import { Broker } from "../broker/Broker.ts"
import { Directory } from "../broker/Directory.ts"
import { makeMessageId, type MessageId, nextId } from "../domain/Ids.ts"
import type { Addressee as AddresseeId, MessageStatus } from "../domain/Message.ts"
import { squeeze } from "../domain/Squeeze.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import type { Sent, Unsent } from "./Messages.ts"
import { type Caller, findAll, senderOf } from "./Caller.ts"
import { commandOfParent, commandOfPerson } from "./Control.ts"
import { decodeRecord, Feed } from "./Feed.ts"
import { hand } from "./Handing.ts"
import type { Addressee } from "./Recipients.ts"
import { refusalOf } from "./Refusing.ts"

const another = (id: MessageId) =>
  new Refusal({
    code: "invalid",
    message: `messageId ${id} belongs to another message`,
    hint: "leave it out, or make a new one"
  })

const EMPTY = new Refusal({
  code: "invalid",
  message: "the text is empty",
  hint: "blanks and what nobody sees are nothing to type"
})

type Options = Pick<Input<"send">, "key" | "messageId" | "mode" | "ttl"> & {
  /** It goes to the caller's own child: what reads as a command of the agent's own is one. */
  readonly toChild?: boolean
  readonly notify?: Letter["notify"]
}

/**
 * Stores the text and makes the letter that stands for it. The same id must not come back with other words; with the
 * same it is sent `again`. What an agent sends is caused by what its running turn answers.
 */
const compose = (caller: Caller, text: string, options: Options) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    if (squeeze(text) === "") return yield* EMPTY
    const id = options.messageId ?? (yield* makeMessageId)
    const known = options.messageId === undefined ? Option.none() : yield* broker.getText(id)
    if (Option.isSome(known) && known.value !== text) {
      return yield* another(id)
    }
    if (Option.isNone(known)) yield* broker.putText(id, text)
    const at = yield* Clock.currentTimeMillis
    const control =
      caller.card === undefined ? commandOfPerson(text) : options.toChild === true && commandOfParent(text)
    const cause = caller.card?.carries ?? null
    const letter: Letter = {
      id,
      from: senderOf(caller),
      mode: options.mode ?? "sequential",
      kind: control ? "control" : "message",
      at,
      ...(options.ttl === undefined ? {} : { expiresAt: at + options.ttl * 1000 }),
      bytes: Buffer.byteLength(text),
      tries: 0,
      ...(cause === null ? {} : { cause }),
      ...(options.key === undefined ? {} : { key: options.key }),
      ...(options.notify === undefined ? {} : { notify: options.notify })
    }
    return { letter, again: Option.isSome(known) }
  })

export const makeLetter = (...given: Parameters<typeof compose>) =>
  Effect.map(compose(...given), ({ letter }) => letter)

export const trace = (id: MessageId) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const directory = yield* Directory
    const records = (yield* broker.facts("message", id)).flatMap((fact) => {
      const record = Option.getOrUndefined(decodeRecord(fact.body))
      return record === undefined ? [] : [{ ...record, seq: fact.seq }]
    })
    const first = records.find(({ event }) => event._tag === "MessageAccepted")
    if (first === undefined || first.event._tag !== "MessageAccepted") {
      return yield* new Refusal({
        code: "not-found",
        message: `there is no message ${id}`,
        hint: "sm send prints the id of what it sent"
      })
    }
    const { cause = null, from, mode, to } = first.event
    const hops = records.flatMap(({ at, event, seq }) => {
      if (event._tag === "MessageAccepted")
        return [{ status: "accepted" as const, at, evidence: `stored, event ${seq}` }]
      return event._tag === "MessageMoved" ? [{ status: event.status, at, evidence: event.evidence }] : []
    })
    const named = (id: typeof to) =>
      Effect.map(directory.find(id), (card) => ({
        id,
        name: Option.match(card, { onNone: () => id, onSome: ({ name }) => name })
      }))
    const last = records.findLast(({ event }) => event._tag === "MessageMoved")?.event
    const output: Output<"trace"> = {
      id,
      from,
      to: yield* named(to),
      holder: yield* named(last?._tag === "MessageMoved" ? last.to : to),
      mode,
      cause,
      text: Option.getOrElse(yield* broker.getText(id), () => "(no longer stored)"),
      status: hops.at(-1)?.status ?? "accepted",
      hops,
      answer: Option.getOrNull(yield* broker.getText(`${id}.answer`))
    }
    return output
  })

/** Whom a message that was sent before is sent to again; a session's card is one. */
interface Target {
  readonly id: AddresseeId
  readonly state?: string
}

/** The acceptance of a message, as the facts tell it. */
const told = ({ id, status, to }: Output<"trace">, target: Target): typeof Sent.Type => ({
  messageId: id,
  to,
  state: status,
  target: target.state ?? "known already"
})

/** The same, when it comes about. */
const acceptance = (id: MessageId, target: Target) =>
  Effect.gen(function* () {
    const feed = yield* Feed
    const news = yield* feed.subscribe
    for (;;) {
      const found = yield* Effect.option(trace(id))
      if (Option.isSome(found) && found.value.to.id === target.id) return told(found.value, target)
      yield* PubSub.take(news)
    }
  }).pipe(Effect.scoped)

/** What became of a letter that was sent already: the facts outlast what broker and session remember. */
export const sentBefore = (letter: Letter, target: Target) =>
  Effect.gen(function* () {
    const before = yield* Effect.option(trace(letter.id))
    if (Option.isNone(before)) return Option.none()
    const { from, to } = before.value
    if (to.id !== target.id || from.id !== letter.from.id) return yield* another(letter.id)
    return Option.some(told(before.value, target))
  })

/**
 * What the caller is told by messages of sm's own. A person has no mailbox. The turns of one's parent are not one's own to
 * follow: unless asked for, no child is woken whenever its parent comes to rest.
 */
const notifyOf = ({ notifyOnDelivery, notifyOnStop }: Input<"send">, { card }: Caller, target: Addressee) => {
  if (card === undefined) return undefined
  const stop = notifyOnStop ?? (target.id !== card.parentId && target.id !== card.id)
  const delivery = notifyOnDelivery ?? false
  return stop || delivery ? { delivery, stop } : undefined
}

const deliver = (to: Addressee, messageId: MessageId, input: Input<"send">, caller: Caller) =>
  Effect.gen(function* () {
    const card = to.kind === "session" ? to.card : undefined
    const notify = notifyOf(input, caller, to)
    const { again, letter } = yield* compose(caller, input.text, {
      ...input,
      messageId,
      toChild: card !== undefined && caller.card !== undefined && card.parentId === caller.card.id,
      ...(notify === undefined ? {} : { notify })
    })
    // What the facts tell must not be accepted anew.
    const target: Target = card ?? to
    const before = again ? yield* sentBefore(letter, target) : Option.none()
    if (Option.isSome(before)) return before.value
    const accepted = hand(letter, to)
    // The broker drops mail that it has had: nobody answers a retry of what was posted already, but the facts do.
    return yield* again ? Effect.raceFirst(accepted, acceptance(letter.id, target)) : accepted
  })

export const send = (input: Input<"send">, caller: Caller) =>
  Effect.gen(function* () {
    if (squeeze(input.text) === "") return yield* EMPTY
    if (caller.card === undefined && (input.notifyOnDelivery === true || input.notifyOnStop === true)) {
      return yield* new Refusal({
        code: "invalid",
        message: "a person has no mailbox to be notified in",
        hint: "wait for it: --wait, or --wait=answered"
      })
    }
    const addressees = yield* findAll(input.to, caller)
    if (input.notifyOnStop === true && addressees.some(({ kind }) => kind === "human")) {
      return yield* new Refusal({
        code: "invalid",
        message: "a person has no turn that ends",
        hint: "sm trace says whether it was read"
      })
    }
    const first = input.messageId ?? (yield* makeMessageId)
    const parcels = addressees.map((to, index) => ({ to, id: nextId(first, index) }))
    const [only] = parcels
    if (only !== undefined && parcels.length === 1) return [yield* deliver(only.to, only.id, input, caller)]
    return yield* Effect.forEach(
      parcels,
      ({ id, to }) =>
        Effect.catch(deliver(to, id, input, caller), (failure) => {
          const { code, hint, message } = refusalOf(failure)
          const unsent: typeof Unsent.Type = {
            messageId: id,
            to: { id: to.id, name: to.name },
            error: { code, message, hint }
          }
          return Effect.succeed(unsent)
        }),
      { concurrency: 10 }
    )
  })

/** States from which nothing better comes. */
const FINAL: ReadonlySet<MessageStatus> = new Set(["answered", "parked", "expired", "dead", "withdrawn"])

/** Typed into an agent of a kind that never says what it takes: no more will be heard of it. */
const unheard = ({ holder, status }: Output<"trace">) =>
  Effect.gen(function* () {
    if (status !== "injected") return undefined
    const card = Option.getOrUndefined(yield* (yield* Directory).find(holder.id))
    const adapter = card === undefined ? Option.none() : yield* (yield* Roster).find(card.provider)
    return Option.isSome(adapter) && !adapter.value.capabilities.confirms ? card : undefined
  })

/** How far the message has come, and whether it may come farther. */
const progress = (id: MessageId) =>
  Effect.gen(function* () {
    const found = yield* trace(id)
    const card = yield* unheard(found)
    if (card === undefined) return { ...found, final: FINAL.has(found.status) }
    const said = `${card.provider} confirms nothing; sm wait --block ${card.name} waits until it is idle`
    const hops = found.hops.map((hop, index) =>
      index === found.hops.length - 1 ? { ...hop, evidence: `${hop.evidence}; ${said}` } : hop
    )
    return { ...found, hops, final: true }
  })

export const wait = ({ messageId, timeoutMs, until }: Input<"wait">) =>
  Effect.gen(function* () {
    const feed = yield* Feed
    const news = yield* feed.subscribe
    let found = yield* progress(messageId)
    if (found.to.id === "human" && until === "answered") {
      return yield* new Refusal({
        code: "invalid",
        message: "a person answers with a message of their own: nothing tells that it is the answer",
        hint: "--wait waits until it is read"
      })
    }
    while (!found.final && !(until === "submitted" && found.status === "submitted")) {
      const { event } = yield* PubSub.take(news)
      if (event._tag === "MessageMoved" && event.id === messageId) found = yield* progress(messageId)
    }
    return found
  }).pipe(
    Effect.scoped,
    Effect.timeoutOrElse({ duration: Duration.millis(timeoutMs), orElse: () => progress(messageId) })
  )
