/** Many messages at once to a few agents, until the last is answered. */
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { Effect } from "effect"
import { makeMessageId } from "../src/domain/Ids.ts"
import { makeArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { usageOf } from "./Process.ts"
import { publishes, writes } from "./Raw.ts"
import { now } from "./Stats.ts"
import { perSecond, type Row, seconds } from "./Table.ts"

/** Processes that an agent starts to report one message: prompt taken, turn over. */
const HOOKS = 2

/** What must be on the disk before a message counts as accepted: text, mail, commit. */
const WRITES = 3

/** Bare Node processes, as many at a time as there are processors; ms for all. */
const processes = (count: number) =>
  Effect.promise(async () => {
    let left = count
    const worker = async () => {
      while (left-- > 0)
        await new Promise((resolve) => spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }).once("exit", resolve))
    }
    const began = now()
    await Promise.all(Array.from({ length: availableParallelism() }, worker))
    return now() - began
  })

export const burst = Effect.fnUntraced(function* ({ burst: { agents, messages } }: Plan) {
  const arena = yield* makeArena
  const connection = yield* arena.root
  writeFileSync(arena.arrivals, "")
  const names = (prefix: string) => Array.from({ length: agents }, (_, index) => `${prefix}${index}`)
  yield* arena.people("fake", names("hook"))
  yield* arena.people("fake", names("direct"), { FAKE_DIRECT: "1" })
  yield* arena.allIdle(2 * agents)

  const flood = Effect.fnUntraced(function* (to: ReadonlyArray<string>) {
    const ids = yield* Effect.all(Array.from({ length: messages }, () => makeMessageId))
    const answers = Promise.all(ids.map((id) => arena.ask.answered(id)))
    const before = yield* writes(connection)
    const began = now()
    yield* Effect.promise(() =>
      Promise.all(
        ids.map((messageId, index) =>
          arena.ask.request("send", { to: to[index % agents], text: `message ${index}`, messageId })
        )
      )
    )
    const accepted = now() - began
    yield* Effect.promise(() => answers)
    return { accepted, total: now() - began, writes: (yield* writes(connection)) - before }
  })
  const direct = yield* flood(names("direct"))
  const hooks = yield* flood(names("hook"))
  const { rss } = usageOf(arena.daemonPid())
  const floor = yield* processes(messages * HOOKS)
  const raw = yield* publishes(connection, direct.writes, 256)
  const stored = (messages * WRITES * 1000) / raw.perSecond
  const alone = (direct.writes * 1000) / raw.perSecond

  const what = `${messages} messages to ${agents} agents`
  const rate = (total: number) => `${seconds(total)}, ${perSecond((messages * 1000) / total)}`
  const rows: ReadonlyArray<Row> = [
    {
      what: `${what}: all accepted`,
      measured: rate(direct.accepted),
      ceiling: `${seconds(stored)}: ${WRITES} publishes each, 256 in flight`,
      ratio: direct.accepted / stored
    },
    {
      what: `${what}: all answered, agents report by sm hook`,
      measured: rate(hooks.total),
      ceiling: `${seconds(floor)}: ${messages * HOOKS} bare node processes`,
      ratio: hooks.total / floor
    },
    {
      what: `${what}: all answered, agents report without a process`,
      measured: rate(direct.total),
      ceiling: `${seconds(alone)}: as many publishes, 256 in flight`,
      ratio: direct.total / alone
    },
    {
      what: "writes to the store per answered message",
      measured: (direct.writes / messages).toFixed(1)
    },
    {
      what: "memory after it",
      measured: `daemon ${Math.round(rss)} MB, broker ${Math.round(usageOf(arena.brokerPid()).rss)} MB`,
      target: "daemon ≤ 150 MB",
      met: rss <= 150
    }
  ]
  return rows
}, Effect.scoped)
