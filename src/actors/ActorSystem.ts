/** Runs the actors of a host: feeds each its mail, starts it on its first, restarts, stops and passivates it. */
import { Cause, Clock, Context, Duration, Effect, Exit, FiberSet, Layer, Schedule, Stream } from "effect"
import { type Address, Broker, type Delivery } from "../broker/Broker.ts"
import type { Actor } from "./Actor.ts"
import { addressText, makeLetterId } from "./ActorRef.ts"
import type { Behavior } from "./Behavior.ts"
import { Cell, run } from "./Cell.ts"
import { COOL_DOWN_MS } from "./Crashes.ts"
import { holding } from "./Lease.ts"
import { perform, publish } from "./Out.ts"
import { persist } from "./Persist.ts"
import type { Registration } from "./Verdict.ts"

/** Actors that exist once in the whole swarm are addressed under this claim; one host at a time holds it. */
export const SWARM = "swarm"

export class ActorSystem extends Context.Service<
  ActorSystem,
  {
    /** Starts the actor if it does not run, and lets its reactor look at the world. */
    readonly poke: (address: Address) => Effect.Effect<void>
    /** Actors that are stopped after crashes or cannot be read, with the reason. */
    readonly failures: Effect.Effect<ReadonlyMap<string, string>>
    /** Addresses running now. */
    readonly running: Effect.Effect<ReadonlyArray<string>>
  }
>()("sm/actors/ActorSystem") {}

/** Pairs a definition with its behaviour and gives the behaviour its services. */
export const register = <A extends Actor<any, any>, R>(
  definition: A,
  behavior: Behavior<A, R>
): Effect.Effect<Registration, never, R> =>
  Effect.map(Effect.context<R>(), (context) => {
    const provided = <X, E>(effect: Effect.Effect<X, E, R>) => Effect.provide(effect, context)
    const handlers = Object.fromEntries(
      Object.entries(behavior.handlers).map(([tag, handler]) => [
        tag,
        (payload: never, state: never, mail: never) =>
          provided((handler as (...args: ReadonlyArray<never>) => Effect.Effect<never, never, R>)(payload, state, mail))
      ])
    )
    const { initial, reactor } = behavior
    const erased = {
      initial,
      handlers,
      ...(reactor === undefined
        ? {}
        : {
            reactor: (self: Parameters<typeof reactor>[0]) =>
              Effect.map(
                provided(reactor(self)),
                (react) =>
                  (...args: Parameters<typeof react>) =>
                    provided(react(...args))
              )
          })
    }
    // The services are provided above; the table of registrations erases the types.
    return { definition, behavior: erased } as unknown as Registration
  })

export interface Options {
  /** The name under which this host's actors are addressed. */
  readonly host: string
  /** Whether to compete for the actors of the swarm. */
  readonly swarm: boolean
  readonly passivateAfter?: Duration.Input
}

export const layer = (
  options: Options,
  registrations: ReadonlyArray<Registration>
): Layer.Layer<ActorSystem, never, Broker> =>
  Layer.effect(
    ActorSystem,
    Effect.gen(function* () {
      const broker = yield* Broker
      const fork = yield* FiberSet.makeRuntime<Broker>()
      const bornAt = yield* Clock.currentTimeMillis
      const passivateAfter = Duration.fromInputUnsafe(options.passivateAfter ?? "5 minutes")
      const kinds = new Map(registrations.map((registration) => [registration.definition.kind, registration]))
      const cells = new Map<string, Cell>()
      const failures = new Map<string, string>()

      /** Behind one cell: run, and after a failure stand down, cool down, or try again. */
      const supervise = Effect.fnUntraced(function* (cell: Cell) {
        const name = addressText(cell.address)
        while (!cell.closed) {
          const exit = yield* Effect.exit(run(cell, { bornAt, passivateAfter }))
          if (Exit.isSuccess(exit)) break
          if (Cause.hasInterrupts(exit.cause)) return yield* Effect.interrupt
          const error = Cause.squash(exit.cause)
          if (typeof error === "object" && error !== null && "_tag" in error && error._tag === "StaleCommit") {
            yield* Effect.logWarning(`${name} now has another owner; standing down`)
            break
          }
          const reason = error instanceof Error ? error.message : String(error)
          yield* Effect.logError(`${name} is stopped for ${COOL_DOWN_MS / 1000} s: ${reason}`)
          failures.set(name, reason)
          const id = yield* makeLetterId
          const now = yield* Clock.currentTimeMillis
          yield* persist(
            name,
            perform(
              cell.address,
              id,
              now,
              publish({ _tag: "ActorFailed", address: name, reason: reason.slice(0, 2000) })
            )
          )
          yield* Effect.sleep(Duration.millis(COOL_DOWN_MS))
          failures.delete(name)
        }
        cell.closed = true
        if (cells.get(name) === cell) cells.delete(name)
      })

      const cellOf = (address: Address, registration: Registration): Cell => {
        const name = addressText(address)
        const existing = cells.get(name)
        if (existing !== undefined && !existing.closed) return existing
        const cell = new Cell(address, registration)
        cells.set(name, cell)
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
      const feed = (claim: string) =>
        broker.mail(claim).pipe(
          Stream.runForEach(route),
          Effect.tapError((error) => Effect.logWarning(`mail of ${claim}: ${error.message}; subscribing again`)),
          Effect.retry({ schedule: Schedule.spaced("500 millis") }),
          Effect.andThen(Effect.never),
          Effect.orDie
        )

      yield* Effect.forkScoped(feed(options.host))
      if (options.swarm) yield* Effect.forkScoped(holding(SWARM, options.host, feed(SWARM)))

      return {
        poke: (address) =>
          Effect.sync(() => {
            const registration = kinds.get(address.kind)
            if (registration !== undefined) cellOf(address, registration).poke()
          }),
        failures: Effect.sync(() => new Map(failures)),
        running: Effect.sync(() => [...cells.keys()])
      }
    })
  )
