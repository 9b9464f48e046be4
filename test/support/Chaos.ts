/** Agents under load while daemon, broker, tmux clients and agents are killed at random points, and a count of what that broke. */
import { Effect, Fiber } from "effect"
import { identityOf } from "./ChaosDiary.ts"
import {
  type Chance,
  emptyLedger,
  type Ledger,
  pause,
  post,
  remindOne,
  sendOne,
  unread,
  waitOnce
} from "./ChaosLoad.ts"
import { judge, type Verdict } from "./ChaosVerdict.ts"
import { type ChaosWorld, makeChaosWorld, type Member } from "./ChaosWorld.ts"
import { type TooLate, until } from "./Until.ts"

export interface Plan {
  readonly seed: number
  /** The first two are sessions. */
  readonly senders: number
  /** Goes on until so many were killed from outside. */
  readonly kills: number
  /** At most so many ms, and 150 more, between two shots. */
  readonly between?: number
  /** Share of messages at whose taking the agent itself kills the daemon: between the keys and the commit that says so. */
  readonly ambush: number
}

type Victim = "daemon" | "broker" | "terminal client" | "agent" | "ambush"

export interface Findings extends Verdict {
  readonly sent: number
  readonly told: { readonly reminders: number; readonly waits: number }
  readonly kills: Readonly<Record<Victim, number>>
  /** Has no end, or one that it should not have. */
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

/** Messages sent and not read yet, at which the senders wait. */
const BACKLOG = 40
/** Seconds for everything to come to its end. */
const PATIENCE = 120
const VICTIMS = ["daemon", "daemon", "broker", "terminal client", "agent"] as const

/** Waits until all that was sent has its end, and judges what came of it. */
const settled = Effect.fnUntraced(function* (world: ChaosWorld, ledger: Ledger, deaths: number) {
  const { sm } = world
  const ends = new Map<string, string>()
  const stuck: Array<string> = []
  const deadline = Date.now() + PATIENCE * 1000
  for (const { id, key, token } of ledger.sent) {
    yield* Effect.ignore(
      until(
        `<${token}> ends`,
        // The daemon may still be on its way up: then this says so by its exit code.
        Effect.map(sm("trace", id, "--json"), ({ code, stdout }) => {
          if (code !== 0) return undefined
          const { status } = (JSON.parse(stdout) as { readonly data: { readonly status: string } }).data
          ends.set(id, status)
          return status === "answered" || (key !== undefined && status === "withdrawn") ? true : undefined
        }),
        Math.max(2, (deadline - Date.now()) / 1000)
      )
    )
    const end = ends.get(id)
    if (end !== "answered" && !(key !== undefined && end === "withdrawn")) stuck.push(`${id} <${token}> is ${end}`)
  }
  // What sm tells the bosses comes behind that.
  const judged = () => judge(world, ledger, { ends, deaths })
  yield* Effect.ignore(
    until(
      "every notice is read",
      Effect.sync(() => (judged().notices.length === 0 ? true : undefined)),
      30
    )
  )
  const verdict = judged()
  const evidence: Array<string> = []
  const wrong = [...verdict.lost, ...verdict.twice, ...verdict.disordered, ...stuck].map((line) => line.split(" ")[0])
  for (const id of new Set(wrong)) {
    const traced = yield* sm("trace", id ?? "")
    evidence.push(`${id}\n${traced.code === 0 ? traced.stdout : "cannot be traced"}`)
  }
  return { evidence, stuck, verdict }
})

export const chaos = Effect.fnUntraced(function* (plan: Plan) {
  const world = yield* makeChaosWorld(undefined)
  const { brokerPid, clientPid, daemonPid, dir, sm } = world
  const random = randomOf(plan.seed)
  const chance: Chance = { random, below: (limit) => Math.floor(random() * limit), ambush: plan.ambush }
  const ledger = emptyLedger()
  const kills: Record<Victim, number> = { daemon: 0, broker: 0, "terminal client": 0, agent: 0, ambush: 0 }
  let deaths = 0
  const count = () => kills.daemon + kills.broker + kills["terminal client"] + kills.agent
  const over = () => count() >= plan.kills

  // Where there is no transcript, nobody knows what an agent had read when it was killed.
  const mortal = world.all.filter(({ way }) => way !== "plain")
  const restoring: Array<Fiber.Fiber<true, TooLate>> = []
  const killAgent = Effect.fnUntraced(function* (member: Member) {
    const killed = identityOf(dir, member.id)?.pid
    if (!shoot(killed ?? 0)) return
    kills.agent++
    if (world.members.includes(member)) deaths++
    const restored = until(
      `${member.name} is restored`,
      // Its own word counts: a daemon that is killed may have restored it without having said so.
      Effect.map(sm("restore", member.name), () =>
        identityOf(dir, member.id)?.pid === killed ? undefined : (true as const)
      ),
      60
    )
    restoring.push(yield* Effect.forkScoped(restored))
  })
  const killer = Effect.gen(function* () {
    while (!over()) {
      yield* pause(150 + chance.below(plan.between ?? 1100))
      const what = VICTIMS[chance.below(VICTIMS.length)] ?? "daemon"
      const member = mortal[chance.below(mortal.length)]
      if (what === "agent") {
        if (member !== undefined) yield* killAgent(member)
      } else if (shoot(what === "daemon" ? daemonPid() : what === "broker" ? brokerPid() : clientPid())) kills[what]++
    }
  })
  const sender = Effect.fnUntraced(function* (number: number) {
    for (let round = 0; !over(); round++) {
      if (yield* sendOne(world, ledger, chance, number, round)) kills.ambush++
      const boss = world.bosses[number]
      if (boss !== undefined && round % 4 === 2) yield* waitOnce(world, ledger, boss, round)
      if (boss === undefined && round % 5 === 1) yield* remindOne(world, ledger, number * 1000 + round)
      yield* pause(chance.below(300))
      // A kill is to hit messages on their way, not a line that only grows.
      while (!over() && unread(world, ledger) > BACKLOG) yield* pause(200)
    }
  })

  const killing = yield* Effect.forkChild(killer)
  yield* Effect.all(
    Array.from({ length: plan.senders }, (_, number) => sender(number)),
    { concurrency: "unbounded" }
  )
  yield* Fiber.join(killing)
  for (const one of restoring) yield* Fiber.join(one)

  const { evidence, stuck, verdict } = yield* settled(world, ledger, deaths)
  const waits = [...ledger.waits.values()].reduce((sum, each) => sum + each, 0)
  const told = { reminders: ledger.reminders.size, waits }
  const findings: Findings = { sent: ledger.sent.length, told, kills, ...verdict, stuck, evidence }
  return findings
})

/**
 * Ambushes on what is typed, on what is handed in, and on nobody: two messages that one turn answers. A daemon with
 * defects is to be seen to do each of them twice.
 */
export const ambushes = Effect.fnUntraced(function* (dist: string | undefined) {
  const world = yield* makeChaosWorld(dist)
  const ledger = emptyLedger()
  const [door, , plain] = world.workers
  if (door === undefined || plain === undefined) return yield* Effect.die(new Error("no workers"))
  const send = (sender: number, round: number, to: Member, mode: string, text: string) =>
    post(world, ledger, { sender, round, to: [to], mode, text })
  // The daemon may be fast enough once.
  for (const round of [0, 1, 2]) yield* send(2, round, plain, "sequential", "[[ambush]]")
  yield* send(0, 0, door, "sequential", "[[work 3000]]")
  yield* until(
    "door works",
    Effect.map(world.sm("list", "--json"), ({ code, stdout }) =>
      code === 0 && /"name":"door"[^}]*"state":"working"/u.test(stdout) ? true : undefined
    )
  )
  yield* send(0, 1, door, "sequential", "")
  yield* send(0, 2, door, "sequential", "")
  yield* send(0, 3, door, "important", "[[work 3000]] [[ambush]]")
  const seen = () => {
    const { notices, twice } = judge(world, ledger, { ends: new Map(), deaths: 0 })
    const has = (token: string) => twice.some((line) => line.includes(`<${token}.`))
    return { typed: has("2"), handedIn: has("0"), told: notices.some((line) => line.includes("told twice")) }
  }
  const all = () => Object.values(seen()).every(Boolean) || undefined
  yield* Effect.ignore(until("all of it is seen", Effect.sync(all), 40))
  return seen()
})
