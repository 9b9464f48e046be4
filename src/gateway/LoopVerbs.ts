/** `unmute`: lets two go on that the loop guard has stopped. */
import { Effect } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import type { Input, Output } from "./Api.ts"
import { type Caller, find, senderOf } from "./Caller.ts"

export const unmute = (input: Input<"unmute">, caller: Caller) =>
  Effect.gen(function* () {
    const from = yield* find(input.from, caller)
    const to = yield* find(input.to, caller)
    yield* ref(Session, to.host, to.id).ask("Unmute", {
      from: from.id,
      fromName: from.name,
      fromParent: from.parentId,
      by: senderOf(caller)
    })
    return {
      from: { id: from.id, name: from.name },
      to: { id: to.id, name: to.name }
    } satisfies Output<"unmute">
  })
