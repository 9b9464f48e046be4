/** A claim that one host holds at a time and loses when it dies: renewed by compare-and-set, taken over when it runs out. */
import { Clock, Duration, Effect, Fiber, Option, Schema } from "effect"
import { Broker } from "../broker/Broker.ts"
import { makeLetterId } from "./ActorRef.ts"

const Record = Schema.fromJsonString(
  Schema.Struct({ v: Schema.Literal(1), owner: Schema.String, term: Schema.String, until: Schema.Finite })
)
const encode = Schema.encodeSync(Record)
const decode = Schema.decodeEffect(Record)

/** Length of a lease, ms. Hosts of a swarm must agree on the time to well within it. */
export const LEASE_MS = 12_000
const RENEW_MS = LEASE_MS / 4

/**
 * Competes for `claim` for ever and runs `effect` while holding it; interrupts it when the lease is lost. The same
 * owner's next process takes over at once: the earlier one finds its term gone.
 */
export const holding = <R>(
  claim: string,
  owner: string,
  effect: Effect.Effect<void, never, R>
): Effect.Effect<never, never, Broker | R> =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const key = `lease.${claim}`
    const term = yield* makeLetterId
    let work: Fiber.Fiber<void> | undefined
    let heldUntil = 0

    /** True when the lease is ours for another term. */
    const attempt = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const found = yield* broker.load(key)
      const lease = Option.isSome(found) ? yield* Effect.orDie(decode(found.value.value)) : undefined
      const superseded = lease !== undefined && lease.owner === owner && lease.term !== term && heldUntil > 0
      const taken = lease !== undefined && lease.owner !== owner && lease.until > now
      if (superseded || taken) return false
      yield* broker.save(
        key,
        encode({ v: 1, owner, term, until: now + LEASE_MS }),
        Option.isSome(found) ? found.value.revision : 0
      )
      heldUntil = now + LEASE_MS
      return true
    })
    const release = Effect.suspend(() => (work === undefined ? Effect.void : Fiber.interrupt(work))).pipe(
      Effect.andThen(Effect.sync(() => (work = undefined)))
    )

    while (true) {
      const held = yield* attempt.pipe(
        Effect.catchTags({
          StaleCommit: () => Effect.succeed(false),
          // Unreachable broker: ours until it runs out, for nobody else can take it meanwhile.
          BrokerError: () => Effect.map(Clock.currentTimeMillis, (now) => now < heldUntil)
        })
      )
      if (held && work === undefined) {
        yield* Effect.logDebug(`holding ${claim}`)
        work = yield* Effect.forkChild(effect)
      } else if (!held && work !== undefined) {
        yield* Effect.logWarning(`lost ${claim} to another host`)
        yield* release
      }
      yield* Effect.sleep(Duration.millis(RENEW_MS))
    }
  }) as Effect.Effect<never, never, Broker | R>
