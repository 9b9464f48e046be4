/** Pure: what follows from a change, whatever caused it. Each part of a session that watches the others is one of these. */
import { asks } from "./Asking.ts"
import { membership } from "./Membership.ts"
import { assigning } from "./Assignment.ts"
import { digesting } from "./Digest.ts"
import { contextWatch } from "./ContextWatch.ts"
import { handingOff } from "./Handoff.ts"
import { leasing } from "./Leasing.ts"
import { limits } from "./Limits.ts"
import { andThen, type Move } from "./Move.ts"
import { recovering } from "./Recovery.ts"
import type { State } from "./State.ts"
import { vigil } from "./Vigil.ts"
import { watched } from "./Watchers.ts"
import { workLeft } from "./WorkLeft.ts"

/** Sees the state before the mail and after it, at `now`, Unix ms; answers with what it adds. */
export type Reflex = (before: State, after: State, now: number) => Move

/** In order; each sees what those before it did. */
const reflexes: ReadonlyArray<Reflex> = [
  asks,
  contextWatch,
  limits,
  handingOff,
  assigning,
  digesting,
  membership,
  leasing,
  watched,
  recovering,
  vigil,
  workLeft
]

export const withReflexes = (before: State, move: Move, now: number): Move =>
  reflexes.reduce((sum, reflex) => andThen(sum, (state) => reflex(before, state, now)), move)
