/** One session of a test's host: what is done to it, what its scripted agent does, and what is seen of it. */
import { tmpdir } from "node:os"
import { Clock, Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Registry } from "../../src/actors/registry/Registry.ts"
import { Session } from "../../src/actors/session/Session.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { Broker } from "../../src/broker/Broker.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import type { Spec } from "../../src/domain/Spec.ts"
import { HostId, MessageId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import type { ScriptedAgent } from "./ScriptedAgent.ts"

export const HOST = HostId.make("h")
export const human: Sender = { kind: "human", name: "human" }

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

export interface Send {
  readonly from?: Sender
  readonly mode?: Letter["mode"]
  readonly kind?: Letter["kind"]
  /** Seconds. */
  readonly ttl?: number
  readonly more?: Pick<Letter, "cause" | "epoch" | "key" | "notify" | "order">
}

/** Stores texts and makes the letters that stand for them. */
export const makeLetters = () => {
  let count = 0
  return Effect.fnUntraced(function* (text: string, { from, kind, mode, more, ttl }: Send = {}) {
    const broker = yield* Broker
    const id = MessageId.make(`m${String(++count).padStart(15, "0")}`)
    yield* broker.putText(id, text)
    const at = yield* Clock.currentTimeMillis
    const made: Letter = {
      id,
      from: from ?? human,
      mode: mode ?? "sequential",
      kind: kind ?? "message",
      at,
      ...(ttl === undefined ? {} : { expiresAt: at + ttl * 1000 }),
      bytes: Buffer.byteLength(text),
      tries: 0,
      ...more
    }
    return made
  })
}
export type Letters = ReturnType<typeof makeLetters>

export const memberOf = (agent: ScriptedAgent, id: SessionId, provider: string, letterOf: Letters) => {
  const session = ref(Session, HOST, id)
  let name = provider
  const basis: Spec = {
    provider,
    workingDir: tmpdir(),
    parentId: null,
    model: null,
    effort: null,
    permissionMode: null,
    args: [],
    env: { HOME: "/home/x" }
  }

  const spawn = Effect.fnUntraced(function* (called: string, prompt: string | null = null, spec: Partial<Spec> = {}) {
    name = called
    const first = prompt === null ? null : yield* letterOf(prompt)
    const order = { id, name: SessionName.make(name), host: HOST, spec: { ...basis, ...spec }, prompt: first }
    yield* moving(ref(Registry, SWARM, "main").ask("Spawn", order))
    return first?.id
  })
  const send = Effect.fnUntraced(function* (text: string, options: Send = {}) {
    const made = yield* letterOf(text, options)
    yield* moving(made.mode === "urgent" ? session.ask("AcceptUrgent", made) : session.ask("Accept", made))
    return made.id
  })
  let said = 0
  /** A signal of the agent's, told by hand; `conversation` is the one it speaks of, `at` when it was emitted. */
  const say = Effect.fnUntraced(function* (signal: Signal, conversation?: string, at?: number) {
    const now = yield* Clock.currentTimeMillis
    const of = conversation === undefined ? {} : { conversation }
    yield* session.tell("Signalled", { id: `said-${id}-${++said}`, at: at ?? now, signal, ...of })
    yield* Effect.repeat(Effect.andThen(TestClock.adjust("20 millis"), Effect.yieldNow), { times: 4 })
  })
  /** What `sm clear` asks. */
  const clear = Effect.fnUntraced(function* (next: string | null, by: Sender = human) {
    const order = yield* letterOf("", { kind: "clear", mode: "urgent", from: by })
    const then = next === null ? null : yield* letterOf(next, { mode: "urgent", from: by })
    yield* moving(session.ask("Clear", { by, clear: order, next: then }))
    return then?.id ?? order.id
  })
  const describe = moving(session.ask("Describe", {}))
  const is = (phase: string) =>
    eventually(
      `${name} is ${phase}`,
      Effect.map(describe, ({ card }) => (card.state === phase ? card : undefined))
    )
  const takes = (prompts: number) =>
    eventually(
      `${name} takes prompt ${prompts}`,
      Effect.sync(() => (agent.prompts.length >= prompts ? true : undefined))
    )

  return {
    agent,
    clear,
    describe,
    id,
    is,
    say,
    /** Itself, as whoever gets its messages sees it. */
    sender: (): Sender => ({ kind: "session", id, host: HOST, name }),
    send,
    session,
    spawn,
    takes
  }
}

export type Member = ReturnType<typeof memberOf>
