/** A host of sessions in memory and in virtual time: the real actors on a fake terminal and a scripted agent. */
import { tmpdir } from "node:os"
import { Clock, Effect, Exit, Layer, Queue, Schema, Scope } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { ref } from "../../src/actors/ActorRef.ts"
import { Registry } from "../../src/actors/registry/Registry.ts"
import * as RegistryBehavior from "../../src/actors/registry/RegistryBehavior.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { Session } from "../../src/actors/session/Session.ts"
import type { Spec } from "../../src/domain/Spec.ts"
import * as SessionBehavior from "../../src/actors/session/SessionBehavior.ts"
import type { Surroundings } from "../../src/actors/session/SessionReactor.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { Quarters } from "../../src/agents/Quarters.ts"
import * as Roster from "../../src/agents/Roster.ts"
import { Broker } from "../../src/broker/Broker.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { layer as MemoryBroker } from "../../src/broker/MemoryBroker.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import { HostId, MessageId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { watch } from "../../src/Watch.ts"
import { FakePanes, layer as fakeTerminal } from "./FakeTerminal.ts"
import { adapterOf, ScriptedAgent } from "./ScriptedAgent.ts"

const HOST = HostId.make("h")
const decodeRecord = Schema.decodeSync(Schema.fromJsonString(EventRecord))

/** Lets everything that sleeps go on while `effect` runs. */
export const moving = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(effect, Effect.forever(Effect.andThen(TestClock.adjust("20 millis"), Effect.yieldNow)))

/** Lets virtual time pass until the probe finds something; a minute of it is a failure. */
export const eventually = <A, E, R>(what: string, probe: Effect.Effect<A | undefined, E, R>) =>
  Effect.gen(function* () {
    for (let round = 0; round < 3000; round++) {
      const found = yield* probe
      if (found !== undefined) return found
      yield* TestClock.adjust("20 millis")
    }
    return yield* Effect.die(new Error(`${what} did not happen within a minute`))
  })

/** Lets virtual time pass. */
export const pass = (seconds: number) =>
  Effect.repeat(Effect.andThen(TestClock.adjust("20 millis"), Effect.yieldNow), { times: Math.round(seconds * 50) - 1 })

const quarters = Layer.succeed(Quarters, {
  prepare: ({ env, id }) => Effect.succeed({ dir: tmpdir(), env: { ...env, SM_SESSION_ID: id } }),
  furnish: () => Effect.void,
  sm: ["sm"] as const
})

export interface Send {
  readonly from?: Sender
  readonly mode?: Letter["mode"]
  readonly kind?: Letter["kind"]
  /** Seconds. */
  readonly ttl?: number
}

export const human: Sender = { kind: "human", name: "human" }

const make = (agent: ScriptedAgent, signals: Queue.Queue<{ readonly id: string; readonly signal: Signal }>) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const panes = yield* FakePanes
    const roster = yield* Roster.Roster
    const plugin = yield* Scope.make()
    yield* Scope.provide(roster.register(adapterOf(agent)), plugin)
    /** The agent's kind is known no more. */
    const unplug = Scope.close(plugin, Exit.void)
    const surroundings = yield* Effect.context<Surroundings>()

    let running: Scope.Closeable | undefined
    /** Ends the host as a kill would: everything in memory is lost. */
    const stop = Effect.suspend(() => (running === undefined ? Effect.void : Scope.close(running, Exit.void)))
    const boot = Effect.gen(function* () {
      const scope = yield* Scope.make()
      running = scope
      const registrations = [
        yield* ActorSystem.register(Session, SessionBehavior.behavior),
        yield* ActorSystem.register(Registry, RegistryBehavior.behavior)
      ]
      const context = yield* Layer.buildWithScope(
        Layer.mergeAll(ActorSystem.layer({ host: HOST, swarm: true }, registrations), Layer.fresh(Directory.layer)),
        scope
      )
      yield* Effect.forkIn(Effect.provide(watch(HOST), context), scope)
    }).pipe(Effect.provide(surroundings))

    const id = SessionId.make("00000001")
    const session = ref(Session, HOST, id)
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.gen(function* () {
          const { id: key, signal } = yield* Queue.take(signals)
          yield* session.tell("Signalled", { id: key, at: yield* Clock.currentTimeMillis, signal })
        })
      )
    )

    let count = 0
    const letter = Effect.fnUntraced(function* (text: string, { from = human, kind = "message", mode, ttl }: Send) {
      const message = MessageId.make(`m${String(++count).padStart(15, "0")}`)
      yield* broker.putText(message, text)
      const at = yield* Clock.currentTimeMillis
      const made: Letter = {
        id: message,
        from,
        mode: mode ?? "sequential",
        kind,
        at,
        ...(ttl === undefined ? {} : { expiresAt: at + ttl * 1000 }),
        bytes: Buffer.byteLength(text),
        tries: 0
      }
      return made
    })

    const spec: Spec = {
      provider: "scripted",
      workingDir: tmpdir(),
      parentId: null,
      model: null,
      effort: null,
      permissionMode: null,
      args: [],
      env: { HOME: "/home/x" }
    }
    const spawn = Effect.fnUntraced(function* (name: string, prompt: string | null = null) {
      const first = prompt === null ? null : yield* letter(prompt, {})
      const order = { id, name: SessionName.make(name), host: HOST, spec, prompt: first }
      yield* moving(ref(Registry, ActorSystem.SWARM, "main").ask("Spawn", order))
      return first?.id
    })

    const send = Effect.fnUntraced(function* (text: string, options: Send = {}) {
      const made = yield* letter(text, options)
      yield* moving(made.mode === "urgent" ? session.ask("AcceptUrgent", made) : session.ask("Accept", made))
      return made.id
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
    const describe = moving(session.ask("Describe", {}))
    const is = (phase: string) =>
      eventually(
        `the session is ${phase}`,
        Effect.map(describe, ({ card }) => (card.state === phase ? card : undefined))
      )
    const takes = (count: number) =>
      eventually(
        `the agent takes prompt ${count}`,
        Effect.sync(() => (agent.prompts.length >= count ? true : undefined))
      )

    return {
      agent,
      boot,
      broker,
      describe,
      evidence,
      hops,
      id,
      is,
      panes,
      reaches,
      send,
      session,
      spawn,
      stop,
      takes,
      unplug
    }
  })

export type World = Effect.Success<ReturnType<typeof make>>

/** Runs a test with a booted host and one session to be spawned. */
export const withWorld = (body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  Effect.gen(function* () {
    const signals = yield* Queue.unbounded<{ readonly id: string; readonly signal: Signal }>()
    let count = 0
    const agent = new ScriptedAgent((signal) => Queue.offerUnsafe(signals, { id: `signal-${++count}`, signal }))
    const layers = Layer.mergeAll(MemoryBroker, fakeTerminal({ agent: agent.program }), Roster.layer, quarters)
    yield* TestClock.adjust("1 day")
    yield* Effect.gen(function* () {
      const world = yield* make(agent, signals)
      yield* world.boot
      yield* body(world)
    }).pipe(Effect.provide(layers))
  }).pipe(Effect.scoped)
