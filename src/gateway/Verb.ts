/** What the verbs' schemas share. */
import { Schema } from "effect"
import { SessionId, SessionName } from "../domain/Ids.ts"

/** A session as people name it: id, unambiguous id prefix (4+), name, `parent`, `em`. */
export const Recipient = Schema.NonEmptyString
export const Who = Schema.Struct({ id: SessionId, name: SessionName })

/** A verb: one line about it, what it takes, what it answers. */
export const verb = <const I extends Schema.Top, const O extends Schema.Top>(doc: string, input: I, output: O) => ({
  doc,
  input,
  output
})
