/** The verb of what a person should know. */
import { Schema } from "effect"
import { HostId } from "../domain/Ids.ts"
import { Notice } from "../domain/Notice.ts"
import { verb } from "./Verb.ts"

export const noticeVerbs = {
  notices: verb(
    "What a person should know now: everything that is not over, the most severe first.",
    Schema.Struct({}),
    Schema.Struct({
      notices: Schema.Array(Notice),
      /** Hosts that did not answer: theirs are missing. */
      silent: Schema.Array(HostId)
    })
  )
} as const
