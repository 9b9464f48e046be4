/** Accepted → visible → submitted, for an idle agent, with ever more sessions beside it. */
import { writeFileSync } from "node:fs"
import { Effect } from "effect"
import type { Hop } from "../src/domain/Message.ts"
import { makeMessageId } from "../src/domain/Ids.ts"
import { makeArena } from "./Arena.ts"
import { bareNode } from "./commands.ts"
import type { Plan } from "./Plan.ts"
import { arrivals, pastes, publishes } from "./Raw.ts"
import { median, now, quantile } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

/** Sessions above this number are plain shells: a Node process for each would measure the machine's memory. */
const AGENTS = 20

/** Writes to the disk that must follow each other: text, mail and commit; the hook's mail and the commit. */
const ACCEPTED = 3
const SUBMITTED = 2

interface Trip {
  /** From the request to the answer "accepted". */
  readonly asked: number
  readonly visible: number
  readonly submitted: number
}

const both = (samples: ReadonlyArray<number>) => `${ms(median(samples))}, p99 ${ms(quantile(samples, 0.99))}`

export const delivery = Effect.fnUntraced(function* (plan: Plan) {
  const arena = yield* makeArena
  const connection = yield* arena.root
  writeFileSync(arena.arrivals, "")
  const rows: Array<Row> = []
  const names: Array<string> = []
  let first: number | undefined

  for (const size of plan.sizes) {
    const wanted = Array.from({ length: size }, (_, index) => `s${index}`)
    yield* arena.people("fake", wanted.slice(names.length, AGENTS))
    yield* arena.people("shell", wanted.slice(Math.max(names.length, AGENTS)))
    names.splice(0, names.length, ...wanted)
    yield* arena.allIdle(size)

    const trips: Array<Trip> = []
    for (let round = 0; round < plan.messages; round++) {
      const id = yield* makeMessageId
      const text = `${size} sessions, round ${round}`
      const answered = arena.ask.answered(id)
      const began = now()
      yield* Effect.promise(() =>
        arena.ask.request("send", { to: names[round % Math.min(size, AGENTS)], text, messageId: id })
      )
      const asked = now() - began
      yield* Effect.promise(() => answered)
      const { hops } = yield* Effect.promise(() =>
        arena.ask.request<{ readonly hops: ReadonlyArray<Hop> }>("trace", { messageId: id })
      )
      const at = (status: Hop["status"]) => hops.find((hop) => hop.status === status)?.at ?? Number.NaN
      const seen = arrivals(arena.arrivals).find((arrival) => arrival.text === text)?.at ?? Number.NaN
      trips.push({ asked, visible: seen - at("accepted"), submitted: at("submitted") - seen })
      // Not in step with the daemon's own rounds.
      yield* Effect.sleep((round * 37) % 150)
    }
    const raw = yield* publishes(connection, 100, 1)
    const node = median(Array.from({ length: 10 }, bareNode))
    const paste = median(yield* pastes(Math.min(plan.messages, 30)))
    const visible = median(trips.map((trip) => trip.visible))
    first ??= visible
    const beside = `with ${size} session${size === 1 ? "" : "s"}`
    rows.push(
      {
        what: `send → accepted, ${beside}`,
        measured: both(trips.map((trip) => trip.asked)),
        ceiling: `${ms(raw.each * ACCEPTED)}: ${ACCEPTED} publishes`,
        ratio: median(trips.map((trip) => trip.asked)) / (raw.each * ACCEPTED)
      },
      {
        what: `accepted → visible, ${beside}`,
        measured: both(trips.map((trip) => trip.visible)),
        ceiling: `${ms(raw.each + paste)}: one publish + tmux paste`,
        ratio: visible / (raw.each + paste),
        target: "p50 ≤ 25 ms, not growing",
        met: visible <= 25 && visible <= first * 1.5
      },
      {
        what: `visible → submitted, ${beside}`,
        measured: both(trips.map((trip) => trip.submitted)),
        ceiling: `${ms(node + raw.each * SUBMITTED)}: node -e 0 + ${SUBMITTED} publishes`,
        ratio: median(trips.map((trip) => trip.submitted)) / (node + raw.each * SUBMITTED),
        target: "limited by the agent's hook"
      }
    )
  }
  return rows
}, Effect.scoped)
