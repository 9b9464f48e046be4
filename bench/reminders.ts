/** What reminders cost while none is due: memory, and processor time. */
import { Effect } from "effect"
import { MAX_REMINDERS } from "../src/domain/Reminder.ts"
import { makeArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { usageOf } from "./Process.ts"
import { now } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

const HOUR = 3_600_000

export const reminders = Effect.fnUntraced(function* (plan: Plan) {
  const arena = yield* makeArena
  const names = Array.from({ length: Math.ceil(plan.reminders / MAX_REMINDERS) }, (_, index) => `s${index}`)
  yield* arena.people("shell", names)
  yield* arena.allIdle(names.length)

  /** Shares of one processor while nothing happens, percent, and memory, MB. */
  const idle = Effect.gen(function* () {
    // What was done before is over.
    yield* Effect.sleep(Math.min(5000, plan.idle))
    const pids = { daemon: arena.daemonPid(), broker: arena.brokerPid() }
    const before = { daemon: usageOf(pids.daemon), broker: usageOf(pids.broker) }
    yield* Effect.sleep(plan.idle)
    const after = { daemon: usageOf(pids.daemon), broker: usageOf(pids.broker) }
    const share = (name: keyof typeof pids) => ((after[name].cpu - before[name].cpu) * 100) / plan.idle
    return { daemon: share("daemon"), broker: share("broker"), rss: after.daemon.rss }
  })

  const without = yield* idle
  const began = now()
  yield* Effect.forEach(
    Array.from({ length: plan.reminders }, (_, nth) => nth),
    (nth) => {
      const session = names[nth % names.length]
      const at = Date.now() + HOUR + nth * 1000
      // Every other one comes again and again.
      const every = nth % 2 === 0 ? {} : { every: HOUR }
      return Effect.promise(() => arena.ask.request("remind", { session, at, text: `reminder ${nth}`, ...every }))
    },
    { concurrency: 32 }
  )
  const set = now() - began
  const pending = yield* idle

  const percent = (value: number) => `${value.toFixed(2)} %`
  const rows: ReadonlyArray<Row> = [
    {
      what: `processor, ${plan.reminders} pending reminders`,
      measured: `daemon ${percent(pending.daemon)}, broker ${percent(pending.broker)}`,
      ceiling: `daemon ${percent(without.daemon)}, broker ${percent(without.broker)}: none pending`,
      ratio: (pending.daemon + pending.broker) / (without.daemon + without.broker),
      target: "none of their own",
      met: pending.daemon + pending.broker <= (without.daemon + without.broker) * 1.5
    },
    {
      what: "the daemon's memory with them",
      measured: `${Math.round(pending.rss)} MB`,
      ceiling: `${Math.round(without.rss)} MB: none pending`,
      ratio: pending.rss / without.rss
    },
    { what: `set ${plan.reminders} reminders, 32 in flight`, measured: `${ms(set / plan.reminders)} each` }
  ]
  return rows
}, Effect.scoped)
