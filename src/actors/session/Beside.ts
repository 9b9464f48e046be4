/** Brings letters to an agent that works: through its own door, or typed behind its work; and hurries urgent ones on. */
import { Effect } from "effect"
import type { AgentAdapter, Seat } from "../../agents/Agent.ts"
import type { Letter } from "../../domain/Letter.ts"
import { type PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import { wayFor } from "./Sides.ts"
import type { Sight } from "./Sight.ts"
import type { State } from "./State.ts"

/** Ms between two presses that hurry an urgent letter on, and before the first: what has been sent must be taken first. */
const AGAIN = 500
const FIRST = 150

type Letters = ReadonlyArray<Letter>
/** What came of it: where it went; or why not, so that it takes its turn in the line. */
export type Entered = { readonly evidence: string } | { readonly closed: string }

export interface Beside {
  readonly enter: (
    letters: Letters,
    text: string,
    state: State,
    adapter: AgentAdapter,
    seat: Seat,
    pane: PaneId,
    sight: Sight
  ) => Effect.Effect<Entered, TerminalError, Terminal>
  /** Ms until urgent letters on their way are to be hurried on again; none when there are none. */
  readonly hasten: (
    state: State,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) => Effect.Effect<number | undefined, TerminalError, Terminal>
}

const isUrgent = ({ mode }: Letter): boolean => mode === "urgent"

export const makeBeside = (): Beside => {
  let pressedAt = 0

  return {
    enter: Effect.fnUntraced(function* (letters, text, state, adapter, seat, pane, sight) {
      const way = wayFor(state, letters, adapter)
      if (way === undefined) return { closed: "this agent takes nothing while it works" }
      if (way._tag === "Door") {
        const told = yield* Effect.result(way.door.deliver(seat, text, way.pace))
        if (told._tag === "Success") return { evidence: "handed in by the agent's own door" }
        // Whether it arrived shows in a moment: until then it is on its way.
        return told.failure.sent === "maybe"
          ? { evidence: `perhaps handed in by the agent's own door: ${told.failure.reason}` }
          : { closed: told.failure.message }
      }
      if (sight.humanActive || sight.observation.draft !== null) return { closed: "somebody is typing in the pane" }
      const terminal = yield* Terminal
      yield* terminal.type(pane, way.steering.type(text))
      return { evidence: `typed into pane ${pane} behind the running work` }
    }),
    hasten: Effect.fnUntraced(function* (state, adapter, pane, { humanActive, observation }, now) {
      const flight = state.flying.find(({ door, letters }) => door === "side" && letters.some(isUrgent))
      if (flight === undefined) return undefined
      const due = Math.max(pressedAt + AGAIN, flight.at + FIRST)
      if (due > now) return due - now
      // The keys would do something to whatever else stands there.
      if (observation.activity !== "busy" || observation.draft !== null || humanActive) return AGAIN
      const way = wayFor(state, flight.letters, adapter)
      if (way === undefined) return undefined
      if (way._tag === "Steering" && observation.queued !== true) return FIRST
      // Nothing to move to the background: the door's own pace does it.
      if (way._tag === "Door" && state.actions.at(-1)?.took !== null) return FIRST
      pressedAt = now
      const terminal = yield* Terminal
      yield* terminal.type(pane, way._tag === "Door" ? way.door.hasten : way.steering.hasten)
      return AGAIN
    })
  }
}
