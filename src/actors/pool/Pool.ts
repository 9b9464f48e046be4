/** The work queue of a role: letters to `@engineer`, each taken by one idle session of that role. Its key is the role. */
import { Schema } from "effect"
import { HostId, MessageId, SessionId } from "../../domain/Ids.ts"
import { MessageStatus, Sender } from "../../domain/Message.ts"
import * as Actor from "../Actor.ts"
import { Letter } from "../../domain/Letter.ts"
import { NotAllowed, NotNow } from "../session/Session.ts"

/** A live session of the role; `since` is when it became idle or busy, Unix ms. */
export const Member = Schema.Struct({
  id: SessionId,
  host: HostId,
  name: Schema.String,
  ready: Schema.Boolean,
  since: Schema.Finite
})
export type Member = typeof Member.Type

/** A letter that a session has and has not answered for. */
export const Handed = Schema.Struct({ letter: Letter, to: SessionId, name: Schema.String, at: Schema.Finite })
export type Handed = typeof Handed.Type

export const State = Schema.Struct({
  role: Schema.String,
  /** In the order in which they were accepted. */
  waiting: Schema.Array(Letter),
  handed: Schema.Array(Handed),
  members: Schema.Array(Member),
  /** Letters accepted, newest last: the same id is the same letter. */
  seen: Schema.Array(Schema.Tuple([MessageId, MessageStatus]))
})
export type State = typeof State.Type

const Here = Schema.Struct({ id: SessionId, host: HostId, name: Schema.String })

export const Pool = Actor.make({
  kind: "pool",
  version: 1,
  state: State,
  messages: {
    /** `members`: sessions of the role, alive, that may take it. */
    Accept: Actor.message({
      payload: Letter,
      success: Schema.Struct({ state: MessageStatus, members: Schema.Int, ready: Schema.Int }),
      failure: NotNow
    }),
    /** Takes back what nobody has been given yet. */
    Unsend: Actor.message({
      payload: Schema.Struct({ id: MessageId, by: Sender }),
      failure: Schema.Union([NotNow, NotAllowed]),
      lane: "urgent"
    }),
    Describe: Actor.message({ payload: Schema.Struct({}), success: State, failure: Schema.Never, lane: "control" }),

    // From the sessions of the role, in the order of what happened to them.
    Ready: Actor.message({ payload: Here }),
    Busy: Actor.message({ payload: Here }),
    Gone: Actor.message({ payload: Schema.Struct({ id: SessionId }) }),
    /** It has come to its end there. */
    Done: Actor.message({ payload: Schema.Struct({ id: MessageId, by: SessionId, status: MessageStatus }) }),
    /** It did not come to its end there: another shall take it. */
    Returned: Actor.message({ payload: Schema.Struct({ id: MessageId, by: SessionId, evidence: Schema.String }) }),

    /** Looks at whose time has run out. */
    Tick: Actor.message({ payload: Schema.Struct({}) })
  }
})
