/** How each handler of a session ends: what follows from its move, the line moving on, the card showing it. */
import { Effect } from "effect"
import type { Handlers, Mail, Outcome } from "../Behavior.ts"
import { type Because, decided } from "./Deciding.ts"
import { plan } from "./Delivery.ts"
import { awaited } from "./Expiry.ts"
import { andThen, type Move, showing, stay } from "./Move.ts"
import { withReflexes } from "./Reflex.ts"
import { NotNow, type Session } from "./Session.ts"
import type { State } from "./State.ts"
import type { Surroundings } from "./SessionReactor.ts"

/** Some of a session's handlers. */
export type Some<T extends keyof Handlers<typeof Session, Surroundings>> = Pick<
  Handlers<typeof Session, Surroundings>,
  T
>

/** Ends a move: whatever changed, the line may move on, and the card shows it. */
export const moved = <A>(
  before: State,
  move: Move,
  mail: Mail,
  reply: (state: State) => A,
  because?: Because
): Outcome<State, A> => {
  const told = andThen(move, (state) => stay(decided(before, state, mail, because)))
  const followed = withReflexes(before, told, mail.now)
  const planned = andThen(followed, (state) => plan(state, mail.now, mail.activation))
  const after = showing(before, { ...planned, out: [...planned.out, ...awaited(before, planned.state)] })
  return { state: after.state, reply: reply(after.state), out: after.out }
}

export const silent = () => null

/** A report: no answer. */
export const report =
  <P>(
    step: (payload: P, state: State, mail: Mail) => Move,
    because: (payload: P) => Because | undefined = () => undefined
  ) =>
  (payload: P, state: State, mail: Mail) =>
    Effect.sync(() => moved(state, step(payload, state, mail), mail, silent, because(payload)))

export const unknown = (state: State) =>
  new NotNow({ reason: `session ${state.id} does not exist`, hint: "sm list --all shows every session" })
