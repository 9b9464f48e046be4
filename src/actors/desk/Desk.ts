/** The person's desk: letters to `human`, and news of what needs a person. One in the swarm. */
import { Schema } from "effect"
import { MessageId } from "../../domain/Ids.ts"
import { MessageStatus, Sender } from "../../domain/Message.ts"
import * as Actor from "../Actor.ts"
import { Letter } from "../../domain/Letter.ts"
import { NotAllowed, NotNow } from "../session/Session.ts"

/** Its text is in the broker's texts under the id. */
export const Item = Schema.Struct({
  id: MessageId,
  from: Sender,
  /** Unix ms. */
  at: Schema.Finite,
  bytes: Schema.Int,
  expiresAt: Schema.optionalKey(Schema.Finite),
  /** A newer one of the same sender with the same key takes its place while it is unread. */
  key: Schema.optionalKey(Schema.String),
  /** Unix ms; none while nobody has read it. */
  readAt: Schema.NullOr(Schema.Finite)
})
export type Item = typeof Item.Type

export const State = Schema.Struct({
  /** In the order in which they came. */
  items: Schema.Array(Item),
  /** What came and is not kept any more, newest last: the same id is the same letter. */
  gone: Schema.Array(Schema.Tuple([MessageId, MessageStatus]))
})
export type State = typeof State.Type

export const Desk = Actor.make({
  kind: "desk",
  version: 1,
  state: State,
  messages: {
    Accept: Actor.message({
      payload: Letter,
      success: Schema.Struct({ state: MessageStatus, unread: Schema.Int }),
      failure: NotNow
    }),
    /** From actors. `about` and `at` make it the same news. */
    News: Actor.message({
      payload: Schema.Struct({ about: Schema.String, at: Schema.Finite, text: Schema.String })
    }),
    /** A person has read these, or all. */
    Read: Actor.message({
      payload: Schema.Struct({ ids: Schema.NullOr(Schema.Array(MessageId)), how: Schema.String }),
      success: Schema.Struct({ read: Schema.Array(Item), unknown: Schema.Array(MessageId) }),
      failure: Schema.Never
    }),
    /** Takes back what nobody has read. */
    Unsend: Actor.message({
      payload: Schema.Struct({ id: MessageId, by: Sender }),
      failure: Schema.Union([NotNow, NotAllowed]),
      lane: "urgent"
    }),
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Array(Item),
      failure: Schema.Never,
      lane: "control"
    }),
    /** Looks at whose time has run out. */
    Tick: Actor.message({ payload: Schema.Struct({}) })
  }
})
