/** A name that may be given now. Names given by older versions, before a word got its meaning, are still read. */
import { Schema } from "effect"
import { SessionName } from "./Ids.ts"

export const GivenName = SessionName.check(
  Schema.makeFilter((name: string) => (name === "em" ? "`em` means whoever orchestrates: choose another name" : true))
)
