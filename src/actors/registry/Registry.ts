/** The registry's definition: names are unique among the sessions that live, in the whole swarm. */
import { Schema } from "effect"
import { HostId, SessionId, SessionName } from "../../domain/Ids.ts"
import * as Actor from "../Actor.ts"
import { Enrolment } from "../../domain/Enrolment.ts"
import { Letter } from "../../domain/Letter.ts"
import { Spec } from "../../domain/Spec.ts"

/** Somebody alive already has this name. */
export class NameTaken extends Schema.TaggedError<NameTaken>()("NameTaken", { name: Schema.String, by: SessionId }) {
  override get message() {
    return `the name ${this.name} belongs to session ${this.by}`
  }
}

const Claim = Schema.Struct({ id: SessionId, name: SessionName })

export const Registry = Actor.make({
  kind: "registry",
  version: 1,
  state: Schema.Record(Schema.String, SessionId),
  messages: {
    /** Takes the name and starts the session; both or neither. */
    Spawn: Actor.message({
      payload: Schema.Struct({
        id: SessionId,
        name: SessionName,
        host: HostId,
        spec: Spec,
        prompt: Schema.NullOr(Letter),
        enrol: Schema.optionalKey(Enrolment)
      }),
      failure: NameTaken
    }),
    /** Takes the name for a session that has another or none; its old name is free. */
    Claim: Actor.message({ payload: Claim, failure: NameTaken }),
    /** The session ended: its name is free. */
    Release: Actor.message({ payload: Schema.Struct({ id: SessionId }) })
  }
})
