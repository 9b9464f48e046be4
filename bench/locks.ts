/** What a lock costs: taken and given back with nobody in the way, and handed over with many in the line. */
import { execFileSync } from "node:child_process"
import { Effect } from "effect"
import { ref } from "../src/actors/ActorRef.ts"
import { SWARM } from "../src/actors/ActorSystem.ts"
import { Locks } from "../src/actors/locks/Locks.ts"
import * as NatsBroker from "../src/broker/NatsBroker.ts"
import * as Trust from "../src/broker/server/Trust.ts"
import { HostId } from "../src/domain/Ids.ts"
import { Holder, makeTicket } from "../src/domain/Lock.ts"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { makeArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { publishes } from "./Raw.ts"
import { median, now, quantile } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

const locks = ref(Locks, SWARM, "main")
const SCOPE = { host: HostId.make("bench"), workspace: "/bench", path: null }
const guest = (number: number) => Holder.cases.Guest.make({ id: `g${number}`, name: `g${number}` })
/** Mail, commit and fact follow each other. */
const WRITES = 3

const both = (samples: ReadonlyArray<number>) => `${ms(median(samples))}, p99 ${ms(quantile(samples, 0.99))}`

export const locking = Effect.fnUntraced(function* (plan: Plan) {
  const arena = yield* makeArena
  const connection = yield* arena.root
  execFileSync("git", ["init", "-q", arena.work])
  const raw = yield* publishes(connection, plan.publishes, 1)
  const echo = connection.subscribe("bench.echo", { callback: (_, message) => void message.respond(message.data) })
  const trips: Array<number> = []
  for (let round = 0; round < plan.publishes; round++) {
    const began = now()
    yield* Effect.promise(() => connection.request("bench.echo", "x"))
    trips.push(now() - began)
  }
  echo.unsubscribe()

  const taken: Array<number> = []
  const given: Array<number> = []
  for (let round = 0; round < plan.messages; round++) {
    const ticket = yield* makeTicket
    const began = now()
    yield* Effect.promise(() => arena.ask.request("lock", { cwd: arena.work, ticket, reason: "bench" }))
    const has = now()
    yield* Effect.promise(() => arena.ask.request("unlock", { cwd: arena.work }))
    taken.push(has - began)
    given.push(now() - has)
  }

  const trust = yield* Effect.orDie(Trust.load(join(arena.home, "state/credentials/trust.json")))
  const { jwt } = yield* trust.mint("daemon", "bench-locks")
  const { port } = JSON.parse(readFileSync(join(arena.home, "run/nats.json"), "utf8")) as { readonly port: number }
  const broker = NatsBroker.layer({
    servers: `127.0.0.1:${port}`,
    name: "bench locks",
    space: "main",
    authenticator: () => ({ jwt, nkey: "", sig: "" })
  })
  const handed = yield* Effect.gen(function* () {
    const tickets = yield* Effect.forEach(Array.from({ length: plan.waiters + 1 }), () => makeTicket)
    for (const [number, ticket] of tickets.entries()) {
      const wait = number === 0 ? 0 : 600_000
      yield* locks.ask("Acquire", {
        ...SCOPE,
        ticket,
        narrow: null,
        holder: guest(number),
        reason: "bench",
        ttl: 600_000,
        wait,
        auto: false,
        at: Date.now()
      })
    }
    const times: Array<number> = []
    for (const [number, ticket] of tickets.slice(1).entries()) {
      const heard = arena.ask.fact(({ event }) => event._tag === "LeaseGranted" && event.id === ticket)
      const began = now()
      yield* locks.tell("Release", { ...SCOPE, holder: guest(number), force: false, why: "bench" })
      yield* Effect.promise(() => heard)
      times.push(now() - began)
    }
    return times
  }).pipe(Effect.provide(broker), Effect.orDie)

  const ceiling = `${ms(WRITES * raw.each)}: ${WRITES} publishes; ${ms(median(trips))}: a raw round trip`
  const row = (what: string, samples: ReadonlyArray<number>): Row => ({
    what,
    measured: both(samples),
    ceiling,
    ratio: median(samples) / (WRITES * raw.each)
  })
  return [
    row("take a workspace that is free (verb lock)", taken),
    row("give it back (verb unlock)", given),
    row(`release → the next of ${plan.waiters} waiters has it`, handed)
  ]
}, Effect.scoped)
