/** Handles what waits, up to the first crash, as one commit; then keeps its promises; then settles the mail. */
import { Cause, Clock, Effect, Option } from "effect"
import { Broker, type Delivery, type StaleCommit } from "../broker/Broker.ts"
import { addressText } from "./ActorRef.ts"
import type { Cell } from "./Cell.ts"
import { MAX_ATTEMPTS } from "./Crashes.ts"
import { type Answer, decodeEnvelope, type Envelope } from "./Envelope.ts"
import type { Item } from "./Lanes.ts"
import type { Ledger } from "./Ledger.ts"
import { Out, perform } from "./Out.ts"
import { persist } from "./Persist.ts"
import { judge } from "./Verdict.ts"

/** A crash while handling: `attempt` says which; `buried` that the mail is now a dead letter. */
export interface Crash {
  readonly what: string
  readonly cause: Cause.Cause<unknown>
  readonly attempt: number
  readonly over: boolean
}

/**
 * `bornAt`: mail sent before it (Unix ms) may have killed an earlier process, so it is tried alone and its attempts
 * are written down first.
 */
export const handle = Effect.fnUntraced(function* (
  cell: Cell,
  ledger: Ledger,
  activation: string,
  bornAt: number,
  items: ReadonlyArray<Item>
): Effect.fn.Return<Option.Option<Crash>, StaleCommit, Broker> {
  const broker = yield* Broker
  const now = yield* Clock.currentTimeMillis
  const name = addressText(cell.address)
  let state = ledger.state()
  let done = ledger.commit().done
  let stream = ledger.commit().stream
  const outs: Array<Out> = []
  const settled: Array<number> = []
  let crash: Crash | undefined

  const finish = (delivery: Delivery) => {
    done = { ...done, [delivery.lane]: Math.max(done[delivery.lane], delivery.seq) }
    settled.push(delivery.seq)
  }
  const answer = (envelope: Envelope, value: Answer) => {
    if (envelope.replyTo !== undefined) outs.push(Out.cases.Reply.make({ to: envelope.replyTo, answer: value }))
  }
  const bury = Effect.fnUntraced(function* (delivery: Delivery, reason: string, envelope: Envelope | undefined) {
    const { body, id, lane, to } = delivery
    yield* persist(name, broker.bury({ to, lane, id, body }, reason, now))
    yield* Effect.logWarning(`${name}: mail ${id} is a dead letter: ${reason}`)
    if (envelope !== undefined) answer(envelope, { _tag: "crashed", reason })
    finish(delivery)
  })

  for (const [index, item] of items.entries()) {
    const meta = { key: cell.address.key, now, activation }
    if (item._tag === "Report") {
      const verdict = yield* judge(cell.registration, { ...item.report, encoded: false }, state, {
        ...meta,
        id: "",
        tag: item.report.tag
      })
      if (verdict._tag === "Handled") {
        state = verdict.state
        outs.push(...verdict.out)
      } else if (verdict._tag === "Crashed") {
        crash = { what: `report ${item.report.tag}`, cause: verdict.cause, attempt: 1, over: true }
      }
    } else {
      const { delivery } = item
      if (delivery.stream !== stream) {
        stream = delivery.stream
        done = { urgent: 0, control: 0, normal: 0 }
      }
      if (delivery.seq <= done[delivery.lane]) {
        settled.push(delivery.seq)
        continue
      }
      const read = Option.getOrUndefined(yield* Effect.option(decodeEnvelope(delivery.body)))
      if (read === undefined) {
        yield* bury(delivery, "the envelope cannot be read", read)
        continue
      }
      if (read.sentAt < bornAt) {
        if (index > 0) {
          cell.lanes.restore(items.slice(index))
          break
        }
        const suspect = ledger.commit().suspect
        const tried = suspect?.seq === delivery.seq ? suspect.attempts : 0
        if (tried >= MAX_ATTEMPTS) {
          yield* bury(delivery, `the process died ${tried} times while handling ${read.tag}`, read)
          continue
        }
        const suspected = { done, stream, suspect: { seq: delivery.seq, attempts: tried + 1 }, out: [] }
        yield* Effect.catchTag(ledger.write(state, suspected), "Unstorable", Effect.die)
      }
      const verdict = yield* judge(cell.registration, { tag: read.tag, payload: read.payload, encoded: true }, state, {
        ...meta,
        id: read.id,
        tag: read.tag
      })
      if (verdict._tag === "Crashed") {
        const attempt = cell.attempt(delivery.seq)
        const over = attempt >= MAX_ATTEMPTS
        crash = { what: `mail ${read.tag}`, cause: verdict.cause, attempt, over }
        if (over) yield* bury(delivery, Cause.pretty(verdict.cause), read)
      } else if (verdict._tag === "Unreadable") {
        yield* bury(delivery, verdict.reason, read)
      } else {
        if (verdict._tag === "Handled") {
          state = verdict.state
          outs.push(...verdict.out)
        }
        answer(read, verdict.answer)
        finish(delivery)
      }
      if (read.sentAt < bornAt && index + 1 < items.length && crash === undefined) {
        cell.lanes.restore(items.slice(index + 1))
        break
      }
    }
    if (crash !== undefined) {
      // Mail with attempts left goes back in front.
      cell.lanes.restore(crash.over ? items.slice(index + 1) : items.slice(index))
      break
    }
  }

  const settle = Effect.suspend(() =>
    Effect.forEach(
      settled,
      (seq) =>
        Effect.andThen(
          persist(name, broker.settle(seq)),
          Effect.sync(() => cell.release(seq))
        ),
      { concurrency: "unbounded", discard: true }
    )
  )
  if (state === ledger.state() && outs.every((out) => out._tag === "Reply") && ledger.commit().suspect === null) {
    yield* Effect.forEach(outs, (out) => persist(name, perform(cell.address, "", now, out)), { discard: true })
    yield* settle
    return Option.fromUndefinedOr(crash)
  }
  const written = yield* Effect.result(ledger.write(state, { done, stream, suspect: null, out: outs }))
  if (written._tag === "Failure") {
    if (written.failure._tag === "StaleCommit") return yield* written.failure
    const [item] = items
    if (items.length > 1 || item === undefined) {
      cell.restoreSingly(items)
      return Option.none()
    }
    const cause = Cause.die(written.failure)
    if (item._tag === "Report") return Option.some({ what: `report ${item.report.tag}`, cause, attempt: 1, over: true })
    const attempt = cell.attempt(item.delivery.seq)
    const over = attempt >= MAX_ATTEMPTS
    crash = { what: `mail ${item.delivery.id}`, cause, attempt, over }
    if (!over) {
      cell.lanes.restore(items)
      return Option.some(crash)
    }
    // As if it had never been handled.
    outs.length = 0
    settled.length = 0
    done = ledger.commit().done
    yield* bury(
      item.delivery,
      written.failure.message,
      Option.getOrUndefined(yield* Effect.option(decodeEnvelope(item.delivery.body)))
    )
    yield* Effect.catchTag(
      ledger.write(ledger.state(), { done, stream, suspect: null, out: outs }),
      "Unstorable",
      Effect.die
    )
  }
  yield* ledger.keepPromises
  cell.occasion.openUnsafe()
  yield* settle
  return Option.fromUndefinedOr(crash)
})
