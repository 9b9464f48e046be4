/** One pure step of an actor: the next state, and what it promises to the world. */
import type { Out } from "./Out.ts"

export interface Move<State> {
  readonly state: State
  readonly out: ReadonlyArray<Out>
}

export const stay = <State>(state: State): Move<State> => ({ state, out: [] })

/** One move after the other. */
export const andThen = <State>(move: Move<State>, next: (state: State) => Move<State>): Move<State> => {
  const after = next(move.state)
  return after.out.length === 0 && move.out.length === 0
    ? after
    : { state: after.state, out: [...move.out, ...after.out] }
}
