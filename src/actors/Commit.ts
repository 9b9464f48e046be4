/** State, progress and promises of an actor as one record, replaced by compare-and-set. */
import { Effect, Option, Schema } from "effect"
import { type Address, Broker, type BrokerError, type StaleCommit } from "../broker/Broker.ts"
import type { Actor } from "./Actor.ts"
import { addressText } from "./ActorRef.ts"
import { Out } from "./Out.ts"

const Marks = Schema.Struct({ urgent: Schema.Int, control: Schema.Int, normal: Schema.Int })

export const Commit = Schema.Struct({
  v: Schema.Literal(1),
  /** Version of the actor's state schema. */
  version: Schema.Int,
  /** Who wrote it: tells our own write whose acknowledgement was lost from another owner's. */
  by: Schema.String,
  /** Counts commits; with the address it makes the ids of `out`. */
  n: Schema.Int,
  /** Unix milliseconds. */
  at: Schema.Finite,
  /** The mail stream that `done` counts in. A recreated stream restarts its numbers. */
  stream: Schema.String,
  /** Per lane, the last sequence whose effect is in `state`. */
  done: Marks,
  /** Mail being handled that an earlier process may have died of, and how often it was tried. */
  suspect: Schema.NullOr(Schema.Struct({ seq: Schema.Int, attempts: Schema.Int })),
  state: Schema.Json,
  out: Schema.Array(Out)
})
export type Commit = typeof Commit.Type

const json = Schema.fromJsonString(Commit)
const decode = Schema.decodeEffect(json)
const encode = Schema.encodeSync(json)

export interface Loaded<S> {
  readonly commit: Commit
  readonly state: S
  readonly revision: number
}

/** The commit cannot be read: written by a newer version, or damaged. Nothing is changed. */
export class UnreadableCommit extends Schema.TaggedError<UnreadableCommit>()("UnreadableCommit", {
  key: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.key}: the stored state cannot be read: ${this.reason}`
  }
}

/** Lifts stored state of an older version to the definition's own. */
export const upgrade = (definition: Actor, version: number, state: Schema.Json): Schema.Json => {
  let lifted = state
  for (let from = version; from < definition.version; from++) {
    const step = definition.upgrades[from]
    if (step === undefined) throw new Error(`${definition.kind} cannot be lifted from version ${from}`)
    lifted = step(lifted)
  }
  if (version > definition.version) {
    throw new Error(
      `written by a newer sm (state version ${version}, this one knows ${definition.version}); upgrade sm`
    )
  }
  return lifted
}

export const load = Effect.fn("Commit.load")(function* (definition: Actor, address: Address) {
  const broker = yield* Broker
  const key = addressText(address)
  const found = yield* broker.load(key)
  if (Option.isNone(found)) return Option.none<Loaded<unknown>>()
  const read = Effect.gen(function* () {
    const commit = yield* decode(found.value.value)
    const lifted = yield* Effect.try({
      try: () => upgrade(definition, commit.version, commit.state),
      catch: (error) => new UnreadableCommit({ key, reason: error instanceof Error ? error.message : String(error) })
    })
    return { commit, state: yield* definition.compiled.state.decode(lifted), revision: found.value.revision }
  })
  return Option.some(
    yield* Effect.catchTag(read, "SchemaError", (error) => new UnreadableCommit({ key, reason: error.message }))
  )
})

/**
 * Saves by compare-and-set and returns the new revision. A lost acknowledgement is told from a lost race: when the
 * stored commit is the very one we tried to write, it is ours.
 */
export const save = (
  address: Address,
  commit: Commit,
  revision: number
): Effect.Effect<number, BrokerError | StaleCommit, Broker> =>
  Effect.flatMap(Broker, (broker) => {
    const key = addressText(address)
    return broker.save(key, encode(commit), revision).pipe(
      Effect.catchTag("StaleCommit", (stale) =>
        Effect.gen(function* () {
          const found = yield* broker.load(key)
          if (Option.isNone(found)) return yield* stale
          const stored = yield* Effect.option(decode(found.value.value))
          const ours = Option.isSome(stored) && stored.value.by === commit.by && stored.value.n === commit.n
          return ours ? found.value.revision : yield* stale
        })
      )
    )
  })
