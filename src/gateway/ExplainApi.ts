/** The verb that tells why a session is taken to be where it is. */
import { Schema } from "effect"
import { Evidence } from "../domain/Evidence.ts"
import { HostId } from "../domain/Ids.ts"
import { SessionPhase } from "../domain/Session.ts"
import { Recipient, verb, Who } from "./Verb.ts"

/** What a look shows now. */
const Shown = Schema.Struct({ activity: Schema.String, detail: Schema.String })

export const Explained = Schema.Struct({
  session: Who,
  provider: Schema.String,
  host: HostId,
  state: SessionPhase,
  detail: Schema.String,
  since: Schema.Finite,
  /** What decided the state. None: it was stored before that was remembered. */
  evidence: Schema.NullOr(Evidence),
  /** What the agent said of itself last, newest last, by its own time. */
  heard: Schema.Array(Schema.Struct({ what: Schema.String, at: Schema.Finite })),
  /** The agent's version, as far as its own files tell. */
  version: Schema.NullOr(Schema.String),
  /** The rules about its screen: for which version the shipped ones were written, and the file that corrects them. */
  rules: Schema.NullOr(Schema.Struct({ recorded: Schema.String, own: Schema.NullOr(Schema.String) })),
  /** Its screen now, and the rule that says so; none when it cannot be looked at. */
  screen: Schema.NullOr(Schema.Struct({ ...Shown.fields, rule: Schema.NullOr(Schema.String), draft: Schema.Boolean })),
  /** The agent's own file now; none when it has none that tells. */
  stateFile: Schema.NullOr(Shown),
  /** Why its screen cannot be looked at. */
  unseen: Schema.NullOr(Schema.String),
  /** What would change the state, and to which. */
  next: Schema.Array(Schema.Struct({ when: Schema.String, state: SessionPhase }))
})
export type Explained = typeof Explained.Type

export const explainVerbs = {
  explain: verb(
    "Why a session is taken to be in its state: what decided it, what is known, what would change it.",
    Schema.Struct({ session: Recipient }),
    Explained
  )
}
