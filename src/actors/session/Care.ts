/** How a session takes what concerns its agent's context and its provider's limits. */
import { Effect } from "effect"
import { isLive } from "../../domain/Session.ts"
import { forbiddenToOthers } from "./Authority.ts"
import { moved, report, type Some, unknown } from "./Handling.ts"
import { limitOver } from "./Limits.ts"
import { cardOf, stay } from "./Move.ts"
import { recover } from "./Recovery.ts"
import { NotAllowed, NotNow } from "./Session.ts"

export const care: Some<"Handoff" | "Monitor" | "LimitOver" | "Vigilance" | "Recover"> = {
  Handoff: ({ by, file }, state, mail) =>
    Effect.gen(function* () {
      if (state.spec === null) return yield* unknown(state)
      if (by.id !== state.id) {
        return yield* new NotAllowed({
          reason: `only ${state.name} (${state.id}) itself may hand its work over to a fresh context`,
          hint: `sm clear ${state.name} "<prompt>" gives it one from outside`
        })
      }
      if (!isLive(state.phase)) {
        return yield* new NotNow({
          reason: `${state.name} (${state.id}) is ${state.phase}`,
          hint: `sm restore ${state.name}`
        })
      }
      return moved(state, stay({ ...state, handoff: { file } }), mail, cardOf)
    }),
  Monitor: ({ by, gauge }, state, mail) =>
    Effect.gen(function* () {
      if (state.spec === null) return yield* unknown(state)
      const no = forbiddenToOthers(state, by, "monitor")
      if (no !== undefined) return yield* no
      const notify = by.kind === "session" && by.id !== state.id ? by : null
      const next = gauge === null ? null : { ...gauge, notify, warned: "none" as const }
      return moved(state, stay({ ...state, gauge: next }), mail, cardOf)
    }),
  LimitOver: report((_, state, { now }) => limitOver(state, now)),
  Vigilance: report((policy, state) => stay({ ...state, vigil: { ...state.vigil, policy } })),
  Recover: report(({ at }, state, { activation, now }) => recover(state, at, Math.max(now, at), activation))
}
