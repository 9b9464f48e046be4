/** The session's state machine under made-up sequences of mail and reports, and what must hold after each of them. */
import { assert } from "@effect/vitest"
import type { Out } from "../../src/actors/Out.ts"
import { cardOf, onItsWay } from "../../src/actors/session/Move.ts"
import type { behavior } from "../../src/actors/session/SessionBehavior.ts"
import type { Sides, State } from "../../src/actors/session/State.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { MessageId } from "../../src/domain/Ids.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { isLive, isQuiet } from "../../src/domain/Session.ts"
import { ALLOWED, type Happening, TERMINAL, type What } from "./Happening.ts"
import { hopsOf, HUMAN, makeMachine, peer, toldBy } from "./Machine.ts"
import { approvalOf, makeAskingCheck } from "./AskingCheck.ts"
import { makeNoticeCheck } from "./NoticeCheck.ts"

const letterId = (number: number) => MessageId.make(`m${String(number).padStart(15, "0")}`)
const STEP = 100
/** Sessions that wait for it. */
const watcherIds = ["aaaa0000", "aaaa0001", "aaaa0002"]

export const makeModel = (confirms: boolean, sides: Sides = "nobody") => {
  const machine = makeMachine(confirms, sides)
  const { anotherActivation, now, order, passes, storable } = machine
  let signals = 0
  let launching: number | undefined
  let onArgv: MessageId | null = null
  const accepted: Array<Letter> = []
  const status = new Map<string, string>()
  const handedBack = new Set<string>()
  /** Accepted while the agent was being started, perhaps with one of them: none was dropped for another. */
  const early = new Set<string>()
  /** Who waits for it to be idle, and has not been told anything yet. */
  const waiting = new Set<string>()
  let watches = 0

  const leave = makeAskingCheck()
  let leaves = 0
  const noticed = makeNoticeCheck(confirms)

  /** Answers whether it was refused. `answer`: the one that this brings. */
  const handle = (tag: keyof typeof behavior.handlers, payload: unknown, answer?: string): boolean => {
    const before = machine.state()
    const outs = machine.handle(tag, payload)
    if (outs === undefined) return true
    for (const { evidence, id, status: next } of hopsOf(outs)) {
      const from = status.get(id)
      assert.isDefined(from, `${id} moves to ${next} without having been accepted`)
      assert.isTrue(ALLOWED[from ?? ""]?.includes(next), `${id}: ${from} → ${next} (${evidence})`)
      if (next === "accepted") handedBack.add(id)
      status.set(id, next)
    }
    for (const { to } of toldBy(outs))
      if (watcherIds.includes(to)) assert.isTrue(waiting.delete(to), `${to} is told without waiting, or twice`)
    told(outs, tag === "Unsend", answer)
    leave.told(outs)
    check(before)
    return false
  }
  const told = (outs: ReadonlyArray<Out>, takenBack: boolean, answer: string | undefined) =>
    noticed(outs, new Map(accepted.map((letter) => [letter.id, letter])), takenBack, answer)

  const places = (id: string): number =>
    [...machine.state().queue, ...onItsWay(machine.state()), ...machine.state().carried].filter(
      (letter) => letter.id === id
    ).length

  const overtakesNobody = (letter: Letter) => {
    const place = accepted.findIndex(({ id }) => id === letter.id)
    const older = accepted
      .slice(0, Math.max(0, place))
      .filter(({ from, mode }) => from.name === letter.from.name && mode === letter.mode)
      .filter(({ id }) => machine.state().queue.some((waiting) => waiting.id === id))
      // What interrupted an urgent letter goes before it.
      .filter(({ id, mode }) => !(mode === "urgent" && handedBack.has(id)))
    assert.deepStrictEqual(older, [], `${letter.id} overtakes`)
  }

  const maybeBeside = ({ from, id, kind, mode, tries }: Letter) => {
    assert.isTrue(sides === "anyone" || (sides === "agents" && from.kind === "session"), `${id}: not by that way`)
    assert.deepStrictEqual([kind, mode === "sequential", tries], ["message", false, 1], `${id}: not beside the work`)
  }

  const check = (before: State) => {
    const state = machine.state()
    leave.holds(state)
    if (waiting.size > 0) assert.isTrue(isLive(state.phase) && !isQuiet(cardOf(state)), "somebody waits for nothing")
    for (const { id } of accepted) {
      const now = status.get(id) ?? ""
      const over = TERMINAL.has(now) || (!confirms && now === "injected")
      const expected = over ? 0 : 1
      // An agent that confirms nothing: injected is the end, unless it is back in line.
      if (!confirms && now === "injected") assert.isAtMost(places(id), 1, `${id} ${now}`)
      else assert.strictEqual(places(id), expected, `${id} is ${now}`)
    }
    const prompts = [...(state.typing === null ? [] : [state.typing]), ...state.flying]
    if (prompts.some(({ door }) => door === "composer")) assert.lengthOf(prompts, 1, "two prompts on their way at once")
    for (const { door, letters } of prompts) {
      if (door === "side") for (const letter of letters) maybeBeside(letter)
    }
    const ranks = state.queue.map(({ mode }) => ["urgent", "important", "sequential"].indexOf(mode))
    assert.deepStrictEqual(
      ranks,
      ranks.toSorted((one, two) => one - two),
      "a pressing letter waits behind another"
    )
    const keys = state.queue.flatMap(({ from, id, key }) =>
      key === undefined || early.has(id) ? [] : [`${from.id} ${key}`]
    )
    assert.strictEqual(new Set(keys).size, keys.length, "two letters of one sender and key wait")
    const taken = state.typing?.letters ?? []
    assert.isAtMost(taken.length, 10, "letters in one prompt")
    if (taken.length > 1) {
      assert.isTrue(taken.every(({ from, kind, tries }) => from.kind !== "human" && kind === "message" && tries === 1))
      assert.isAtMost(
        taken.reduce((sum, { bytes }) => sum + bytes, 0),
        8000,
        "bytes in one prompt"
      )
    }
    if (before.typing?.letters[0]?.id !== taken[0]?.id) for (const letter of taken) overtakesNobody(letter)
    if (state.phase === "stopped") {
      const held = state.queue.length + onItsWay(state).length + state.carried.length
      assert.strictEqual(held, 0, "a stopped session holds letters")
    }
  }
  const accept = (letter: Letter) => {
    const known = accepted.some(({ id }) => id === letter.id)
    if (machine.state().launching?.resume === false) early.add(letter.id)
    if (!known && letter.kind !== "clear") {
      accepted.push(letter)
      status.set(letter.id, "accepted")
    }
    const before = machine.state()
    const refused = handle(letter.mode === "urgent" ? "AcceptUrgent" : "Accept", letter)
    if (refused && !known && letter.kind !== "clear") {
      accepted.pop()
      status.delete(letter.id)
    }
    if (known)
      assert.isAtMost(machine.state().queue.length, before.queue.length, "a repeated id is a letter of its own")
  }

  const signal = (found: Signal, answer?: string) => {
    const payload = { id: `s${signals++}`, at: now(), signal: found }
    handle("Signalled", payload, answer)
    const once = machine.state()
    handle("Signalled", payload)
    assert.deepStrictEqual(machine.state(), once, "a repeated signal changes something")
  }

  const ends = (turn: string, background: boolean) => {
    const answer = `answer-${signals}`
    signal({ _tag: "TurnEnded", turn, answer, background }, background ? undefined : answer)
  }

  const pick = <T>(from: ReadonlyArray<T>, number: number): T | undefined => from[number % Math.max(1, from.length)]
  /** Mostly what is on its way; now and then anything. */
  const some = (number: number): MessageId => {
    return (
      (number % 5 > 0 ? pick(onItsWay(machine.state()), number)?.id : undefined) ??
      pick(accepted, number)?.id ??
      letterId(number)
    )
  }
  /** The letters of one prompt. */
  const prompt = (number: number): ReadonlyArray<MessageId> => {
    const one = some(number)
    const { flying, typing } = machine.state()
    const prompts = [...(typing === null ? [] : [typing]), ...flying]
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
        from: one % 7 === 6 ? HUMAN : peer(one % 3),
        mode: two % 3 === 0 ? "important" : "sequential",
        kind: two % 13 === 0 ? "control" : "message",
        at: now(),
        bytes: one * 100,
        tries: 0,
        notify: { delivery: one % 2 === 0, stop: two % 5 > 0 },
        ...(one % 4 === 0 ? { key: `k${two % 2}` } : {}),
        ...(two % 7 === 0 ? { expiresAt: now() + STEP * 10 } : {})
      }),
    unsend: (one, two) => {
      const id = two % 3 === 0 ? some(one) : (pick(machine.state().queue, one)?.id ?? some(one))
      const letter = accepted.find((other) => other.id === id)
      const by = two % 2 === 0 ? (letter?.from ?? HUMAN) : two % 5 === 0 ? peer(7) : HUMAN
      const waits = machine.state().queue.some((other) => other.id === id && other.kind !== "clear")
      const starts = machine.state().launching?.resume === false
      const may =
        status.get(id) === "withdrawn" || (waits && !starts && (by.kind === "human" || by.id === letter?.from.id))
      if (letter !== undefined) assert.strictEqual(handle("Unsend", { id, by }), !may, `${id} is ${status.get(id)}`)
      if (may) assert.strictEqual(status.get(id), "withdrawn")
    },
    "accept urgent": (one) =>
      accept({
        id: letterId(accepted.length),
        from: one % 2 === 0 ? peer(one % 3) : { kind: "human", name: `person${one % 3}` },
        mode: "urgent",
        kind: "message",
        at: now(),
        bytes: 1,
        tries: 0
      }),
    clear: (one) => {
      const letter: Letter = {
        id: letterId(900 + (one % 3)),
        from: { kind: "human", name: "human" },
        mode: "urgent",
        kind: "clear",
        at: now(),
        bytes: 0,
        tries: 0
      }
      handle("AcceptUrgent", letter)
      const { queue } = machine.state()
      handle("AcceptUrgent", letter)
      assert.deepStrictEqual(machine.state().queue, queue, "a repeated clear is a second one")
    },
    launched: (one, two) => {
      if (machine.state().launching === null) return
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
    "handed back": (one) => void handle("HandedBack", { id: pick(machine.state().carried, one)?.id ?? some(one) }),
    confirmed: (one) => void handle("Confirmed", { ids: group(one), evidence: "x" }),
    "gave up": (one) => void handle("GaveUp", { ids: group(one), evidence: "x" }),
    "interrupt pressed": () => void handle("InterruptPressed", {}),
    observed: (one) =>
      void handle("Observed", {
        activity: pick(["idle", "busy", "idle", "dialog", "composing", "starting"] as const, one),
        detail: ""
      }),
    silent: (one) => void handle("Silent", { since: now() - (one % 3) * STEP }),
    "prompt submitted": (one, two) =>
      signal({ _tag: "PromptSubmitted", turn: turn(two), prompt: `[${some(one)}] text` }),
    "turn ended": (one, two) => ends(turn(two), one % 9 === 0),
    "turn failed": (_, two) => signal({ _tag: "TurnFailed", turn: turn(two), reason: "x" }),
    interrupted: (_, two) => signal({ _tag: "Interrupted", turn: turn(two) }),
    "tool started": (_, two) => signal({ _tag: "ToolStarted", turn: turn(two), tool: "t", detail: "" }),
    "permission asked": (_, two) => signal({ _tag: "PermissionAsked", turn: turn(two), question: "?" }),
    "leave asked": (one, two) => {
      const approval = approvalOf(two % 5 === 0 ? one % Math.max(1, leaves) : leaves++, now())
      leave.asked(approval)
      signal({ _tag: "PermissionAsked", turn: turn(two), question: "?", approval })
    },
    "leave decided": (one, two) => {
      const approval = approvalOf(one % (leaves + 1), now())
      const what = pick(["allowed", "denied", "expired"] as const, two) ?? "allowed"
      leave.decided(approval)
      handle("Decided", { approval: { ...approval, outcome: { what, by: "human", reason: "r", at: now() } } })
    },
    "dialog stands": () => void handle("DialogStands", { tool: "t", detail: "d", kind: "permission" }),
    "tool ended": (_, two) => signal({ _tag: "ToolEnded", turn: turn(two), tool: "t", detail: "", failed: false }),
    compact: (one) => signal(one % 2 === 0 ? { _tag: "CompactStarted" } : { _tag: "CompactEnded" }),
    started: (one) => signal({ _tag: "Started", source: one % 2 === 0 ? "clear" : "startup" }),
    kill: () => void handle("Kill", { reason: "x", by: HUMAN }),
    restore: () => void handle("Restore", { by: HUMAN }),
    "pane lost": () => void handle("PaneLost", { pane: machine.state().pane?.id ?? "%9", reason: "x", death: "gone" }),
    "pane closed": () => void handle("PaneClosed", { pane: machine.state().pane?.id ?? "%9" }),
    "another activation": () => anotherActivation(),
    watch: (one) => {
      const by = { kind: "session", id: pick(watcherIds, one) ?? "", host: "h", name: "w" }
      waiting.add(by.id)
      handle("Watch", { id: letterId(5000 + watches++), by, until: now() })
    },
    "watch over": (one) => void handle("WatchOver", { id: letterId(5000 + (watches === 0 ? 0 : one % watches)) }),
    unwatch: (one) => {
      const id = pick(watcherIds, one) ?? ""
      waiting.delete(id)
      handle("Unwatch", { by: { kind: "session", id, host: "h", name: "w" } })
    },
    "time passes": (one) => {
      passes((one % 20) * STEP)
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
          at: now(),
          bytes: 1,
          tries: 0
        }
      : null
    if (prompt !== null) {
      accepted.push(prompt)
      status.set(prompt.id, "accepted")
    }
    handle("Launch", order(prompt))
  }

  return {
    launch,
    happen: ({ one, two, what }: Happening) => {
      passes(STEP)
      // As the launch finds it when it begins.
      if (machine.state().launching?.at !== launching) {
        launching = machine.state().launching?.at
        const [first] = machine.state().queue
        const fits = machine.state().launching?.resume === false && first?.kind === "message" && first.tries === 0
        onArgv = fits ? first.id : null
      }
      acts[what](one, two)
    },
    /** From wherever it is, an agent that does as it is told brings every letter to its end. */
    settle: () => {
      storable()
      for (let round = 0; round < 4 * accepted.length + 20; round++) {
        passes(STEP)
        if (!isLive(machine.state().phase)) handle("Restore", { by: HUMAN })
        if (machine.state().launching !== null) acts.launched(0, 1)
        if (machine.state().pane === null) handle("PaneLost", { pane: "", reason: "", death: "gone" })
        handle("Observed", { activity: "idle", detail: "" })
        const way = machine.state().typing?.letters ?? machine.state().flying[0]?.letters
        if (way === undefined) continue
        const ids = way.map(({ id }) => id)
        handle("Typed", { ids, evidence: "x" })
        if (way[0]?.kind === "clear") acts.started(0, 0)
        else if (confirms) signal({ _tag: "PromptSubmitted", turn: "z", prompt: `[${ids.join("] [")}]` })
        ends("z", false)
      }
      const open = accepted.filter(({ id }) => {
        const last = status.get(id) ?? ""
        return !TERMINAL.has(last) && !(last === "injected" && !confirms)
      })
      assert.deepStrictEqual(open, [], "letters without an end")
      assert.deepStrictEqual([...waiting], [], "waits without an end")
      assert.deepStrictEqual(machine.state().queue, [])
      storable()
    },
    state: machine.state,
    accepted,
    status
  }
}
