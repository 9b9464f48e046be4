/** A host of sessions in memory and in virtual time: the real actors on a fake terminal and a scripted agent. */
import { tmpdir } from "node:os"
import { Clock, Context, Effect, Exit, Layer, Queue, Schema, Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import { Agenda } from "../../src/actors/agenda/Agenda.ts"
import * as AgendaBehavior from "../../src/actors/agenda/AgendaBehavior.ts"
import { Approvals } from "../../src/actors/approvals/Approvals.ts"
import * as ApprovalsBehavior from "../../src/actors/approvals/ApprovalsBehavior.ts"
import { Desk } from "../../src/actors/desk/Desk.ts"
import * as DeskBehavior from "../../src/actors/desk/DeskBehavior.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import * as MonitorBehavior from "../../src/actors/monitor/MonitorBehavior.ts"
import { Locks } from "../../src/actors/locks/Locks.ts"
import * as LocksBehavior from "../../src/actors/locks/LocksBehavior.ts"
import { Pool } from "../../src/actors/pool/Pool.ts"
import * as PoolBehavior from "../../src/actors/pool/PoolBehavior.ts"
import { Registry } from "../../src/actors/registry/Registry.ts"
import * as RegistryBehavior from "../../src/actors/registry/RegistryBehavior.ts"
import { Session } from "../../src/actors/session/Session.ts"
import * as SessionBehavior from "../../src/actors/session/SessionBehavior.ts"
import type { Surroundings } from "../../src/actors/session/SessionReactor.ts"
import { Worktrees } from "../../src/actors/worktrees/Worktrees.ts"
import * as WorktreesBehavior from "../../src/actors/worktrees/WorktreesBehavior.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { Quarters } from "../../src/agents/Quarters.ts"
import * as Roster from "../../src/agents/Roster.ts"
import { Broker } from "../../src/broker/Broker.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { layer as MemoryBroker, type MemoryClient } from "../../src/broker/MemoryBroker.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import { Monitoring, MonitorPolicy } from "../../src/domain/MonitorPolicy.ts"
import { Git } from "../../src/git/Git.ts"
import { watch } from "../../src/Watch.ts"
import { FakeGit } from "./FakeGit.ts"
import { FakePanes, layer as fakeTerminal } from "./FakeTerminal.ts"
import { eventually, HOST, makeLetters, memberOf } from "./Member.ts"
import type { Program } from "./programs/Program.ts"
import { adapterOf, ScriptedAgent } from "./ScriptedAgent.ts"

export { eventually, HOST, human, type Member, moving, type Send } from "./Member.ts"

const decodePolicy = Schema.decodeSync(MonitorPolicy)
const decodeRecord = Schema.decodeSync(Schema.fromJsonString(EventRecord))

/** Lets virtual time pass. */
export const pass = (seconds: number) =>
  Effect.repeat(Effect.andThen(TestClock.adjust("20 millis"), Effect.yieldNow), { times: Math.round(seconds * 50) - 1 })

const quarters = Layer.succeed(Quarters, {
  prepare: ({ env, id }) => Effect.succeed({ dir: tmpdir(), env: { ...env, SM_SESSION_ID: id } }),
  furnish: () => Effect.void,
  plain: (env) => env,
  sm: ["sm"] as const
})

export interface Report {
  readonly session: SessionId
  readonly id: string
  readonly signal: Signal
}

/** How a hook's report comes to the session; `tell` does it at once. By default it does. */
export type Carry = (report: Report, tell: Effect.Effect<void>) => Effect.Effect<void>

/** The scripted agents of a host, by session; a new one is made at the first mention. */
const makeCast = (signals: Queue.Queue<Report>) => {
  const agents = new Map<string, ScriptedAgent>()
  let count = 0
  return (session: SessionId): ScriptedAgent => {
    const known = agents.get(session)
    if (known !== undefined) return known
    const agent = new ScriptedAgent((signal) =>
      Queue.offerUnsafe(signals, { session, id: `signal-${++count}`, signal })
    )
    agents.set(session, agent)
    return agent
  }
}

const FIRST = SessionId.make("00000001")

const make = (cast: (session: SessionId) => ScriptedAgent, signals: Queue.Queue<Report>, { carry, lease }: Options) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const panes = yield* FakePanes
    const roster = yield* Roster.Roster
    const plugin = yield* Scope.make()
    yield* Scope.provide(roster.register(adapterOf(cast(FIRST))), plugin)
    /** The agent's kind is known no more. */
    const unplug = Scope.close(plugin, Exit.void)
    const surroundings = yield* Effect.context<Surroundings>()

    const git = new FakeGit()
    let running: Scope.Closeable | undefined
    /** Ends the host as a kill would: everything in memory is lost. */
    const stop = Effect.suspend(() => (running === undefined ? Effect.void : Scope.close(running, Exit.void)))
    const boot = Effect.gen(function* () {
      const scope = yield* Scope.make()
      running = scope
      const directory = yield* Layer.buildWithScope(Layer.fresh(Directory.layer), scope)
      const registrations = [
        yield* ActorSystem.register(Session, SessionBehavior.behavior),
        yield* ActorSystem.register(Registry, RegistryBehavior.behavior),
        yield* ActorSystem.register(Agenda, AgendaBehavior.behavior),
        yield* ActorSystem.register(Pool, PoolBehavior.behavior),
        yield* ActorSystem.register(Approvals, ApprovalsBehavior.behavior),
        yield* ActorSystem.register(Desk, DeskBehavior.behavior),
        yield* ActorSystem.register(Monitor, MonitorBehavior.behavior),
        yield* ActorSystem.register(Locks, LocksBehavior.behavior),
        yield* Effect.provide(
          ActorSystem.register(Worktrees, WorktreesBehavior.behavior),
          Context.add(directory, Git, git.service)
        )
      ]
      const system = yield* Layer.buildWithScope(
        ActorSystem.layer({ host: HOST, swarm: true, ...(lease === undefined ? {} : { lease }) }, registrations),
        scope
      )
      const context = Context.merge(directory, system)
      yield* Effect.forkIn(Effect.provide(watch(HOST), context), scope)
      yield* Context.get(system, ActorSystem.ActorSystem).poke(ref(Worktrees, HOST, HOST).address)
    }).pipe(Effect.provide(surroundings))

    yield* Effect.forkScoped(
      Effect.forever(
        Effect.gen(function* () {
          const report = yield* Queue.take(signals)
          const { id, session, signal } = report
          const at = yield* Clock.currentTimeMillis
          const tell = ref(Session, HOST, session).tell("Signalled", { id, at, signal })
          yield* (carry ?? ((_, now) => now))(report, Effect.orDie(Effect.provideService(tell, Broker, broker)))
        })
      )
    )

    const letter = makeLetters()
    const first = memberOf(cast(FIRST), FIRST, "scripted", letter)
    let members = 1
    /** One more session on this host, with an agent of its own; to be spawned. */
    const another = Effect.gen(function* () {
      const id = SessionId.make(String(++members).padStart(8, "0"))
      const kind = `scripted-${members}`
      yield* Scope.provide(roster.register(adapterOf(cast(id), kind)), plugin)
      return memberOf(cast(id), id, kind, letter)
    })

    /** The statuses a message went through. */
    const hops = (message: string) =>
      Effect.map(broker.facts("message", message), (facts) =>
        facts.flatMap(({ body }) => {
          const { event } = decodeRecord(body)
          if (event._tag === "MessageAccepted") return ["accepted"]
          return event._tag === "MessageMoved" ? [event.status] : []
        })
      )
    const evidence = (message: string) =>
      Effect.map(broker.facts("message", message), (facts) =>
        facts.flatMap(({ body }) => {
          const { event } = decodeRecord(body)
          return event._tag === "MessageMoved" ? [event.evidence] : []
        })
      )
    const reaches = (message: string, status: string) =>
      eventually(
        `${message} is ${status}`,
        Effect.map(hops(message), (all) => (all.at(-1) === status ? true : undefined))
      )

    return { ...first, another, boot, broker, evidence, git, hops, letter, panes, reaches, stop, unplug }
  })

