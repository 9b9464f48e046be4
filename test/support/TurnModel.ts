/**
 * A session with an agent that knows in which turn it took each message, and whose hooks come late, out of order or never.
 * Whoever asked how a turn ended must be told of that very turn, once, with its answer or none. A person prompts the agent
 * only while hooks have told of all that is on its way, and the hook of that prompt comes in its order: of two prompts
 * without, nobody could say which turn is whose, for an agent may end under a new name what it was at when one was added.
 */
import { assert } from "@effect/vitest"
import type { Out } from "../../src/actors/Out.ts"
import { onItsWay } from "../../src/actors/session/Move.ts"
import type { Signal } from "../../src/agents/Agent.ts"
import { MessageId } from "../../src/domain/Ids.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { isLive } from "../../src/domain/Session.ts"
import { HUMAN, hopsOf, makeMachine, peer, toldBy } from "./Machine.ts"

export const TURN_WHATS = [
  "send",
  "send",
  "agent looks",
  "agent looks",
  "agent ends",
  "agent ends",
  "agent is interrupted",
  "agent uses a tool",
  "agent goes on in the background",
  "person prompts",
  "hook arrives",
  "hook arrives",
  "hook arrives",
  "hook is held up",
  "held up hook arrives",
  "hook is lost",
  "screen is read",
  "transcript is read",
  "clear",
  "daemon dies",
  "agent crashes",
  "kill",
  "restore"
] as const
export type TurnWhat = (typeof TURN_WHATS)[number]
export interface TurnHappening {
  readonly what: TurnWhat
  readonly one: number
}

interface Hook {
  readonly id: string
  readonly at: number
  readonly conversation: string
  readonly signal: Signal
}

const BY_HAND = "by hand"
const STEP = 100

const byHand = (hook: Hook | undefined): boolean =>
  hook?.signal._tag === "PromptSubmitted" && hook.signal.prompt === BY_HAND

