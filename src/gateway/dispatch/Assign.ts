/** Hands a job to a session: an empty context, then the text, in this order. */
import { Effect } from "effect"
import type { SessionCard } from "../../domain/Session.ts"
import type { Input } from "../Api.ts"
import { type Caller, mayRule } from "../Caller.ts"
import { send } from "../MessageVerbs.ts"
import { clear } from "../SessionVerbs.ts"

export interface Job {
  readonly target: SessionCard
  readonly text: string
  readonly clear: boolean
  readonly mode: Input<"dispatch">["mode"]
  readonly messageId: Input<"dispatch">["messageId"]
}

/** A clear that is refused stops it: a job never lands on top of an old one. */
export const assign = ({ clear: clears, messageId, mode, target, text }: Job, caller: Caller) =>
  Effect.gen(function* () {
    yield* mayRule(caller, target, "dispatch")
    if (clears) yield* clear({ session: target.id }, caller)
    return yield* send(
      {
        to: target.id,
        text,
        ...(mode === undefined ? {} : { mode }),
        ...(messageId === undefined ? {} : { messageId })
      },
      caller
    )
  })
