/** The agenda's definition: one per session, on its host; it keeps what the session is to be reminded of. */
import { Schema } from "effect"
import { HostId, ReminderId, SessionId } from "../../domain/Ids.ts"
import { Sender } from "../../domain/Message.ts"
import { Reminder } from "../../domain/Reminder.ts"
import * as Actor from "../Actor.ts"
import { NotAllowed, NotNow } from "../session/Session.ts"

export const State = Schema.Struct({
  /** Where its session's mailbox is. */
  host: Schema.String,
  /** The session is stopped: it is reminded of nothing. */
  closed: Schema.Boolean,
  reminders: Schema.Array(Reminder),
  /** Ids of reminders that are over, newest last: a retry of them is not a new one. */
  past: Schema.Array(ReminderId)
})
export type State = typeof State.Type

/** Whose agenda it is, as its card says. */
const Owner = Schema.Struct({
  id: SessionId,
  host: HostId,
  name: Schema.String,
  parentId: Schema.NullOr(SessionId)
})
export type Owner = typeof Owner.Type

const Refused = Schema.Union([NotNow, NotAllowed])

/** All in one lane: what closes an agenda and what comes after must not change places. */
export const Agenda = Actor.make({
  kind: "agenda",
  version: 1,
  state: State,
  messages: {
    Remind: Actor.message({
      payload: Schema.Struct({
        owner: Owner,
        by: Sender,
        id: ReminderId,
        /** Unix milliseconds. */
        at: Schema.Finite,
        /** Milliseconds; null: once. */
        every: Schema.NullOr(Schema.Finite),
        text: Schema.String
      }),
      success: Reminder,
      failure: Refused
    }),
    /** Soonest first. */
    List: Actor.message({ payload: Schema.Struct({}), success: Schema.Array(Reminder), failure: Schema.Never }),
    /** These, or all of them; answers with those that are gone now. */
    Cancel: Actor.message({
      payload: Schema.Struct({ owner: Owner, by: Sender, ids: Schema.NullOr(Schema.Array(ReminderId)) }),
      success: Schema.Array(Reminder),
      failure: Refused
    }),
    /** The session was stopped: all of it is void. */
    Close: Actor.message({ payload: Schema.Struct({}) }),
    /** The session was restored. */
    Open: Actor.message({ payload: Schema.Struct({}) }),
    /** A timer's word. */
    Due: Actor.message({ payload: Schema.Struct({ id: ReminderId, due: Schema.Finite }) })
  }
})
