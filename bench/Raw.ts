/** What broker and terminal do by themselves: the ceilings. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { jetstreamManager } from "@nats-io/jetstream"
import type { NatsConnection } from "@nats-io/transport-node"
import { Effect } from "effect"
import { PublishQueue } from "../src/broker/PublishQueue.ts"
import { Terminal } from "../src/terminal/Terminal.ts"
import { TmuxTest, temporary } from "../test/support/TmuxTest.ts"
import { until } from "../test/support/Until.ts"
import { median, now } from "./Stats.ts"

const agent = join(import.meta.dirname, "../test/support/fake-agent.ts")

/** The size of what a session's commit is about. */
const BODY = "x".repeat(1500)

export interface Rate {
  readonly perSecond: number
  /** Ms, median. */
  readonly each: number
}

/** Acknowledged publishes into a file stream of their own, `inFlight` at a time. */
export const publishes = (connection: NatsConnection, count: number, inFlight: number) =>
  Effect.promise(async (): Promise<Rate> => {
    const manager = await jetstreamManager(connection)
    const name = `BENCH_${inFlight}`
    await manager.streams.add({ name, subjects: [`bench.${inFlight}.>`], storage: "file" })
    const queue = new PublishQueue(connection, () => undefined)
    const times: Array<number> = []
    let next = 0
    const worker = async () => {
      while (next < count) {
        const number = next++
        const began = now()
        await queue.publish(`bench.${inFlight}.${number % 100}`, BODY)
        times.push(now() - began)
      }
    }
    const began = now()
    await Promise.all(Array.from({ length: inFlight }, worker))
    const took = now() - began
    queue.close()
    await manager.streams.delete(name)
    return { perSecond: (count * 1000) / took, each: median(times) }
  })

/** Sequences used up so far in all streams: every stored message is one write that is on the disk before it counts. */
export const writes = (connection: NatsConnection) =>
  Effect.promise(async () => {
    const manager = await jetstreamManager(connection)
    let sum = 0
    for await (const info of manager.streams.list()) sum += info.state.last_seq
    return sum
  })

export interface Arrival {
  readonly at: number
  readonly text: string
}

/** What the scripted agents noted of the texts that reached them. */
export const arrivals = (path: string): ReadonlyArray<Arrival> =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Arrival)

/** From the paste command to the agent having the text, through one control-mode connection and nothing else; ms. */
export const pastes = Effect.fnUntraced(
  function* (count: number) {
    const terminal = yield* Terminal
    const dir = yield* temporary("paste")
    const path = join(dir, "arrivals")
    writeFileSync(path, "")
    const { pane } = yield* Effect.orDie(
      terminal.open({
        sessionId: "0badcafe",
        title: "ceiling",
        cwd: dir,
        command: [process.execPath, agent],
        env: { FAKE_ARRIVALS: path, FAKE_QUIET: "1", PATH: "/usr/bin:/bin", TERM: "xterm-256color" }
      })
    )
    const ready = Effect.map(Effect.orDie(terminal.screen(pane)), ({ text }) =>
      text.startsWith("ready") ? true : undefined
    )
    const times: Array<number> = []
    for (let round = 0; round < count; round++) {
      yield* until("the agent is ready", ready)
      const began = now()
      yield* Effect.orDie(
        terminal.type(pane, [
          { _tag: "Paste", text: `text number ${round}` },
          { _tag: "Press", keys: ["Enter"] }
        ])
      )
      const arrived = yield* until(
        "the text arrives",
        Effect.sync(() => arrivals(path)[round])
      )
      times.push(arrived.at - began)
    }
    return times
  },
  Effect.provide(TmuxTest),
  Effect.scoped
)
