/** What agents' hooks report, and what they are answered: `signal` of sm's own sessions, `autoLock` of whoever asks. */
import { Clock, Effect, Option, Schema } from "effect"
import { ref } from "../../actors/ActorRef.ts"
import { Session } from "../../actors/session/Session.ts"
import type { AgentAdapter, Signal } from "../../agents/Agent.ts"
import type { Say } from "../../agents/Door.ts"
import { Roster } from "../../agents/Roster.ts"
import { Directory } from "../../broker/Directory.ts"
import type { HostId } from "../../domain/Ids.ts"
import type { Holder } from "../../domain/Lock.ts"
import { LockRules } from "../../domain/LockPolicy.ts"
import { type Input, type Output, Refusal } from "../Api.ts"
import { locks } from "../locks/Acquiring.ts"
import { permit, type Verdict } from "../locks/AutoLock.ts"
import { answerTo, asking } from "../approvals/Asking.ts"
import type { Caller } from "../Caller.ts"
import { holderOf } from "../locks/LockVerbs.ts"
import { saying } from "./Saying.ts"

/** Ms by which a report's clock may go before ours: it is the same clock, read with fractions. */
const AHEAD = 1000

/** Nothing is reported before it happens: what followed would look late for ever. */
const timed = <I extends { readonly at: number }>(input: I, now: number): I =>
  input.at > now + AHEAD ? { ...input, at: now } : input

/** Posts what a hook reported to its session; durable when this is done. */
export const report = (told: Input<"signal">, caller: Caller) =>
  Effect.gen(function* () {
    const input = timed(told, yield* Clock.currentTimeMillis)
    const directory = yield* Directory
    const roster = yield* Roster
    const id = caller.card?.id ?? input.session
    if (
      id === undefined ||
      (caller.card !== undefined && input.session !== undefined && input.session !== caller.card.id)
    ) {
      return yield* new Refusal({
        code: "not-allowed",
        message: "a session reports only for itself",
        hint: "leave `session` out"
      })
    }
    const card = Option.getOrUndefined(yield* directory.find(id))
    const adapter = Option.getOrUndefined(yield* roster.find(card?.provider ?? input.provider))
    if (card === undefined || adapter === undefined) {
      return yield* new Refusal({
        code: "not-found",
        message: `there is no session ${id} of a known kind`,
        hint: "sm list --all"
      })
    }
    const session = ref(Session, card.host, card.id)
    const approval = yield* asking(card, adapter, input)
    const measured = adapter.measure === undefined ? [] : yield* adapter.measure(input.event, input.payload)
    const heard = adapter.hook(input.event, input.payload, input.at).flatMap((found) => {
      if (found._tag !== "PermissionAsked" || approval === undefined) return [found]
      // What a rule has answered holds nobody up.
      return approval.outcome === null ? [{ ...found, approval }] : []
    })
    const signals = [...heard, ...measured]
    const conversation = adapter.conversation?.(input.payload)
    for (const [index, found] of signals.entries()) {
      const key = `${input.id}-${index}`
      const about = conversation === undefined ? {} : { conversation }
      const told = { id: key, at: input.at, signal: found, ...about }
      yield* session.tell("Signalled", told, { id: `signal-${card.id}-${key}` })
    }
    return { adapter, approval, card, signals }
  })

/** What the agent is told, as its kind prints it. */
const outputOf = (adapter: AgentAdapter, event: string, say: Say | undefined, again: boolean): Output<"signal"> => ({
  say: (say === undefined ? undefined : adapter.answer?.(event, say)) ?? null,
  again
})

const denied = (verdict: Verdict): Say | undefined => ("deny" in verdict ? { deny: verdict.deny } : undefined)

/** An urgent message goes first, also before the wait for a lock goes on. */
export const signal = (input: Input<"signal">, caller: Caller) =>
  Effect.gen(function* () {
    const { adapter, approval, card, signals } = yield* report(input, caller)
    if (approval !== undefined)
      return { say: answerTo(adapter, input.event, approval), again: false, asked: approval.outcome === null }
    const say = yield* saying(card, signals)
    const { auto, bash } = yield* LockRules
    const { at, event, id, payload } = input
    const gated = auto && input.gate === true && adapter.answer !== undefined
    const writes = gated ? adapter.writes?.(event, payload, bash) : undefined
    if (say?.deny !== undefined || writes === undefined) return outputOf(adapter, event, say, false)
    const verdict = yield* permit({
      id: `${card.id} ${id}`,
      at,
      host: card.host,
      holder: holderOf({ name: card.id, card }),
      writes
    })
    return outputOf(adapter, event, { ...say, ...denied(verdict) }, "again" in verdict)
  })

/** Characters of what an agent calls itself: all of it is kept with a lease. */
const NAMES = 200

const Payload = Schema.Struct({ hook_event_name: Schema.NonEmptyString, cwd: Schema.optionalKey(Schema.String) })
const decodePayload = Schema.decodeUnknownOption(Payload)

/** Signals after which an agent that sm did not start writes no more, until it is asked something. */
const ends = (signal: Signal): boolean =>
  signal._tag === "TurnFailed" ||
  signal._tag === "Interrupted" ||
  signal._tag === "Ended" ||
  (signal._tag === "Started" && signal.source === "clear") ||
  (signal._tag === "TurnEnded" && !signal.background)

/** Of a session of sm's own it is the session's lease, which ends as the session knows it. */
export const autoLock = (input: Input<"autoLock">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const { at, id, kind, payload } = timed(input, yield* Clock.currentTimeMillis)
    const adapter = Option.getOrUndefined(yield* (yield* Roster).find(kind))
    const fields = Option.getOrUndefined(decodePayload(payload))
    if (adapter === undefined || fields === undefined) {
      return yield* new Refusal({
        code: "invalid",
        message: adapter === undefined ? `there is no agent kind ${kind}` : "the payload names no hook_event_name",
        hint: "sm auto-lock is for an agent's hooks: its payload comes on standard input"
      })
    }
    const event = fields.hook_event_name
    const conversation = adapter.conversation?.(payload)?.slice(0, NAMES)
    if (caller.card === undefined && conversation === undefined) {
      return yield* new Refusal({
        code: "invalid",
        message: "the payload names no session_id",
        hint: "without it nobody knows whose lock it is"
      })
    }
    const { bash } = yield* LockRules
    const name = `${kind} in ${(fields.cwd ?? "an unknown directory").slice(-NAMES)}`
    const guest = `${kind} ${conversation ?? ""}`
    const writes = adapter.writes?.(event, payload, bash)
    if (writes !== undefined) {
      const holder: Holder = caller.card === undefined ? { _tag: "Guest", id: guest, name } : holderOf(caller)
      const verdict = yield* permit({ id: `${guest} ${id}`, at, host: caller.card?.host ?? host, holder, writes })
      return outputOf(adapter, event, denied(verdict), "again" in verdict)
    }
    const over = adapter.hook(event, payload, at).find(ends)
    if (over !== undefined && caller.card === undefined)
      yield* locks.tell("GuestOver", { id: guest, why: `its turn ended (${event})` }, { id: `guest-over-${id}` })
    return outputOf(adapter, event, undefined, false)
  })
