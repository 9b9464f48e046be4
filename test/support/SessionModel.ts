/** The session's state machine under made-up sequences of mail and reports, and what must hold after each of them. */
import { assert } from "@effect/vitest"
import { Context, Effect, Exit } from "effect"
import type { Outcome } from "../../src/actors/Behavior.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { cardOf, onItsWay } from "../../src/actors/session/Move.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { Session } from "../../src/actors/session/Session.ts"
import type { State } from "../../src/actors/session/State.ts"
import { behavior } from "../../src/actors/session/SessionBehavior.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { Roster } from "../../src/agents/Roster.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { HostId, MessageId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import { isLive, isQuiet } from "../../src/domain/Session.ts"
import { ALLOWED, type Happening, TERMINAL, type What } from "./Happening.ts"

const ID = "0a1b2c3d"
const HUMAN = { kind: "human", name: "human" }
const letterId = (number: number) => MessageId.make(`m${String(number).padStart(15, "0")}`)
const STEP = 100
/** Sessions that wait for it. */
const watcherIds = ["aaaa0000", "aaaa0001", "aaaa0002"]

export const makeModel = (confirms: boolean) => {
  // Only what the handlers ask of them.
  const broker = { getText: (id: string) => Effect.succeedSome(`text ${id}`) } as never
  const roster = { find: () => Effect.succeedSome({ capabilities: { confirms } }) } as never
  const services = Context.make(Broker, broker).pipe(Context.add(Roster, roster))

  let state: State = emptyState(ID)
  let now = 1000
  let activation = 1
  let signals = 0
  let launching: number | undefined
  let onArgv: MessageId | null = null
  const accepted: Array<Letter> = []
  const status = new Map<string, string>()
  const handedBack = new Set<string>()
  /** Who waits for it to be idle, and has not been told anything yet. */
  const waiting = new Set<string>()
  let watches = 0

  /** Runs a handler as the runtime does; answers whether it was refused. */
  const handle = (tag: keyof typeof behavior.handlers, payload: unknown): boolean => {
    const handler = behavior.handlers[tag] as (
      payload: unknown,
      state: State,
      mail: { key: string; id: string; now: number; activation: string }
    ) => Effect.Effect<Outcome<State, unknown>, unknown>
    const mail = { key: ID, id: "x", now, activation: `a${activation}` }
    const exit = Effect.runSyncExit(Effect.provide(handler(payload, state, mail), services as never))
    if (Exit.isFailure(exit)) {
      assert.notInclude(JSON.stringify(exit.cause), '"Die"')
      return true
    }
    const before = state
    state = exit.value.state
    for (const out of exit.value.out ?? []) {
      if (out._tag === "Tell" && watcherIds.includes(out.to.key))
        assert.isTrue(waiting.delete(out.to.key), `${out.to.key} is told without waiting, or twice`)
      if (out._tag !== "Publish" || out.event._tag !== "MessageMoved") continue
      const { id, status: next } = out.event
      const from = status.get(id)
      assert.isDefined(from, `${id} moves to ${next} without having been accepted`)
      assert.isTrue(ALLOWED[from ?? ""]?.includes(next), `${id}: ${from} → ${next} (${out.event.evidence})`)
      if (next === "accepted") handedBack.add(id)
      status.set(id, next)
    }
    check(before)
    return false
  }

  const places = (id: string): number =>
    [...state.queue, ...onItsWay(state), ...state.carried].filter((letter) => letter.id === id).length

  const overtakesNobody = (letter: Letter) => {
    const place = accepted.findIndex(({ id }) => id === letter.id)
    const older = accepted
      .slice(0, Math.max(0, place))
      .filter(({ from, mode }) => from.name === letter.from.name && mode === letter.mode)
      .filter(({ id }) => state.queue.some((waiting) => waiting.id === id))
      // What interrupted an urgent letter goes before it.
      .filter(({ id, mode }) => !(mode === "urgent" && handedBack.has(id)))
    assert.deepStrictEqual(older, [], `${letter.id} overtakes`)
  }

  const check = (before: State) => {
    if (waiting.size > 0) assert.isTrue(isLive(state.phase) && !isQuiet(cardOf(state)), "somebody waits for nothing")
    for (const { id } of accepted) {
      const now = status.get(id) ?? ""
      const over = TERMINAL.has(now) || (!confirms && now === "injected")
      const expected = over ? 0 : 1
      // An agent that confirms nothing: injected is the end, unless it is back in line.
      if (!confirms && now === "injected") assert.isAtMost(places(id), 1, `${id} ${now}`)
      else assert.strictEqual(places(id), expected, `${id} is ${now}`)
    }
    assert.isAtMost(state.flying.length + (state.typing === null ? 0 : 1), 1, "two prompts on their way at once")
    const firstOther = state.queue.findIndex(({ mode }) => mode !== "urgent")
    const lastUrgent = state.queue.findLastIndex(({ mode }) => mode === "urgent")
    if (firstOther >= 0) assert.isBelow(lastUrgent, firstOther, "an urgent letter waits behind another")
    const taken = state.typing?.letters ?? []
    assert.isAtMost(taken.length, 10, "letters in one prompt")
    if (taken.length > 1) assert.isTrue(taken.every(({ from, kind }) => from.kind !== "human" && kind === "message"))
    if (before.typing?.letters[0]?.id !== taken[0]?.id) for (const letter of taken) overtakesNobody(letter)
    if (state.phase === "stopped") {
      const held = state.queue.length + onItsWay(state).length + state.carried.length
      assert.strictEqual(held, 0, "a stopped session holds letters")
    }
  }
  const storable = () => {
    const json = Effect.runSync(Session.compiled.state.encode(state))
    assert.deepStrictEqual(Effect.runSync(Session.compiled.state.decode(json)), state)
  }

  const accept = (letter: Letter) => {
    const known = accepted.some(({ id }) => id === letter.id)
    if (!known && letter.kind === "message") {
      accepted.push(letter)
      status.set(letter.id, "accepted")
    }
    const before = state
    const refused = handle(letter.mode === "urgent" ? "AcceptUrgent" : "Accept", letter)
    if (refused && !known && letter.kind === "message") {
      accepted.pop()
      status.delete(letter.id)
    }
    if (known) assert.isAtMost(state.queue.length, before.queue.length, "a repeated id is a letter of its own")
  }

  const signal = (found: Signal) => {
    const payload = { id: `s${signals++}`, at: now, signal: found }
    handle("Signalled", payload)
    const once = state
    handle("Signalled", payload)
    assert.deepStrictEqual(state, once, "a repeated signal changes something")
  }

  const pick = <T>(from: ReadonlyArray<T>, number: number): T | undefined => from[number % Math.max(1, from.length)]
  /** Mostly what is on its way; now and then anything. */
  const some = (number: number): MessageId => {
    return (
      (number % 5 > 0 ? pick(onItsWay(state), number)?.id : undefined) ?? pick(accepted, number)?.id ?? letterId(number)
    )
  }
  /** The letters of one prompt. */
  const prompt = (number: number): ReadonlyArray<MessageId> => {
    const one = some(number)
    const prompts = [...(state.typing === null ? [] : [state.typing]), ...state.flying]
    const ids = prompts.map(({ letters }) => letters.map(({ id }) => id))
    return ids.find((together) => together.includes(one)) ?? [one]
  }
  /** Some letters of one prompt. */
  const group = (number: number): ReadonlyArray<MessageId> => prompt(number).slice(0, 1 + (number % 3))
  const turn = (number: number) => pick(["", "t1", "t2"], number) ?? ""

  const acts: Readonly<Record<What, (one: number, two: number) => void>> = {
    accept: (one, two) =>
      accept({
        id: letterId(two % 4 === 0 ? one % 12 : accepted.length),
        from: { kind: "session", id: SessionId.make("0badc0de"), name: `sender${one % 2}` },
        mode: "sequential",
        kind: "message",
        at: now,
        bytes: 1,
        tries: 0,
        ...(two % 7 === 0 ? { expiresAt: now + STEP * 10 } : {})
      }),
    "accept urgent": (one) =>
      accept({
        id: letterId(accepted.length),
        from: { kind: "human", name: `person${one % 2}` },
        mode: "urgent",
        kind: "message",
        at: now,
        bytes: 1,
        tries: 0
      }),
    clear: (one) => {
      const letter: Letter = {
        id: letterId(900 + (one % 3)),
        from: { kind: "human", name: "human" },
        mode: "urgent",
        kind: "clear",
        at: now,
        bytes: 0,
        tries: 0
      }
      handle("AcceptUrgent", letter)
      const { queue } = state
      handle("AcceptUrgent", letter)
      assert.deepStrictEqual(state.queue, queue, "a repeated clear is a second one")
    },
    launched: (one, two) => {
      if (state.launching === null) return
      const carried = two % 2 === 0 ? onArgv : null
      const pane = { id: `%${one % 3}`, server: "s", pid: 2 }
      handle("Launched", { pane, agentSessionId: null, seatEnv: {}, carried })
      if (carried !== null) assert.include(["injected", "dead"], status.get(carried), "it was on the command line")
    },
    "launch failed": () => void handle("LaunchFailed", { reason: "x" }),
    typed: (one) => void handle("Typed", { ids: prompt(one), evidence: "x" }),
    withheld: (one, two) => {
      const phase = pick([null, "working", "human-composing", "waiting-permission"] as const, two) ?? null
      handle("Withheld", { ids: prompt(one), phase, detail: "" })
    },
    "handed back": (one) => void handle("HandedBack", { id: pick(state.carried, one)?.id ?? some(one) }),
    confirmed: (one) => void handle("Confirmed", { ids: group(one), evidence: "x" }),
    "gave up": (one) => void handle("GaveUp", { ids: group(one), evidence: "x" }),
    "interrupt pressed": () => void handle("InterruptPressed", {}),
    observed: (one) =>
      void handle("Observed", {
        activity: pick(["idle", "busy", "idle", "dialog", "composing", "starting"] as const, one),
        detail: ""
      }),
    "prompt submitted": (one, two) =>
      signal({ _tag: "PromptSubmitted", turn: turn(two), prompt: `[${some(one)}] text` }),
    "turn ended": (one, two) => signal({ _tag: "TurnEnded", turn: turn(two), answer: "a", background: one % 9 === 0 }),
    "turn failed": (_, two) => signal({ _tag: "TurnFailed", turn: turn(two), reason: "x" }),
    interrupted: (_, two) => signal({ _tag: "Interrupted", turn: turn(two) }),
    "tool started": (_, two) => signal({ _tag: "ToolStarted", turn: turn(two), tool: "t", detail: "" }),
    "permission asked": (_, two) => signal({ _tag: "PermissionAsked", turn: turn(two), question: "?" }),
    compact: (one) => signal(one % 2 === 0 ? { _tag: "CompactStarted" } : { _tag: "CompactEnded" }),
    started: (one) => signal({ _tag: "Started", source: one % 2 === 0 ? "clear" : "startup" }),
    kill: () => void handle("Kill", { reason: "x", by: HUMAN }),
    restore: () => void handle("Restore", { by: HUMAN }),
    "pane lost": () => void handle("PaneLost", { pane: state.pane?.id ?? "%9", reason: "x" }),
    "pane closed": () => void handle("PaneClosed", { pane: state.pane?.id ?? "%9" }),
    "another activation": () => void activation++,
    watch: (one) => {
      const by = { kind: "session", id: pick(watcherIds, one) ?? "", host: "h", name: "w" }
      waiting.add(by.id)
      handle("Watch", { id: letterId(5000 + watches++), by, until: now })
    },
    "watch over": (one) => void handle("WatchOver", { id: letterId(5000 + (watches === 0 ? 0 : one % watches)) }),
    unwatch: (one) => {
      const id = pick(watcherIds, one) ?? ""
      waiting.delete(id)
      handle("Unwatch", { by: { kind: "session", id, host: "h", name: "w" } })
    },
    "time passes": (one) => {
      now += (one % 20) * STEP
      handle("Tick", {})
    }
  }

  const launch = (withPrompt: boolean) => {
    const prompt: Letter | null = withPrompt
      ? {
          id: letterId(0),
          from: { kind: "human", name: "x" },
          mode: "sequential",
          kind: "message",
          at: now,
          bytes: 1,
          tries: 0
        }
      : null
    if (prompt !== null) {
      accepted.push(prompt)
      status.set(prompt.id, "accepted")
    }
    handle("Launch", {
      id: SessionId.make(ID),
      name: SessionName.make("one"),
      host: HostId.make("h"),
      spec: {
        provider: "p",
        workingDir: "/",
        parentId: null,
        model: null,
        effort: null,
        permissionMode: null,
        args: [],
        env: {}
      },
      prompt
    })
  }

  return {
    launch,
    happen: ({ one, two, what }: Happening) => {
      now += STEP
      // As the launch finds it when it begins.
      if (state.launching?.at !== launching) {
        launching = state.launching?.at
        const [first] = state.queue
        const fits = state.launching?.resume === false && first?.kind === "message" && first.tries === 0
        onArgv = fits ? first.id : null
      }
      acts[what](one, two)
    },
    /** From wherever it is, an agent that does as it is told brings every letter to its end. */
    settle: () => {
      storable()
      for (let round = 0; round < 4 * accepted.length + 20; round++) {
        now += STEP
        if (!isLive(state.phase)) handle("Restore", { by: HUMAN })
        if (state.launching !== null) acts.launched(0, 1)
        if (state.pane === null) handle("PaneLost", { pane: "", reason: "" })
        handle("Observed", { activity: "idle", detail: "" })
        const way = state.typing?.letters ?? state.flying[0]?.letters
        if (way === undefined) continue
        const ids = way.map(({ id }) => id)
        handle("Typed", { ids, evidence: "x" })
        if (way[0]?.kind === "clear") acts.started(0, 0)
        else if (confirms) signal({ _tag: "PromptSubmitted", turn: "z", prompt: `[${ids.join("] [")}]` })
        signal({ _tag: "TurnEnded", turn: "z", answer: "a", background: false })
      }
      const open = accepted.filter(({ id }) => {
        const last = status.get(id) ?? ""
        return !TERMINAL.has(last) && !(last === "injected" && !confirms)
      })
      assert.deepStrictEqual(open, [], "letters without an end")
      assert.deepStrictEqual([...waiting], [], "waits without an end")
      assert.deepStrictEqual(state.queue, [])
      storable()
    },
    state: () => state,
    accepted,
    status
  }
}
