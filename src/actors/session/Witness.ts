/** Turns sights into reports: hooks outrank them, so what only a look shows must last before it counts. */
import type { AgentAdapter } from "../../agents/Agent.ts"
import type { SessionPhase } from "../../domain/Session.ts"
import type { Because } from "./Deciding.ts"
import type { Report } from "./SessionReactor.ts"
import { awaits } from "./Asking.ts"
import type { State } from "./State.ts"
import type { Sight } from "./Sight.ts"

type Shown = "idle" | "busy" | "dialog" | "composing"

const phaseOf: Record<Shown, SessionPhase> = {
  idle: "idle",
  busy: "working",
  dialog: "waiting-permission",
  composing: "human-composing"
}

/** Shortest time between two looks, ms, by phase: a working agent redraws all the time and its hooks speak for it. */
const PACE: Readonly<Record<SessionPhase, number>> = {
  starting: 100,
  idle: 500,
  working: 2000,
  "waiting-permission": 400,
  "human-composing": 400,
  compacting: 2000,
  unknown: 1000,
  crashed: 0,
  stopped: 0
}

/** An agent that tells nothing of its turns may be done with what was typed a moment ago, ms. */
const TYPED = 300
/** Ms between two looks at an agent of which nothing is known: its own state file may tell, without anything being drawn. */
const LOST = 5000
/** Ms between two looks at what holds the line up while nothing moves. */
const HELD = 1000

/** Ms between two looks at an agent whose question shows no dialog. */
const UNSEEN = 1000

/** An agent has asked by its hook, and shows no dialog: for how long, ms, until it counts as answered there? `seen`: it did. */
const holdForAnswer = ({ asking }: State, shown: Shown, adapter: AgentAdapter, seen: boolean): number => {
  if (seen || asking.every(({ outcome }) => outcome !== null)) return 800
  // The dialog comes only when the hook has ended, and until then it looks like work.
  if (adapter.asking?.dialog === "after" && shown === "busy") return Infinity
  return 5000
}

/** How long, ms, must this be seen before it counts against the phase the hooks gave? */
const holdFor = (state: State, shown: Shown, adapter: AgentAdapter, structured: boolean): number => {
  if (state.phase === "starting") return 0
  // Where a rule answers, the dialog is gone before anybody could read it.
  if (shown === "dialog") return state.phase === "working" && adapter.asking !== undefined ? 600 : 0
  if ((state.phase === "working" || state.phase === "unknown") && shown === "idle") {
    // The agent may put the prompt back into its composer, and draws that a moment after it says that it is idle.
    if (state.interrupting !== null) return 600
    if (!adapter.capabilities.turns) return 300
    return structured ? 1500 : 4000
  }
  if (state.phase === "compacting") return 3000
  if (state.phase === "waiting-permission" && shown === "idle") return 800
  if (state.phase === "idle" && shown === "busy") return adapter.capabilities.turns ? 700 : 0
  return 0
}

const goesBy = ({ observation: { rule }, structured }: Sight): Because =>
  structured
    ? { source: "state-file", by: "the agent's own state" }
    : { source: "screen", by: rule === undefined ? "its screen" : `rule ${rule}` }

export interface Witness {
  readonly needsSight: (state: State, pokes: number, now: number) => boolean
  readonly due: (state: State, pokes: number, now: number) => number | undefined
  /** Reports what counts; answers in how many ms to look again although nothing moves. */
  readonly note: (state: State, adapter: AgentAdapter, sight: Sight, pokes: number, now: number) => number | undefined
}

export const makeWitness = (report: Report): Witness => {
  let lookedAt = 0
  let lookedPokes = -1
  let lookedPhase: SessionPhase | undefined
  let again: number | undefined
  let silent = false
  /** Questions at whose time a dialog was seen, and the ones known at the last look, with their answers. */
  let dialogFor: ReadonlyArray<string> = []
  let lookedAsking: State["asking"] = []
  let shownSince: { readonly shown: Shown; readonly at: number } | undefined

  /** Somebody else holds the line up. Nothing need be drawn when a person stops typing, so no poke may come. */
  const held = ({ phase, queue }: State): boolean =>
    queue.length > 0 && (phase === "human-composing" || phase === "waiting-permission")
  const wants = (state: State, pokes: number): boolean =>
    pokes !== lookedPokes ||
    state.phase !== lookedPhase ||
    state.asking !== lookedAsking ||
    again !== undefined ||
    state.phase === "starting" ||
    held(state)
  const dueAt = (state: State, pokes: number): number =>
    again ??
    lookedAt +
      (pokes === lookedPokes && held(state)
        ? HELD
        : silent && state.phase === "working" && lookedPhase !== "working"
          ? TYPED
          : PACE[state.phase])

  const shownBy = (state: State, sight: Sight): Shown | undefined => {
    const { activity, draft } = sight.observation
    if (activity === "busy" || activity === "dialog") return activity
    if (activity !== "idle") return undefined
    const ours = state.typing !== null || state.flying.length > 0
    const stands = draft !== null && !sight.leftover
    const person = state.phase === "human-composing" ? stands || sight.humanActive : state.phase === "idle" && stands
    return person && !ours ? "composing" : "idle"
  }

  return {
    needsSight: (state, pokes, now) => wants(state, pokes) && now >= dueAt(state, pokes),
    due: (state, pokes, now) => (wants(state, pokes) ? Math.max(1, dueAt(state, pokes) - now) : undefined),
    note: (state, adapter, sight, pokes, now) => {
      lookedAt = now
      lookedPokes = pokes
      lookedPhase = state.phase
      lookedAsking = state.asking
      again = undefined
      silent = !adapter.capabilities.turns
      // Without a word of its own, an agent that has not been ready yet is not at work but about to start.
      const early = state.phase === "starting" && sight.observation.activity === "busy" && !adapter.capabilities.turns
      const shown = early ? undefined : shownBy(state, sight)
      if (shown === undefined) {
        const soon = state.phase === "starting" ? 200 : state.phase === "unknown" ? LOST : undefined
        again = soon === undefined ? undefined : now + soon
        return soon
      }
      if (shown === "dialog") dialogFor = state.asking.map(({ id }) => id)
      if (phaseOf[shown] === state.phase) {
        shownSince = undefined
        if (shown === "composing" && sight.humanActive) return ((again = now + HELD), HELD)
        if (state.interrupting !== null && shown === "busy") return ((again = now + 200), 200)
        return undefined
      }
      // A letter on its way explains what is seen; its own confirmation moves the phase.
      if (shownSince?.shown !== shown) shownSince = { shown, at: now }
      const seen = state.asking.every(({ id }) => dialogFor.includes(id))
      const hold = awaits(state)
        ? holdForAnswer(state, shown, adapter, seen)
        : holdFor(state, shown, adapter, sight.structured)
      const left = shownSince.at + hold - now
      if (left > 0) {
        const next = awaits(state) ? Math.min(left, UNSEEN) : left
        again = now + next
        return next
      }
      shownSince = undefined
      // What is taken up together with it may say the opposite: then the phase is the same, and perhaps nothing is drawn.
      lookedPhase = undefined
      const { detail, limited } = sight.observation
      const met = shown === "idle" && limited !== undefined ? { limited } : {}
      report("Observed", { activity: shown, detail: shown === "busy" ? "" : detail, ...met, because: goesBy(sight) })
      return undefined
    }
  }
}