export type World = Effect.Success<ReturnType<typeof make>>

/** `lease`: ms; a longer one makes long times pass faster. */
type Options = Pick<ActorSystem.Options, "lease"> & {
  /** As `config.yaml` sets it; agents that crash stay so where it is not given. */
  readonly monitor?: typeof MonitorPolicy.Encoded
  readonly carry?: Carry
}

/** Runs a test with a booted host and one session to be spawned; `another` makes more. */
export const withWorld = (
  body: (world: World) => Effect.Effect<void, unknown, Surroundings | MemoryClient>,
  options: Options = {}
) =>
  Effect.gen(function* () {
    const signals = yield* Queue.unbounded<Report>()
    const cast = makeCast(signals)
    const agent: Program = (surface) => cast(SessionId.make(surface.env["SM_SESSION_ID"] ?? FIRST)).program(surface)
    const layers = Layer.mergeAll(MemoryBroker, fakeTerminal({ agent }), Roster.layer, quarters)
    yield* TestClock.adjust("1 day")
    yield* Effect.gen(function* () {
      const world = yield* make(cast, signals, options)
      yield* world.boot
      yield* body(world)
    }).pipe(
      Effect.provide(layers),
      Effect.provideService(Monitoring, decodePolicy(options.monitor ?? { recover: { mode: "manual" } }))
    )
  }).pipe(Effect.scoped)
