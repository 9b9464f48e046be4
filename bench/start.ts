/** From `sm up` to a daemon that answers, and how smoothly it starts agents. */
import { Effect } from "effect"
import { makeSm } from "../test/support/Sm.ts"
import { makeWatchedArena } from "./Arena.ts"
import { makeBroker } from "./Brokers.ts"
import { bareNode } from "./commands.ts"
import type { Plan } from "./Plan.ts"
import { median, now } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

/** `sm up --detach`, the supervisor it leaves behind, the daemon. */
const PROCESSES = 3
const SPAWNED = 20

/** A home that has been set up is started again and again; ms each, and what the machine needs for the same processes. */
const starts = Effect.fnUntraced(function* (rounds: number) {
  const { sm } = yield* makeSm
  const times: Array<number> = []
  const floors: Array<number> = []
  for (let round = 0; round < rounds; round++) {
    yield* sm("down")
    const began = now()
    const { code, stderr } = yield* sm("up", "--detach")
    times.push(now() - began)
    if (code !== 0) return yield* Effect.die(new Error(stderr))
    const nodes = Array.from({ length: PROCESSES }, bareNode).reduce((sum, time) => sum + time, 0)
    const asked = now()
    const listens = yield* Effect.scoped(Effect.map(makeBroker(true), () => now() - asked))
    floors.push(nodes + listens)
  }
  return { times, floors }
}, Effect.scoped)

/** The longest stall of the event loop while `count` agents are spawned, ms. */
const spawning = Effect.fnUntraced(function* (count: number) {
  const arena = yield* makeWatchedArena
  yield* arena.stall
  yield* arena.bystander
  yield* arena.people(
    "fake",
    Array.from({ length: count }, (_, index) => `f${index}`)
  )
  yield* arena.allIdle(count)
  return { daemon: yield* arena.stall, idle: yield* arena.bystander }
}, Effect.scoped)

export const start = Effect.fnUntraced(function* (plan: Plan) {
  const { floors, times } = yield* starts(plan.starts)
  const count = Math.min(SPAWNED, plan.sessions)
  const stall = yield* spawning(count)
  const rows: ReadonlyArray<Row> = [
    {
      what: "sm up --detach → healthy, set up before",
      measured: ms(median(times)),
      ceiling: `${ms(median(floors))}: ${PROCESSES} × node -e 0 + the broker listens`,
      ratio: median(times.map((time, round) => time / (floors[round] ?? Number.NaN))),
      target: "≤ 1 s",
      met: median(times) <= 1000
    },
    {
      what: `longest event-loop stall while ${count} agents are spawned`,
      measured: `${ms(stall.daemon.stall)}, of it own work at most ${ms(stall.daemon.own)}`,
      ceiling: `${ms(stall.idle.stall)}: an idle process beside it`,
      target: "own work ≤ 50 ms",
      met: stall.daemon.own <= 50
    }
  ]
  return rows
})
