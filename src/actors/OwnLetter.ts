/** A letter that sm itself writes. Its text is stored under its id by whoever posts it. */
import type { Letter } from "../domain/Letter.ts"
import { SYSTEM } from "../domain/Message.ts"

type Own = Pick<Letter, "at" | "id"> & Partial<Pick<Letter, "after" | "cause" | "epoch" | "key" | "mode">>

export const ownLetter = ({ mode = "sequential", ...own }: Own, text: string): Letter => ({
  ...own,
  from: SYSTEM,
  mode,
  kind: "message",
  bytes: new TextEncoder().encode(text).length,
  tries: 0
})
