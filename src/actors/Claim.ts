/** The actors of one claim (a host, or the swarm): each is fed its mail, started on its first, restarted, and passivated. */
import { Cause, Clock, Duration, Effect, Exit, FiberSet, Schedule, type Scope, Stream } from "effect"
import { type Address, Broker, type Delivery } from "../broker/Broker.ts"
import { addressText, makeLetterId } from "./ActorRef.ts"
import { Cell, type Options as CellOptions, run } from "./Cell.ts"
import { COOL_DOWN_MS } from "./Crashes.ts"
import { perform, publish } from "./Out.ts"
import { persist } from "./Persist.ts"
import type { Registration } from "./Verdict.ts"

export interface Options extends CellOptions {
  readonly kinds: ReadonlyMap<string, Registration>
  /** Actors that are stopped, by address, with the reason. */
  readonly failures: Map<string, string>
}

export interface Claim {
  readonly poke: (address: Address) => void
  readonly running: () => ReadonlyArray<string>
  /** Routes the claim's mail for ever. */
  readonly feed: Effect.Effect<never, never, Broker>
}

/** How long to wait before a lost race for a commit is run again. */
const AGAIN = Duration.millis(50)

/** A claim whose actors end with the scope: whoever loses it must stop them, and not only their mail. */
export const open = (name: string, options: Options): Effect.Effect<Claim, never, Broker | Scope.Scope> =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const fork = yield* FiberSet.makeRuntime<Broker>()
    const { failures, kinds } = options
    const cells = new Map<string, Cell>()

    const stopped = Effect.fnUntraced(function* (address: Address, reason: string) {
      const actor = addressText(address)
      yield* Effect.logError(`${actor} is stopped for ${COOL_DOWN_MS / 1000} s: ${reason}`)
      failures.set(actor, reason)
      const told = publish({ _tag: "ActorFailed", address: actor, reason: reason.slice(0, 2000) })
      yield* persist(actor, perform(address, yield* makeLetterId, yield* Clock.currentTimeMillis, told))
      yield* Effect.sleep(Duration.millis(COOL_DOWN_MS))
      failures.delete(actor)
    })

    /** Behind one cell: run, and after a failure cool down and try again. Its mail stays with it all the while. */
    const supervise = Effect.fnUntraced(function* (cell: Cell) {
      const actor = addressText(cell.address)
      while (true) {
        const exit = yield* Effect.exit(run(cell, options))
        if (Exit.isSuccess(exit)) break
        // An interruption from outside ends this fiber; one that arrives here is the actor's own doing: a failure.
        const error = Cause.squash(exit.cause)
        if (typeof error === "object" && error !== null && "_tag" in error && error._tag === "StaleCommit") {
          yield* Effect.logWarning(`${actor} was committed by another owner; going on from that`)
          yield* Effect.sleep(AGAIN)
          continue
        }
        yield* stopped(cell.address, error instanceof Error ? error.message : String(error))
      }
      if (cells.get(actor) === cell) cells.delete(actor)
    })

    const cellOf = (address: Address, registration: Registration): Cell => {
      const actor = addressText(address)
      const existing = cells.get(actor)
      if (existing !== undefined && !existing.closed) return existing
      const cell = new Cell(address, registration)
      cells.set(actor, cell)
      fork(supervise(cell))
      return cell
    }

    const route = (delivery: Delivery) => {
      const registration = kinds.get(delivery.to.kind)
      if (registration !== undefined) return Effect.sync(() => cellOf(delivery.to, registration).offer(delivery))
      const { body, id, lane, seq, to } = delivery
      const reason = `no actor of kind ${to.kind} is registered here`
      return Effect.gen(function* () {
        yield* Effect.logWarning(`mail ${id}: ${reason}; it is a dead letter`)
        yield* persist(to.kind, broker.bury({ to, lane, id, body }, reason, yield* Clock.currentTimeMillis))
        yield* persist(to.kind, broker.settle(seq))
      })
    }

    return {
      poke: (address) => {
        const registration = kinds.get(address.kind)
        if (registration !== undefined) cellOf(address, registration).poke()
      },
      running: () => [...cells.keys()],
      feed: broker.mail(name).pipe(
        Stream.runForEach(route),
        Effect.tapError((error) => Effect.logWarning(`mail of ${name}: ${error.message}; subscribing again`)),
        Effect.retry({ schedule: Schedule.spaced("500 millis") }),
        Effect.andThen(Effect.never),
        Effect.orDie
      )
    }
  })
