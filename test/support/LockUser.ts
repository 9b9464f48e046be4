/** Takes leases at random and says when it is inside: what is checked is what it knew, not what the lock manager thinks. */
import { Clock, Effect, Random } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Locks } from "../../src/actors/locks/Locks.ts"
import { HostId } from "../../src/domain/Ids.ts"
import { Holder, type Lease, makeTicket } from "../../src/domain/Lock.ts"

/** The lines of all users in the order in which they were written. */
export interface Line {
  readonly who: string
  readonly what: "in" | "out"
  readonly fence: number
  readonly path: string | null
  /** When it was written, and until when its lease was good then, Unix ms. */
  readonly at: number
  readonly until: number
}

export interface Options {
  readonly name: string
  readonly write: (line: Line) => void
  /** Length of a term, ms. */
  readonly ttl: number
  readonly rounds: number
}

const HOST = HostId.make("h")
const PATHS = [null, "a/**", "a/x", "b/**", "b/*"] as const
const locks = ref(Locks, SWARM, "main")

/** Asks with one ticket until it has the lease, or it is over. Whatever fails on the way is asked again. */
const taken = Effect.fnUntraced(function* ({ name, ttl }: Options, path: string | null, wait: number) {
  const holder = Holder.cases.Guest.make({ id: name, name })
  const ticket = yield* makeTicket
  const began = yield* Clock.currentTimeMillis
  const request = { host: HOST, workspace: "/repo", path, narrow: null, holder, reason: "r", ttl, wait, auto: false }
  for (;;) {
    const standing = yield* locks.ask("Acquire", { ...request, ticket, at: began }, { timeout: "2 seconds" }).pipe(
      Effect.catchTags({
        AskTimeout: () => Effect.succeed({ _tag: "Waits" } as const),
        BrokerError: () => Effect.succeed({ _tag: "Waits" } as const)
      }),
      Effect.catch((error) => Effect.succeed({ _tag: "Over", why: error._tag } as const))
    )
    if (standing._tag === "Granted") return standing.lease
    if (standing._tag === "Over") return undefined
    yield* Effect.sleep("15 millis")
  }
})

/** Refused where its term was over before; where nobody answers it ends with its term. */
const released = ({ name }: Options, { path }: Lease) =>
  Effect.exit(
    locks.ask(
      "Release",
      {
        host: HOST,
        workspace: "/repo",
        path,
        holder: Holder.cases.Guest.make({ id: name, name }),
        force: false,
        why: "done"
      },
      { timeout: "2 seconds" }
    )
  )

const upTo = (most: number) => Random.nextIntBetween(0, most)

/** Answers how many leases it had. */
export const use = Effect.fnUntraced(function* (options: Options) {
  const { name: who, rounds, ttl, write } = options
  let had = 0
  const line = (what: Line["what"], { fence, path, until }: Lease) =>
    Effect.map(Clock.currentTimeMillis, (at) => write({ who, what, fence, path, at, until }))
  for (let round = 0; round < rounds; round++) {
    const path = PATHS[yield* upTo(PATHS.length)] ?? null
    const wait = (yield* upTo(4)) === 0 ? 0 : ttl * 3
    let lease = yield* taken(options, path, wait)
    if (lease === undefined || (yield* Clock.currentTimeMillis) >= lease.until) continue
    had++
    yield* line("in", lease)
    // Now and then longer than its term: with one more, or without, over its end.
    const how = yield* upTo(20)
    if (how === 0) {
      yield* Effect.sleep(ttl / 2)
      lease = (yield* taken(options, lease.path, 0)) ?? lease
      yield* Effect.sleep(ttl * 0.8)
    } else if (how === 1) yield* Effect.sleep(ttl * 1.2)
    else yield* Effect.sleep(1 + (yield* upTo(20)))
    yield* line("out", lease)
    // Whoever dies gives nothing back.
    if ((yield* upTo(20)) > 0) yield* released(options, lease)
  }
  return had
})
