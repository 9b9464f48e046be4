/** Agents under load while daemon, broker and tmux clients are killed at random points, and a count of what that broke. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { Effect, Fiber } from "effect"
import { makeSmWith, type Options } from "./Sm.ts"
import { until } from "./Until.ts"

export interface Plan extends Options {
  readonly seed: number
  readonly senders: number
  readonly agents: number
  /** Goes on until so many were killed from outside, or so many messages were sent. */
  readonly kills?: number
  readonly messages?: number
  /** At most so many ms, and 150 more, between two shots. */
  readonly between?: number
  /** Share of messages at whose taking the agent itself kills the daemon: between the keys and the commit that says so. */
  readonly ambush: number
}

export interface Findings {
  readonly sent: number
  readonly kills: Readonly<Record<"daemon" | "broker" | "terminal client" | "ambush", number>>
  readonly lost: ReadonlyArray<string>
  readonly twice: ReadonlyArray<string>
  /** Taken before one that the same sender had sent earlier to the same agent. */
  readonly disordered: ReadonlyArray<string>
  /** Taken by the agent, but not told as answered in the end. */
  readonly stuck: ReadonlyArray<string>
  /** The hops of every message that something is wrong with. */
  readonly evidence: ReadonlyArray<string>
}

/** Mulberry32: a seed in the report makes a bad run repeatable, as far as machines are. */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}

const shoot = (pid: number): boolean => {
  try {
    return Number.isInteger(pid) && pid > 1 && process.kill(pid, "SIGKILL")
  } catch {
    // Dead already: an earlier shot, and its successor is not up yet.
    return false
  }
}

/** Messages sent and not taken yet, at which the senders wait. */
const BACKLOG = 40

const pause = (ms: number) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, ms)))

export const chaos = Effect.fnUntraced(function* (plan: Plan) {
  const { brokerPid, daemonPid, home, json, sm, taken } = yield* makeSmWith(plan)
  const random = randomOf(plan.seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const agents = Array.from({ length: plan.agents }, (_, index) => `agent${index}`)
  for (const agent of agents) yield* json("spawn", "fake", "--name", agent)

  const kills = { daemon: 0, broker: 0, "terminal client": 0, ambush: 0 }
  const count = () => kills.daemon + kills.broker + kills["terminal client"]
  const sent = new Map<string, { readonly id: string; readonly agent: string }>()
  const over = () => (plan.kills !== undefined && count() >= plan.kills) || sent.size >= (plan.messages ?? Infinity)

  const clients = (): ReadonlyArray<number> => {
    try {
      const said = execFileSync("tmux", ["-S", join(home, "run/tmux"), "list-clients", "-F", "#{client_pid}"], {
        stdio: ["ignore", "pipe", "ignore"]
      })
      return said.toString().split("\n").filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
  const killer = Effect.gen(function* () {
    while (!over()) {
      yield* pause(150 + below(plan.between ?? 1100))
      const what = (["daemon", "daemon", "broker", "terminal client"] as const)[below(4)] ?? "daemon"
      const pid = what === "daemon" ? daemonPid() : what === "broker" ? brokerPid() : (clients()[0] ?? 0)
      if (shoot(pid)) kills[what]++
    }
  })

  /** As a client that wants it sent does: again under the same id until the system says that it has it. */
  const send = Effect.fnUntraced(function* (sender: number, round: number) {
    const agent = agents[below(agents.length)] ?? ""
    const ambush = random() < plan.ambush
    const text = `from ${sender} message ${round} [[work ${below(4) * 40}]]${ambush ? " [[ambush]]" : ""}`
    const id = `m${String(sender).padStart(3, "0")}${String(round).padStart(12, "0")}`
    if (ambush) kills.ambush++
    for (;;) {
      const { code, stderr } = yield* sm("send", agent, text, "--message-id", id)
      if (code === 0) break
      if (code !== 3 && code !== 4) return yield* Effect.die(new Error(`send exits ${code}: ${stderr}`))
    }
    sent.set(text, { id, agent })
  })
  const sender = Effect.fnUntraced(function* (number: number) {
    for (let round = 0; !over(); round++) {
      yield* send(number, round)
      yield* pause(below(300))
      // A kill is to hit messages on their way, not a line that only grows.
      while (!over() && sent.size - taken().length > BACKLOG) yield* pause(100)
    }
  })

  const killing = yield* Effect.forkChild(plan.kills === undefined ? Effect.void : killer)
  yield* Effect.all(
    Array.from({ length: plan.senders }, (_, number) => sender(number)),
    { concurrency: "unbounded" }
  )
  yield* Fiber.join(killing)

  const missing = () => {
    const got = new Set(taken())
    return [...sent.keys()].filter((text) => !got.has(text))
  }
  yield* Effect.ignore(
    until(
      "everything is taken",
      Effect.sync(() => (missing().length === 0 ? true : undefined)),
      120
    )
  )
  const stuck: Array<string> = []
  for (const [text, { id }] of sent) {
    if (missing().includes(text)) continue
    const settled = yield* Effect.exit(
      until(
        `${text} is answered`,
        // The daemon may still be on its way up: then this says so by its exit code.
        Effect.map(sm("trace", id, "--json"), ({ code, stdout }) =>
          code === 0 &&
          (JSON.parse(stdout) as { readonly data: { readonly status: string } }).data.status === "answered"
            ? true
            : undefined
        ),
        30
      )
    )
    if (settled._tag === "Failure") stuck.push(`${id} ${text}`)
  }
  const got = taken()
  const orders = new Map<string, number>()
  const disordered = got.filter((text) => {
    const [, from = "", round = ""] = /from (\d+) message (\d+)/u.exec(text) ?? []
    const lane = `${from} ${sent.get(text)?.agent}`
    const before = orders.get(lane) ?? -1
    orders.set(lane, Math.max(before, Number(round)))
    return Number(round) < before
  })
  const wrong = { lost: missing(), twice: got.filter((text, index) => got.indexOf(text) !== index), disordered, stuck }
  const evidence: Array<string> = []
  for (const text of new Set(Object.values(wrong).flat())) {
    const traced = yield* Effect.exit(sm("trace", sent.get(text)?.id ?? text.split(" ")[0] ?? ""))
    evidence.push(`${text}\n${traced._tag === "Success" ? traced.value.stdout : "cannot be traced"}`)
  }
  const findings: Findings = { sent: sent.size, kills, ...wrong, evidence }
  return findings
})
