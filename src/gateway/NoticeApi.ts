/** Verbs of what a person should know. */
import { Schema } from "effect"
import { HostId } from "../domain/Ids.ts"
import { Notice } from "../domain/Notice.ts"
import { verb } from "./Verb.ts"

/** Only those of this session, by its name then or its id. */
const Which = Schema.Struct({ session: Schema.optionalKey(Schema.NonEmptyString) })

const Told = Schema.Struct({
  notices: Schema.Array(Notice),
  /** Hosts that did not answer: theirs are missing. */
  silent: Schema.Array(HostId)
})

export const noticeVerbs = {
  notices: verb("What a person should know now: everything that is not over, the most severe first.", Which, Told),
  dismissNotices: verb("A person has seen these, and they are to count as over; answers with them.", Which, Told)
} as const
