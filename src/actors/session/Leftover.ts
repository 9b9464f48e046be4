/** Text of ours in the composer that is not on its way: handed back by the agent, refused by it, or left by a crash. */
import { Effect, Option } from "effect"
import { squeeze } from "../../domain/Squeeze.ts"
import type { State } from "./State.ts"
import { isOurs } from "./Sight.ts"
import { textOf, wordingOf } from "./Wording.ts"

/** So many of the newest messages are compared word for word with a draft that names no message. */
const RECENT = 5

/**
 * Is this draft nobody's? A message's id in it says so, or the beginning of what waits; of a message that is over only
 * the very words do, for a person may be writing something alike.
 */
export const isLeftover = Effect.fnUntraced(function* (state: State, draft: string) {
  if (state.seen.some(([id]) => draft.includes(id))) return true
  for (const letter of state.queue) {
    if (letter.kind === "clear") continue
    const text = yield* wordingOf(letter)
    if (Option.isSome(text) && isOurs(draft, text.value, [letter.id])) return true
  }
  for (const [id] of state.seen.slice(-RECENT)) {
    const text = yield* textOf(id)
    if (Option.isSome(text) && squeeze(text.value) === squeeze(draft)) return true
  }
  return false
})
