/** Verbs of a team: who is in it, what each does and says, who orchestrates, what is done. */
import { Schema } from "effect"
import { SessionId, SessionName } from "../domain/Ids.ts"
import { SessionCard } from "../domain/Session.ts"
import { Recipient, verb } from "./Verb.ts"

export const Action = Schema.Struct({
  at: Schema.Finite,
  tool: Schema.String,
  detail: Schema.String,
  /** Milliseconds; null while it runs. */
  took: Schema.NullOr(Schema.Finite),
  failed: Schema.Boolean
})

/** A session with what its agent did last. */
export const Member = Schema.Struct({ ...SessionCard.fields, actions: Schema.Array(Action) })
/** Said of oneself in a few words. */
const Words = Schema.String.check(
  Schema.makeFilter((text: string) => {
    if (text.trim() === "") return "the text is empty"
    return text.length <= 500 ? true : "the text is longer than 500 characters"
  })
)
const Note = Schema.String.check(
  Schema.makeFilter((text: string) => (text.length <= 4000 ? true : "the note is longer than 4000 characters"))
)

export const teamVerbs = {
  children: verb(
    "Sessions spawned by one session (default: the caller).",
    Schema.Struct({
      session: Schema.optionalKey(Recipient),
      recursive: Schema.optionalKey(Schema.Boolean),
      all: Schema.optionalKey(Schema.Boolean),
      /** running: at work. completed: has said that its task is. error: crashed, or out of its provider's limits. */
      status: Schema.optionalKey(Schema.Literals(["running", "completed", "error", "all"]))
    }),
    Schema.Array(Member)
  ),
  others: verb(
    "Who else works in the caller's repository, worktrees included.",
    Schema.Struct({
      /** Absolute; where a person is. */
      cwd: Schema.optionalKey(Schema.String),
      /** In clones with the same `origin` too. */
      clones: Schema.optionalKey(Schema.Boolean),
      /** With what they do. */
      actions: Schema.optionalKey(Schema.Boolean)
    }),
    Schema.Array(Member)
  ),
  em: verb(
    "The caller orchestrates from now on: named, its context watched, its children enrolled.",
    Schema.Struct({ name: Schema.optionalKey(Schema.NonEmptyString) }),
    Schema.Struct({
      id: SessionId,
      name: SessionName,
      steps: Schema.Array(Schema.Struct({ ok: Schema.Boolean, text: Schema.String }))
    })
  ),
  setStatus: verb("What the caller says of its work.", Schema.Struct({ text: Words }), SessionCard),
  setTask: verb(
    "What a session (default: the caller) works on; without a text nothing changes.",
    Schema.Struct({ session: Schema.optionalKey(Recipient), text: Schema.optionalKey(Words) }),
    SessionCard
  ),
  taskComplete: verb(
    "The task under way is done: whoever gave it is told.",
    Schema.Struct({ session: Schema.optionalKey(Recipient), note: Schema.optionalKey(Note) }),
    Schema.Struct({
      /** Names of the sessions that are told. */
      told: Schema.Array(Schema.String),
      /** Names of those that are told together with the end of the turn, which they wait for. */
      later: Schema.Array(Schema.String),
      /** It had been said before. */
      again: Schema.Boolean
    })
  ),
  turnComplete: verb(
    "No more reminders and digests of the running turn.",
    Schema.Struct({ session: Schema.optionalKey(Recipient) }),
    /** `ended`: the agent reports no end of a turn, so this was it. */
    Schema.Struct({ ended: Schema.Boolean })
  )
} as const
