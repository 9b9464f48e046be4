/** A claim that one host holds at a time and loses when it dies: renewed by compare-and-set, taken over when it runs out. */
import { Clock, Duration, Effect, Fiber, Option, Schema } from "effect"
import { Broker } from "../broker/Broker.ts"
import { makeLetterId } from "./ActorRef.ts"

const Record = Schema.fromJsonString(
  Schema.Struct({ v: Schema.Literal(1), owner: Schema.String, term: Schema.String, until: Schema.Finite })
)
const encode = Schema.encodeSync(Record)
const decode = Schema.decodeOption(Record)

/** Length of a lease, ms. Hosts of a swarm must agree on the time to well within it. */
export const LEASE_MS = 12_000

/**
 * Competes for `claim` for ever and runs `effect` while holding it; interrupts it when the lease is lost, or runs out
 * because the broker is away. The same owner's next process takes over at once: the earlier one finds its term gone.
 */
export const holding = <R>(
  claim: string,
  owner: string,
  effect: Effect.Effect<void, never, R>,
  length: number = LEASE_MS
): Effect.Effect<never, never, Broker | R> =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const key = `lease.${claim}`
    const every = length / 4
    /** A holder that cannot renew stops this long, ms, before others may begin. */
    const margin = length / 12
    const term = yield* makeLetterId
    let work: Fiber.Fiber<void> | undefined
    /** Until when our own last renewal lasts; 0 before the first. */
    let heldUntil = 0

    const read = Effect.map(broker.load(key), (found) => ({
      // One that cannot be read protects nobody.
      lease: Option.getOrUndefined(Option.flatMap(found, ({ value }) => decode(value))),
      revision: Option.match(found, { onNone: () => 0, onSome: ({ revision }) => revision })
    }))

    /** True when the lease is ours for another term. */
    const renew = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const { lease, revision } = yield* read
      const superseded = lease !== undefined && lease.owner === owner && lease.term !== term && heldUntil > 0
      const taken = lease !== undefined && lease.owner !== owner && lease.until > now
      if (superseded || taken) return false
      yield* broker.save(key, encode({ v: 1, owner, term, until: now + length }), revision)
      heldUntil = now + length
      return true
    }).pipe(
      // Our own write may have been stored although its acknowledgement was lost: what is stored decides.
      Effect.retry({ times: 1, while: (error) => error._tag === "StaleCommit" }),
      Effect.catchTag("StaleCommit", () => Effect.succeed(false)),
      Effect.asSome
    )
    const release = Effect.suspend(() => (work === undefined ? Effect.void : Fiber.interrupt(work))).pipe(
      Effect.andThen(Effect.sync(() => (work = undefined)))
    )
    /** On a clean end nobody needs to wait for the lease to run out. */
    const handOver = Effect.gen(function* () {
      if (work === undefined) return
      yield* release
      const { lease, revision } = yield* read
      if (lease?.term === term) yield* broker.save(key, encode({ v: 1, owner, term, until: 0 }), revision)
    }).pipe(Effect.timeoutOption("1 second"), Effect.ignore)

    const compete = Effect.gen(function* () {
      while (true) {
        const left = heldUntil - margin - (yield* Clock.currentTimeMillis)
        const patience = Duration.millis(work === undefined ? every : Math.max(1, Math.min(every, left)))
        const answer = yield* renew.pipe(
          Effect.catchTag("BrokerError", () => Effect.succeedNone),
          Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeedNone })
        )
        const now = yield* Clock.currentTimeMillis
        // Unreachable broker: ours until it runs out, for nobody else can take it meanwhile.
        const held = Option.getOrElse(answer, () => now < heldUntil - margin)
        if (held && work === undefined) {
          yield* Effect.logDebug(`holding ${claim}`)
          work = yield* Effect.forkChild(effect)
        } else if (!held && work !== undefined) {
          yield* Effect.logWarning(`${claim} is no longer held here`)
          yield* release
        }
        const rest = held ? Math.max(1, Math.min(every, heldUntil - margin - now)) : every
        yield* Effect.sleep(Duration.millis(rest))
      }
    })
    return yield* Effect.ensuring(compete, handOver)
  }) as Effect.Effect<never, never, Broker | R>
