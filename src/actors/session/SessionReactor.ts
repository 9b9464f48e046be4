/** Makes the pane follow the session's committed state, and reports what it finds. Restartable at any point. */
import { Clock, Effect, Option, Schema } from "effect"
import type { AgentAdapter, Seat } from "../../agents/Agent.ts"
import type { Quarters } from "../../agents/Quarters.ts"
import { Roster } from "../../agents/Roster.ts"
import type { Broker } from "../../broker/Broker.ts"
import { Monitoring } from "../../domain/MonitorPolicy.ts"
import { Rules } from "../../domain/Policy.ts"
import { isLive } from "../../domain/Session.ts"
import { PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import type { React, Self } from "../Behavior.ts"
import { makeBare } from "./Bare.ts"
import { endOf } from "./Ending.ts"
import { makeAnswering } from "./Answering.ts"
import { makeDrafts } from "./Drafts.ts"
import { launch } from "./Launching.ts"
import { isLeftover } from "./Leftover.ts"
import type { Session } from "./Session.ts"
import type { State } from "./State.ts"
import { look, seatOf, type Sight } from "./Sight.ts"
import { makeSilence } from "./Silence.ts"
import { makeStartUp } from "./StartUp.ts"
import { makeTypist } from "./Typist.ts"
import { type Death, Thresholds } from "./Vigilance.ts"
import { makeWitness } from "./Witness.ts"

export type Surroundings = Terminal | Roster | Broker | Quarters
export type Report = Self<typeof Session>["report"]

/** Wait this long, in ms, before a second press of the interrupt keys, and longer each time. */
const PRESS_AGAIN = 1500
/** Ms after which the screen shows what a key did. */
const SHOWN = 100

/** Why a session is crashed that went with its terminal server, as at a reboot. */
export const SERVER_GONE = "the terminal server it ran in is gone"

/** Where a start-up question may leave a session that has not been ready yet. */
const UNSETTLED: ReadonlySet<State["phase"]> = new Set(["waiting-permission", "unknown"])
const same = Schema.toEquivalence(Schema.NullOr(Thresholds))

interface Gone {
  readonly reason: string
  readonly death: Death
}

const soonest = (...times: ReadonlyArray<number | undefined>): number | undefined => {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(10, Math.min(...known))
}

export const reactor = (
  self: Self<typeof Session>
): Effect.Effect<React<typeof Session, Surroundings>, never, Surroundings> =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const roster = yield* Roster
    const witness = makeWitness(self.report)
    const silence = makeSilence(self.report, (yield* Monitoring).unknown_after * 1000)
    const drafts = makeDrafts(self.report)
    const answering = makeAnswering(self.report)
    const typist = makeTypist(self, drafts)
    let checked: string | undefined
    /** The name that the pane shows, as far as this activation knows. */
    let titled: string | undefined
    const startUp = makeStartUp()
    const bare = makeBare()
    let swept = false
    const { contextCritical, contextWarning } = yield* Rules
    const policy: Thresholds = { ...(yield* Monitoring), warning: contextWarning, critical: contextCritical }

    /** A pane is only ours while its server lives: a new server gives the same ids to others. */
    const present = Effect.fnUntraced(function* (pane: { readonly id: string; readonly server: string }) {
      const server = yield* terminal.server
      if (server !== pane.server) return { reason: SERVER_GONE, death: "server" } satisfies Gone
      const found = (yield* terminal.list).find(
        (other) => other.pane === pane.id && other.sessionId === self.address.key
      )
      if (found === undefined) return { reason: "its pane is gone", death: "gone" } satisfies Gone
      return found.dead ? endOf(found) : undefined
    })

    const close = Effect.fnUntraced(function* (pane: { readonly id: string; readonly server: string }) {
      const server = yield* terminal.server
      if (server === pane.server) yield* terminal.close(PaneId.make(pane.id))
      self.report("PaneClosed", { pane: pane.id })
    })

    /** What an agent that had crashed before its session was ended has left: a dead pane, or a shell. */
    const sweep = Effect.gen(function* () {
      const left = (yield* terminal.list).filter(({ sessionId }) => sessionId === self.address.key)
      for (const { pane } of left) yield* terminal.close(pane)
    })

    const interrupt = Effect.fnUntraced(function* (
      state: State,
      adapter: AgentAdapter,
      pane: string,
      sight: Sight,
      now: number
    ) {
      if (state.interrupting === null || state.phase !== "working") return undefined
      if (sight.observation.activity === "dialog") return undefined
      const { at, presses } = state.interrupting
      const due = presses === 0 ? at : at + PRESS_AGAIN * presses
      if (due > now) return due - now
      // First a running tool is moved to the background, where the agent can do that: then it survives.
      const tool = state.actions.at(-1)?.took === null && sight.observation.draft === null
      const spares = presses === 0 && tool && adapter.door !== undefined
      yield* terminal.type(PaneId.make(pane), spares ? adapter.door.hasten : adapter.interrupt)
      self.report("InterruptPressed", {})
      return PRESS_AGAIN
    })

    const live = Effect.fnUntraced(function* (
      state: State,
      pane: NonNullable<State["pane"]>,
      adapter: AgentAdapter,
      seat: Seat,
      pokes: number
    ): Effect.fn.Return<number | undefined, TerminalError, Surroundings> {
      if (checked !== pane.id) {
        const gone = yield* present(pane)
        if (gone !== undefined) {
          self.report("PaneLost", { pane: pane.id, ...gone })
          return undefined
        }
        checked = pane.id
      }
      if (titled !== state.name) {
        yield* terminal.retitle(PaneId.make(pane.id), state.name)
        titled = state.name
      }
      const now = yield* Clock.currentTimeMillis

      const parts = [typist, silence, answering]
      const looks = parts.some((part) => part.needsSight(state, now)) || witness.needsSight(state, pokes, now)
      if (state.draft === null && !looks)
        return soonest(...parts.map((part) => part.due(state, now)), witness.due(state, pokes, now))
      // Another server may have given this pane's id to somebody else.
      if ((yield* terminal.server) !== pane.server) {
        self.report("PaneLost", { pane: pane.id, reason: SERVER_GONE, death: "server" })
        return undefined
      }
      const sight = yield* look(adapter, seat, pane.id)
      if (sight.dead) {
        const { death, reason } = (yield* present(pane)) ?? endOf({ status: null })
        const words = sight.farewell === "" ? "" : `: ${sight.farewell}`
        self.report("PaneLost", { pane: pane.id, reason: `${reason}${words}`, death })
        return undefined
      }
      const left = bare(sight, state.phase, now)
      if (left !== undefined) {
        if ("wait" in left) return left.wait
        self.report("PaneLost", { pane: pane.id, ...left })
        return undefined
      }
      silence.note(state, sight.observation.activity, now)
      // A start-up question is answered by the spawn itself; once a turn has run, every question is a person's, but for
      // offers nobody asked for.
      const young = state.phase === "starting" || (UNSETTLED.has(state.phase) && state.turn === null)
      const next = young || sight.observation.declines === true ? startUp(sight.observation, now) : undefined
      if (next !== undefined) {
        if ("wait" in next) return next.wait
        yield* terminal.type(PaneId.make(pane.id), next.press)
        return SHOWN
      }
      const typing = yield* typist.follow(state, adapter, seat, PaneId.make(pane.id), sight, now)
      yield* typist.noticeReturned(state, adapter, sight, now)
      const answer = yield* answering.follow(state, adapter, PaneId.make(pane.id), sight, now)
      const { draft } = sight.observation
      const leftover = draft !== null && !sight.humanActive && (yield* isLeftover(state, draft))
      const seen = witness.note(state, adapter, { ...sight, leftover }, pokes, now)
      const pressing = yield* interrupt(state, adapter, pane.id, sight, now)
      yield* drafts.watch(state, adapter, { ...sight, leftover }, now)
      const restoring = yield* drafts.restore(state, adapter, PaneId.make(pane.id), sight, now)
      return soonest(typing, answer, seen, witness.due(state, pokes, now), silence.due(state, now), pressing, restoring)
    })

    return (state, { pokes }) =>
      Effect.gen(function* () {
        if (state.spec === null) return undefined
        if (state.phase !== "stopped" && !same(state.vigil.policy, policy)) self.report("Vigilance", policy)
        // Also when it is wanted again already: the new start must not take the old agent for its own.
        if (state.pane !== null && (state.phase === "stopped" || state.launching !== null)) {
          yield* close(state.pane)
          return undefined
        }
        if (state.phase === "stopped" && !swept) yield* sweep
        swept = state.phase === "stopped"
        const adapter = Option.getOrUndefined(yield* roster.find(state.spec.provider))
        if (state.launching !== null) {
          yield* launch(state, adapter, self)
          return undefined
        }
        // Its plugin is gone: nobody can type or read, but that the pane is gone shows without it.
        if (adapter === undefined) {
          if (!isLive(state.phase) || state.pane === null) return undefined
          const gone = yield* present(state.pane)
          if (gone !== undefined) {
            self.report("PaneLost", { pane: state.pane.id, ...gone })
            return undefined
          }
          const now = yield* Clock.currentTimeMillis
          silence.note(state, "unknown", now)
          return silence.due(state, now)
        }
        const seat = seatOf(state)
        if (!isLive(state.phase) || state.pane === null || seat === undefined)
          return yield* typist.settleDead(state, adapter)
        return yield* live(state, state.pane, adapter, seat, pokes)
      }).pipe(
        Effect.catchTag("TerminalError", (error) =>
          Effect.gen(function* () {
            if (error.reason === "NoSuchPane" && state.pane !== null) {
              self.report("PaneLost", { pane: state.pane.id, reason: "its pane is gone", death: "gone" })
              return undefined
            }
            checked = undefined
            yield* Effect.logWarning(`${self.address.key}: ${error.message}; looking again`)
            return 500
          })
        )
      )
  })
