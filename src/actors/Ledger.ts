/** The commits of one running actor: what is, what is promised, and how both move on together. */
import { Clock, Effect, Option, Schema } from "effect"
import type { Address, Broker, StaleCommit } from "../broker/Broker.ts"
import type { Behavior } from "./Behavior.ts"
import { addressText } from "./ActorRef.ts"
import { type Commit, load, save } from "./Commit.ts"
import { told } from "./Told.ts"
import { type Out, perform } from "./Out.ts"
import { persist } from "./Persist.ts"
import type { Actor } from "./Actor.ts"

export type Change = Pick<Commit, "done" | "stream" | "suspect" | "out">

/** A handler left a state that its own schema refuses. */
export class Unstorable extends Schema.TaggedError<Unstorable>()("Unstorable", { reason: Schema.String }) {
  override get message() {
    return `the new state cannot be stored: ${this.reason}`
  }
}

export interface Ledger {
  readonly state: () => unknown
  readonly commit: () => Commit
  /** Replaces state and promises by compare-and-set. */
  readonly write: (state: unknown, change: Change) => Effect.Effect<void, StaleCommit | Unstorable, Broker>
  /** Does what the last commit promised; again after a crash, with the same ids. */
  readonly keepPromises: Effect.Effect<void, never, Broker>
}

export const open = Effect.fn("Ledger.open")(function* (
  definition: Actor,
  behavior: Behavior<any, never>,
  address: Address,
  by: string
) {
  const name = addressText(address)
  const loaded = yield* persist(name, load(definition, address))
  let revision = Option.match(loaded, { onNone: () => 0, onSome: (found) => found.revision })
  let state: unknown = Option.match(loaded, {
    onNone: () => behavior.initial(address.key),
    onSome: (found) => found.state
  })
  let commit: Commit = Option.match(loaded, {
    onNone: () => ({
      v: 1,
      version: definition.version,
      by,
      n: 0,
      at: 0,
      stream: "",
      done: { urgent: 0, control: 0, normal: 0 },
      suspect: null,
      state: null,
      out: []
    }),
    onSome: (found) => found.commit
  })
  /** Promises of this commit, by their place, that need not be kept again. */
  let kept = yield* persist(name, told(commit))

  const write = Effect.fnUntraced(function* (next: unknown, change: Change) {
    const record: Commit = {
      ...change,
      v: 1,
      version: definition.version,
      by,
      n: commit.n + 1,
      at: yield* Clock.currentTimeMillis,
      state: yield* Effect.mapError(
        definition.compiled.state.encode(next),
        (error) => new Unstorable({ reason: error.message })
      )
    }
    revision = yield* persist(name, save(address, record, revision))
    commit = record
    kept = new Set()
    state = next
  })
  const keepPromises = Effect.suspend(() => {
    const { at, n, out: promises } = commit
    const keep = (wanted: (out: Out) => boolean, concurrency: number | "unbounded") =>
      Effect.forEach(
        promises
          .map((out, index) => ({ out, index, id: `${name}-${n}-${index}` }))
          .filter(({ index, out }) => wanted(out) && !kept.has(index)),
        ({ id, out }) => persist(name, perform(address, id, at, out)),
        { concurrency, discard: true }
      )
    // Whoever is told of a text must find it; setting and cancelling one timer must not change places.
    const isText = ({ _tag }: Out) => _tag === "Text"
    const isTimer = ({ _tag }: Out) => _tag === "Timer" || _tag === "CancelTimer"
    const isReply = ({ _tag }: Out) => _tag === "Reply"
    const others = Effect.all(
      [keep((out) => !isText(out) && !isTimer(out) && !isReply(out), "unbounded"), keep(isTimer, 1)],
      { concurrency: "unbounded", discard: true }
    )
    // Whoever has the answer finds all the rest done.
    return keep(isText, "unbounded").pipe(Effect.andThen(others), Effect.andThen(keep(isReply, "unbounded")))
  })
  const ledger: Ledger = { state: () => state, commit: () => commit, write, keepPromises }
  return ledger
})