export const makeTurnModel = () => {
  const { anotherActivation, handle, now, order, passes, state } = makeMachine(true)
  let hooks: ReadonlyArray<Hook> = []
  let heldUp: ReadonlyArray<Hook> = []
  let count = 0
  let conversation = 0
  let turns = 0
  let running: number | undefined
  /** In which turn the agent took each message. */
  const taken = new Map<string, number>()
  const sent = new Map<string, Letter>()
  /** Messages of whose turn's end their sender has been told. */
  const reported = new Set<string>()
  const notices = new Set<string>()
  const ended = new Map<string, string>()

  const emit = (signal: Signal) => {
    const hook = { id: `s${count++}`, at: now(), conversation: `c${conversation}`, signal }
    hooks = [...hooks, hook]
  }

  const check = (outs: ReadonlyArray<Out>) => {
    for (const { id, status } of hopsOf(outs)) {
      assert.isFalse(ended.has(id), `${id} was ${ended.get(id)} and is ${status}`)
      if (["answered", "parked", "dead", "withdrawn", "expired"].includes(status)) ended.set(id, status)
    }
    const over = hopsOf(outs).flatMap(({ id, status }) => (status === "answered" ? [sent.get(id)] : []))
    const stops = toldBy(outs).filter(({ text }) => text.includes("stopped:"))
    const subscribers = new Set(over.flatMap((letter) => (letter?.notify?.stop === true ? [letter.from.id] : [])))
    assert.deepStrictEqual(new Set(stops.map(({ to }) => to)), subscribers as never, "who is told")
    assert.strictEqual(stops.length, subscribers.size, "who is told twice")
    for (const { id, text, to } of stops) {
      assert.isFalse(notices.has(id), "a notice twice")
      notices.add(id)
      const answer = /answer-(\d+)$/u.exec(text)?.[1]
      for (const letter of over) {
        if (letter?.from.id !== to || letter.notify?.stop !== true) continue
        assert.isFalse(reported.has(letter.id), `${letter.id} is reported twice`)
        reported.add(letter.id)
        if (answer !== undefined) assert.strictEqual(Number(answer), taken.get(letter.id), `${letter.id}: whose turn`)
      }
    }
    for (const out of outs) {
      if (out._tag !== "Text" || !out.key.endsWith(".answer")) continue
      assert.strictEqual(out.text, `answer-${taken.get(out.key.slice(0, -7))}`, `${out.key}: whose answer`)
    }
  }
  const step = (tag: Parameters<typeof handle>[0], payload: unknown): boolean => {
    const outs = handle(tag, payload)
    if (outs !== undefined) check(outs)
    return outs !== undefined
  }
  const arrive = (hook: Hook | undefined) => {
    if (hook !== undefined) step("Signalled", hook)
  }
  const takePrompt = (prompt: string) => {
    running = ++turns
    emit({ _tag: "PromptSubmitted", turn: `t${running}`, prompt })
  }
  const crash = () => {
    running = undefined
    step("PaneLost", { pane: state().pane?.id ?? "", reason: "x", death: "gone" })
  }

  /** What the reactor does about a letter that is to be typed. */
  const look = (one: number) => {
    const { typing } = state()
    if (typing === null || !isLive(state().phase)) return
    const ids = typing.letters.map(({ id }) => id)
    if (ids.some((id) => taken.has(id))) return void step("Confirmed", { ids, evidence: "transcript" })
    if (running !== undefined) return void step("Withheld", { ids, phase: "working", detail: "" })
    if (typing.letters[0]?.kind === "clear") {
      conversation++
      emit({ _tag: "Started", agentSessionId: `c${conversation}`, source: "clear" })
    } else {
      takePrompt(`[${ids.join("] [")}]`)
      for (const id of ids) taken.set(id, turns)
    }
    // Now and then the daemon dies before it has told itself.
    if (one % 7 === 0) return anotherActivation()
    step("Typed", { ids, evidence: "x" })
  }
  const confirm = () => {
    const flight = state().flying[0]?.letters ?? state().typing?.letters
    const ids = (flight ?? []).filter(({ id, kind }) => kind === "clear" || taken.has(id)).map(({ id }) => id)
    if (ids.length > 0 && state().flying.length > 0) step("Confirmed", { ids, evidence: "transcript" })
  }

  const acts: Readonly<Record<TurnWhat, (one: number) => void>> = {
    send: (one) => {
      const letter: Letter = {
        id: MessageId.make(`m${String(sent.size).padStart(15, "0")}`),
        from: one % 5 === 4 ? HUMAN : peer(one % 3),
        mode: one % 11 === 0 ? "urgent" : one % 4 === 0 ? "important" : "sequential",
        kind: "message",
        at: now(),
        bytes: 1,
        tries: 0,
        ...(one % 5 === 4 ? {} : { notify: { delivery: false, stop: one % 6 > 0 } })
      }
      sent.set(letter.id, letter)
      if (!step(letter.mode === "urgent" ? "AcceptUrgent" : "Accept", letter)) sent.delete(letter.id)
    },
    "agent looks": look,
    "agent ends": () => {
      if (running === undefined) return
      emit({ _tag: "TurnEnded", turn: `t${running}`, answer: `answer-${running}`, background: false })
      running = undefined
    },
    "agent is interrupted": (one) => {
      if (running !== undefined && one % 2 === 0) emit({ _tag: "Interrupted", turn: `t${running}` })
      running = undefined
    },
    "agent uses a tool": () => {
      if (running !== undefined) emit({ _tag: "ToolStarted", turn: `t${running}`, tool: "t", detail: "" })
    },
    "agent goes on in the background": () => {
      if (running !== undefined) emit({ _tag: "TurnEnded", turn: `t${running}`, answer: "not yet", background: true })
    },
    "person prompts": () => {
      const untold = onItsWay(state()).length > 0 || (state().carried.length > 0 && state().turn === null)
      if (running === undefined && !untold && isLive(state().phase)) takePrompt(BY_HAND)
    },
    "hook arrives": () => {
      const [hook, ...rest] = hooks
      hooks = rest
      arrive(hook)
    },
    "hook is held up": () => {
      if (byHand(hooks[0])) return
      heldUp = [...heldUp, ...hooks.slice(0, 1)]
      hooks = hooks.slice(1)
    },
    "held up hook arrives": (one) => {
      const hook = heldUp[one % Math.max(1, heldUp.length)]
      heldUp = heldUp.filter((other) => other !== hook)
      arrive(hook)
    },
    "hook is lost": () => {
      if (!byHand(hooks[0])) hooks = hooks.slice(1)
    },
    "screen is read": () => {
      if (isLive(state().phase)) step("Observed", { activity: running === undefined ? "idle" : "busy", detail: "" })
    },
    "transcript is read": confirm,
    clear: () => {
      const id = MessageId.make(`mc${String(count++).padStart(14, "0")}`)
      const clear: Letter = { id, from: HUMAN, mode: "urgent", kind: "clear", at: now(), bytes: 0, tries: 0 }
      step("Clear", { by: HUMAN, clear, next: null })
    },
    "daemon dies": anotherActivation,
    "agent crashes": crash,
    kill: () => {
      running = undefined
      step("Kill", { reason: "x", by: HUMAN })
    },
    restore: () => {
      if (step("Restore", { by: HUMAN })) running = undefined
      if (state().launching !== null)
        step("Launched", {
          pane: { id: `%${count++}`, server: "s", pid: 1 },
          agentSessionId: null,
          seatEnv: {},
          carried: null
        })
    }
  }

  handle("Launch", order(null))
  acts.restore(0)
  return {
    happen: ({ one, what }: TurnHappening) => {
      passes(STEP)
      acts[what](one)
    },
    /** All that is left is done in order; then every message has ended, and of each turn that was asked for it was told. */
    settle: () => {
      for (let round = 0; round < 6 * sent.size + 40; round++) {
        passes(STEP)
        acts.restore(0)
        look(1)
        confirm()
        acts["agent ends"](0)
        while (hooks.length > 0) acts["hook arrives"](0)
        acts["screen is read"](0)
      }
      while (heldUp.length > 0) acts["held up hook arrives"](0)
      for (const { from, id, notify } of sent.values()) {
        assert.isTrue(ended.has(id), `${id} has no end`)
        const told = ended.get(id) === "answered" && notify?.stop === true && from.kind === "session"
        assert.strictEqual(reported.has(id), told, `${id} is ${ended.get(id)}`)
      }
    }
  }
}
