/** What sessions cost while nothing happens: memory, and processor time. */
import { Effect } from "effect"
import { makeArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { usageOf } from "./Process.ts"
import type { Row } from "./Table.ts"

export const idle = Effect.fnUntraced(function* (plan: Plan) {
  const arena = yield* makeArena
  const rows: Array<Row> = []
  let first: number | undefined
  for (const size of plan.sizes) {
    yield* arena.grown(size)
    // What starting them set off is over.
    yield* Effect.sleep(Math.min(5000, plan.idle))
    const pids = { daemon: arena.daemonPid(), broker: arena.brokerPid(), tmux: arena.tmuxPid() }
    const before = { daemon: usageOf(pids.daemon), broker: usageOf(pids.broker), tmux: usageOf(pids.tmux) }
    yield* Effect.sleep(plan.idle)
    const share = (name: keyof typeof pids) => ((usageOf(pids[name]).cpu - before[name].cpu) * 100) / plan.idle
    const cpu = { daemon: share("daemon"), broker: share("broker"), tmux: share("tmux") }
    first ??= cpu.daemon
    const rss = { daemon: usageOf(pids.daemon).rss, broker: usageOf(pids.broker).rss, tmux: usageOf(pids.tmux).rss }
    const beside = `${size} idle session${size === 1 ? "" : "s"}`
    const percent = (value: number) => `${value.toFixed(2)} %`
    rows.push(
      {
        what: `memory, ${beside}`,
        measured: `daemon ${Math.round(rss.daemon)} MB, broker ${Math.round(rss.broker)} MB, tmux ${Math.round(rss.tmux)} MB`,
        target: "daemon ≤ 150 MB",
        met: rss.daemon <= 150
      },
      {
        what: `processor, ${beside}`,
        measured: `daemon ${percent(cpu.daemon)}, broker ${percent(cpu.broker)}, tmux ${percent(cpu.tmux)}`,
        ceiling: `${percent(first)}: the daemon with ${plan.sizes[0]}`,
        ratio: cpu.daemon / first,
        target: "flat",
        met: cpu.daemon <= first * 1.5
      }
    )
  }
  return rows
}, Effect.scoped)
