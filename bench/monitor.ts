/** What watching over sessions costs: idle ones, and a few that print all the time, beside a client that only reads along. */
import { execFileSync, spawn } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { killTmux, temporary } from "../test/support/TmuxTest.ts"
import { makeMessageId } from "../src/domain/Ids.ts"
import { type Arena, makeArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { usageOf } from "./Process.ts"
import type { Row } from "./Table.ts"

/** Twenty lines a second each. */
const CHATTY = 5
const CHATTER = "while :; do echo $RANDOM $RANDOM $RANDOM; sleep 0.05; done"

const share = (pids: ReadonlyArray<number>, over: number) =>
  Effect.gen(function* () {
    const used = () => pids.map((pid) => usageOf(pid).cpu)
    const before = used()
    yield* Effect.sleep(over)
    return used().map((cpu, index) => ((cpu - (before[index] ?? 0)) * 100) / over)
  })

/** As many panes in one bare session, and one control-mode client that reads all they print and does nothing with it; percent. */
const reading = Effect.fnUntraced(function* (size: number, chatty: number, over: number) {
  const socket = join(yield* temporary("raw"), "tmux")
  const tmux = (...args: ReadonlyArray<string>) =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { encoding: "utf8" })
  yield* Effect.addFinalizer(() => Effect.sync(() => killTmux(socket)))
  tmux("new-session", "-d", "-s", "raw", "-x", "200", "-y", "50", "exec sleep 100000")
  for (let index = 0; index < size; index++)
    tmux("new-window", "-d", "-t", "raw:", index < chatty ? `exec bash --norc -c '${CHATTER}'` : "exec bash --norc")
  const client = spawn("tmux", ["-S", socket, "-C", "attach", "-t", "raw"], { stdio: ["pipe", "pipe", "ignore"] })
  const reader = spawn(process.execPath, ["-e", "let n = 0; process.stdin.on('data', (data) => (n += data.length))"], {
    stdio: ["pipe", "ignore", "ignore"]
  })
  client.stdout.pipe(reader.stdin)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      client.stdout.unpipe(reader.stdin)
      client.kill()
      reader.kill()
    })
  )
  yield* Effect.sleep(2000)
  const server = Number(tmux("display-message", "-p", "#{pid}"))
  const [inTmux = 0, inClient = 0, inReader = 0] = yield* share([server, client.pid ?? 0, reader.pid ?? 0], over)
  return { tmux: inTmux, reader: inClient + inReader }
}, Effect.scoped)

const watching = (arena: Arena, over: number) =>
  Effect.map(
    share([arena.daemonPid(), arena.brokerPid(), arena.tmuxPid()], over),
    ([daemon = 0, broker = 0, tmux = 0]) => ({
      daemon,
      broker,
      tmux
    })
  )

const percent = (value: number): string => `${value.toFixed(2)} %`

const rowOf = (
  what: string,
  cost: Effect.Success<ReturnType<typeof watching>>,
  raw: Effect.Success<ReturnType<typeof reading>>
): Row => ({
  what,
  measured: `daemon ${percent(cost.daemon)}, broker ${percent(cost.broker)}, tmux ${percent(cost.tmux)}`,
  ceiling: `reader ${percent(raw.reader)}, tmux ${percent(raw.tmux)}: raw control mode`
})

export const monitor = Effect.fnUntraced(function* (plan: Plan) {
  const arena = yield* makeArena
  const rows: Array<Row> = []
  const chatty = Array.from({ length: CHATTY }, (_, index) => `chatty${index}`)
  let first: number | undefined
  for (const size of plan.watched) {
    yield* arena.grown(size)
    // What starting them set off is over.
    yield* Effect.sleep(Math.min(5000, plan.idle))
    const cost = yield* watching(arena, plan.idle)
    first ??= cost.daemon
    rows.push({
      ...rowOf(`processor, watching ${size} idle`, cost, yield* reading(size, 0, plan.idle)),
      ratio: cost.daemon / first,
      target: `flat: ratio to ${plan.watched[0]} session`,
      met: cost.daemon <= first * 1.5 + 0.5
    })
    yield* arena.people(
      "shell",
      chatty.map((name) => `${name}-${size}`)
    )
    yield* arena.allIdle(size + CHATTY)
    for (const name of chatty) {
      const id = yield* makeMessageId
      yield* Effect.promise(() => arena.ask.request("send", { to: `${name}-${size}`, text: CHATTER, messageId: id }))
    }
    yield* Effect.sleep(Math.min(5000, plan.idle))
    const loud = yield* watching(arena, plan.idle)
    rows.push(rowOf(`processor, ${size} idle and ${CHATTY} chatty`, loud, yield* reading(size, CHATTY, plan.idle)))
    for (const name of chatty) yield* Effect.promise(() => arena.ask.request("kill", { session: `${name}-${size}` }))
  }
  return rows
}, Effect.scoped)
