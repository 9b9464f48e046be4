/** Verbs of agents' hooks, not of people. */
import { Schema } from "effect"
import { SessionId } from "../../domain/Ids.ts"
import { verb } from "../Verb.ts"

const Answer = Schema.Struct({
  /** What the hook's command prints, as the agent's kind wants it: the answer to the agent. Mostly nothing. */
  say: Schema.NullOr(Schema.String),
  /** It waits for a lock: ask again with the same id, and the wait goes on. */
  again: Schema.Boolean,
  /** It asked for a permission, and the answer is worth waiting for (`awaitAnswer`). */
  asked: Schema.optionalKey(Schema.Boolean)
})

const report = {
  /** Another for each call of the hook, the same when it is asked again. */
  id: Schema.NonEmptyString,
  /** Unix milliseconds, fractional, at emission. */
  at: Schema.Finite,
  payload: Schema.Json
}

export const hookVerbs = {
  signal: verb(
    "What an agent's hook reported. At a gate a write waits for the lock of its workspace.",
    Schema.Struct({
      ...report,
      provider: Schema.NonEmptyString,
      event: Schema.NonEmptyString,
      /** `human` may report for a session (the spool); a session only for itself. */
      session: Schema.optionalKey(SessionId),
      /** Whoever asks can wait: a write is locked first. */
      gate: Schema.optionalKey(Schema.Boolean)
    }),
    Answer
  ),
  autoLock: verb(
    "A hook that people wrote: locks what its agent is about to write, and lets go when its turn is over.",
    Schema.Struct({ ...report, kind: Schema.NonEmptyString }),
    Answer
  )
} as const
