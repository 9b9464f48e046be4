/** Runs the actors of a host: its own, and those of the swarm while it holds that claim. */
import { Clock, Context, Duration, Effect, Layer } from "effect"
import type { Address, Broker } from "../broker/Broker.ts"
import type { Actor } from "./Actor.ts"
import type { Behavior } from "./Behavior.ts"
import * as Claim from "./Claim.ts"
import { holding } from "./Lease.ts"
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
  /** Length of the lease on the swarm's actors, ms; the same on every host. */
  readonly lease?: number
}

export const layer = (
  options: Options,
  registrations: ReadonlyArray<Registration>
): Layer.Layer<ActorSystem, never, Broker> =>
  Layer.effect(
    ActorSystem,
    Effect.gen(function* () {
      const failures = new Map<string, string>()
      const shared: Claim.Options = {
        bornAt: yield* Clock.currentTimeMillis,
        passivateAfter: Duration.fromInputUnsafe(options.passivateAfter ?? "5 minutes"),
        kinds: new Map(registrations.map((registration) => [registration.definition.kind, registration])),
        failures
      }
      const claims = new Map<string, Claim.Claim>()
      const open = (name: string) =>
        Effect.tap(Claim.open(name, shared), (claim) =>
          Effect.acquireRelease(
            Effect.sync(() => claims.set(name, claim)),
            () => Effect.sync(() => claims.delete(name))
          )
        )
      const own = yield* open(options.host)
      yield* Effect.forkScoped(own.feed)
      if (options.swarm) {
        const feed = Effect.scoped(Effect.flatMap(open(SWARM), (claim) => claim.feed))
        yield* Effect.forkScoped(holding(SWARM, options.host, feed, options.lease))
      }
      return {
        poke: (address) => Effect.sync(() => claims.get(address.host)?.poke(address)),
        failures: Effect.sync(() => new Map(failures)),
        running: Effect.sync(() => [...claims.values()].flatMap((claim) => claim.running()))
      }
    })
  )
