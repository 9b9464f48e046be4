/** The monitor's definition: one per host, its key is the host. It keeps what a person should know, each once. */
import { Schema } from "effect"
import { Notice } from "../../domain/Notice.ts"
import * as Actor from "../Actor.ts"

export const State = Schema.Struct({
  /** Not over yet, in the order in which they came. */
  open: Schema.Array(Notice),
  /** Causes told before, newest last: not told again. */
  told: Schema.Array(Schema.String)
})
export type State = typeof State.Type

export const Monitor = Actor.make({
  kind: "monitor",
  version: 1,
  state: State,
  messages: {
    /**
     * Something a person should know. The same cause is told once (fact `Noticed`, and the desk from `attention` on), and
     * again only with a greater severity.
     */
    Saw: Actor.message({ payload: Notice, lane: "control" }),
    /** This cause is over, and all that begin with these words (fact `NoticeOver`). */
    Over: Actor.message({
      payload: Schema.Struct({ causes: Schema.NonEmptyString, why: Schema.String }),
      failure: Schema.Never,
      lane: "control"
    }),
    /** The open ones. */
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Array(Notice),
      failure: Schema.Never,
      lane: "control"
    })
  }
})
