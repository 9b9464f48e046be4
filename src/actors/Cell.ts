/** One running actor: loads its commit, keeps its promises, handles its mail, lets its reactor follow. */
import { Cause, Clock, Duration, Effect, Exit, Latch, Option, Schema } from "effect"
import type { Address, Broker, Delivery, StaleCommit } from "../broker/Broker.ts"
import { addressText, makeLetterId } from "./ActorRef.ts"
import { handle } from "./Batch.ts"
import type { UnreadableCommit } from "./Commit.ts"
import { backoff, crashed, noCrashes } from "./Crashes.ts"
import { type Item, Lanes } from "./Lanes.ts"
import { type Ledger, open } from "./Ledger.ts"
import type { Registration } from "./Verdict.ts"

/** Three crashes within a minute: the actor is stopped and cools down. */
export class CrashLoop extends Schema.TaggedError<CrashLoop>()("CrashLoop", {
  address: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.address} crashed too often, last on ${this.reason}`
  }
}

/** Mail handled in one commit at most. */
const BATCH = 64

/** The door of a running actor: what its host holds of it. Mail offered here outlives a crash of what runs behind it. */
export class Cell {
  readonly lanes = new Lanes()
  readonly mail = Latch.makeUnsafe(false)
  readonly occasion = Latch.makeUnsafe(false)
  /** Open while every report of the reactor is in the committed state. */
  readonly absorbed = Latch.makeUnsafe(true)
  readonly #attempts = new Map<number, number>()
  #singly = 0
  pokes = 0
  /** Passivated: a new cell must be made. */
  closed = false

  readonly address: Address
  readonly registration: Registration

  constructor(address: Address, registration: Registration) {
    this.address = address
    this.registration = registration
  }

  offer(delivery: Delivery): void {
    if (this.lanes.offer(delivery)) this.mail.openUnsafe()
  }

  report(tag: string, payload: unknown): void {
    this.lanes.report({ tag, payload })
    this.absorbed.closeUnsafe()
    this.mail.openUnsafe()
  }

  poke(): void {
    this.pokes++
    this.occasion.openUnsafe()
  }

  /** What is handled in one commit: one by one after a batch whose state could not be stored, to find the culprit. */
  take(): ReadonlyArray<Item> {
    const limit = this.#singly > 0 ? 1 : BATCH
    this.#singly = Math.max(0, this.#singly - 1)
    return this.lanes.take(limit)
  }

  /** Takes it all back, to be handled one by one. */
  restoreSingly(items: ReadonlyArray<Item>): void {
    this.lanes.restore(items)
    this.#singly = items.length
  }

  /** Counts an attempt at mail that crashed. */
  attempt(seq: number): number {
    const attempt = (this.#attempts.get(seq) ?? 0) + 1
    this.#attempts.set(seq, attempt)
    return attempt
  }

  release(seq: number): void {
    this.lanes.release(seq)
    this.#attempts.delete(seq)
  }
}

export interface Options {
  readonly bornAt: number
  readonly passivateAfter: Duration.Duration
}

/** Runs until passivated. Fails when the commit is unreadable or belongs to another owner, or crashes do not end. */
export const run = Effect.fnUntraced(function* (
  cell: Cell,
  options: Options
): Effect.fn.Return<void, StaleCommit | UnreadableCommit | CrashLoop, Broker> {
  const { address, registration } = cell
  const name = addressText(address)
  let activation = yield* makeLetterId
  // What an earlier run had in hand when it failed. What of it was committed is known by its sequence.
  cell.lanes.recover()
  if (cell.lanes.reports === 0) cell.absorbed.openUnsafe()
  let crashes = noCrashes
  const ledger: Ledger = yield* open(registration.definition, registration.behavior, address, activation)

  const incident = Effect.fnUntraced(function* (what: string, cause: Cause.Cause<unknown>) {
    const reason = `${what}: ${Cause.pretty(cause)}`
    yield* Effect.logError(`${name} crashed on ${reason}`)
    crashes = crashed(crashes, yield* Clock.currentTimeMillis)
    if (crashes.exhausted) return yield* new CrashLoop({ address: name, reason })
  })

  let parked = false
  const react = Effect.gen(function* () {
    parked = registration.behavior.reactor === undefined
    // Nothing follows from a commit: an occasion that stayed open would keep the actor from its rest.
    if (registration.behavior.reactor === undefined)
      return yield* Effect.forever(
        Effect.andThen(
          cell.occasion.await,
          Effect.sync(() => cell.occasion.closeUnsafe())
        )
      )
    const follow = yield* registration.behavior.reactor({
      address,
      activation,
      report: (tag, payload) => cell.report(tag, payload)
    })
    cell.occasion.openUnsafe()
    while (true) {
      yield* cell.occasion.await
      // Acting on a state that does not know yet what was done already would do it twice.
      yield* cell.absorbed.await
      cell.occasion.closeUnsafe()
      parked = false
      const again = yield* follow(ledger.state(), { pokes: cell.pokes })
      if (typeof again === "number") {
        yield* Effect.raceFirst(cell.occasion.await, Effect.sleep(Duration.millis(again)))
        cell.occasion.openUnsafe()
      } else {
        parked = true
      }
    }
  })
  const followWorld = Effect.gen(function* () {
    while (true) {
      const exit = yield* Effect.exit(react)
      if (Exit.isSuccess(exit)) continue
      yield* incident("its reactor", exit.cause)
      // What the dead reactor had begun is unknown to the next: intents of the old activation are checked first.
      activation = yield* makeLetterId
      yield* Effect.sleep(Duration.millis(backoff(crashes.times.length)))
    }
  })

  const receive = Effect.gen(function* () {
    while (true) {
      if (cell.lanes.waiting === 0) {
        cell.mail.closeUnsafe()
        const woken = yield* Effect.timeoutOption(cell.mail.await, options.passivateAfter)
        if (Option.isNone(woken) && cell.lanes.waiting === 0 && parked && !cell.occasion.isOpen()) {
          cell.closed = true
          return
        }
        continue
      }
      const crash = yield* handle(cell, ledger, activation, options.bornAt, cell.take())
      if (cell.lanes.reports === 0) cell.absorbed.openUnsafe()
      if (Option.isNone(crash)) continue
      const { attempt, cause, over, what } = crash.value
      if (over) {
        yield* incident(what, cause)
      } else {
        yield* Effect.logWarning(`${name}: attempt ${attempt} at ${what} failed: ${String(Cause.squash(cause))}`)
        yield* Effect.sleep(Duration.millis(backoff(attempt)))
      }
    }
  })

  yield* ledger.keepPromises
  yield* Effect.raceFirst(receive, followWorld)
})
