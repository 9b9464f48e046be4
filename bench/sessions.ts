/** Many sessions: making them, and finding them again after the daemon was killed. */
import { writeFileSync } from "node:fs"
import { Effect } from "effect"
import { makeMessageId } from "../src/domain/Ids.ts"
import { Terminal } from "../src/terminal/Terminal.ts"
import { temporary, TmuxTest } from "../test/support/TmuxTest.ts"
import { until } from "../test/support/Until.ts"
import { type Arena, makeWatchedArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { usageOf } from "./Process.ts"
import { now } from "./Stats.ts"
import { ms, type Row, seconds } from "./Table.ts"

const SHELL = ["/bin/bash", "--norc"] as const

/** The same programs in as many panes of a bare tmux, through one connection; ms. */
const panes = Effect.fnUntraced(
  function* (count: number) {
    const terminal = yield* Terminal
    const cwd = yield* temporary("panes")
    const began = now()
    yield* Effect.forEach(
      Array.from({ length: count }, (_, index) => index.toString(16).padStart(8, "0")),
      (sessionId) =>
        Effect.orDie(
          terminal.open({ sessionId, title: sessionId, cwd, command: SHELL, env: { PATH: "/usr/bin:/bin" } })
        ),
      { concurrency: 8 }
    )
    yield* until(
      "all panes show a prompt",
      Effect.map(Effect.orDie(terminal.list), (found) => (found.length === count ? true : undefined))
    )
    return now() - began
  },
  Effect.provide(TmuxTest),
  Effect.scoped
)

/** Kills the daemon; ms until its successor answers with `count` live sessions. */
const killed = Effect.fnUntraced(function* (arena: Arena, count: number) {
  const before = arena.daemonPid()
  const began = now()
  process.kill(before, "SIGKILL")
  yield* until(
    "all sessions are back",
    Effect.promise(async () => {
      const found = await arena.ask.request<ReadonlyArray<unknown>>("list", {}, 500).catch(() => undefined)
      return found?.length === count ? true : undefined
    })
  )
  return now() - began
})

export const sessions = Effect.fnUntraced(function* ({ sessions: count }: Plan) {
  const arena = yield* makeWatchedArena
  writeFileSync(arena.arrivals, "")
  const empty = yield* killed(arena, 0)
  yield* arena.spawn("fake", "agent")
  yield* arena.allIdle(1)
  yield* arena.stall
  yield* arena.bystander
  const began = now()
  yield* arena.people(
    "shell",
    Array.from({ length: count - 1 }, (_, index) => `s${index}`)
  )
  yield* arena.allIdle(count)
  const created = now() - began
  const stall = { daemon: yield* arena.stall, idle: yield* arena.bystander }
  const floor = yield* panes(count - 1)

  const adopted = yield* killed(arena, count)
  const asked = now()
  const id = yield* makeMessageId
  const answered = arena.ask.answered(id)
  yield* Effect.promise(() => arena.ask.request("send", { to: "agent", text: "still there?", messageId: id }))
  yield* Effect.promise(() => answered)
  const first = now() - asked
  yield* Effect.sleep("3 seconds")
  const { cpu } = usageOf(arena.daemonPid())

  const rows: ReadonlyArray<Row> = [
    {
      what: `create ${count - 1} sessions until all wait for input`,
      measured: `${seconds(created)}, ${ms(created / (count - 1))} each`,
      ceiling: `${seconds(floor)}: as many panes of a bare tmux`,
      ratio: created / floor
    },
    {
      what: "longest event-loop stall meanwhile",
      measured: `${ms(stall.daemon.stall)}, of it own work at most ${ms(stall.daemon.own)}`,
      ceiling: `${ms(stall.idle.stall)}: an idle process beside it`,
      target: "own work ≤ 50 ms",
      met: stall.daemon.own <= 50
    },
    {
      what: `kill -9 of the daemon → sm list shows all ${count}`,
      measured: seconds(adopted),
      ceiling: `${seconds(empty)}: the same without sessions`,
      ratio: adopted / empty
    },
    {
      what: "a message sent at that moment is answered",
      measured: ms(first)
    },
    {
      what: `processor time of the daemon, 3 s after`,
      measured: ms(cpu)
    }
  ]
  return rows
}, Effect.scoped)
