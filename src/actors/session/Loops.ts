/** How a session lets one go on that the loop guard has muted. */
import { Effect } from "effect"
import { moved, silent, type Some } from "./Handling.ts"
import { unmuted } from "./LoopGuard.ts"
import { NotAllowed, NotNow } from "./Session.ts"

export const loops: Some<"Unmute"> = {
  Unmute: ({ by, from, fromName, fromParent }, state, mail) =>
    Effect.gen(function* () {
      const parents = [state.spec?.parentId ?? null, fromParent]
      if (by.kind === "session" && !parents.some((parent) => parent !== null && parent === by.id)) {
        return yield* new NotAllowed({
          reason: `only the parent of ${fromName} or of ${state.name} may let them go on`,
          hint: "or a person at a shell"
        })
      }
      const move = unmuted(state, from, by.name)
      if (move === undefined) {
        return yield* new NotNow({
          reason: `${fromName} → ${state.name} is not muted`,
          hint: `sm send ${state.name} works for ${fromName}`
        })
      }
      return moved(state, move, mail, silent)
    })
}
