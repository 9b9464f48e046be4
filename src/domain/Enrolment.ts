/** A session under an EM: who is woken with digests of its work and how often, ms, and when its context is warned of, percent. */
import { Schema } from "effect"
import { Sender } from "./Message.ts"
import type { Policy } from "./Policy.ts"

export const Enrolment = Schema.Struct({
  to: Sender,
  every: Schema.Finite,
  warning: Schema.Finite,
  critical: Schema.Finite
})
export type Enrolment = typeof Enrolment.Type

/** As the swarm's thresholds say. */
export const enrolmentUnder = (to: Sender, { contextCritical, contextWarning, wake }: Policy): Enrolment => ({
  to,
  every: wake * 1000,
  warning: contextWarning,
  critical: contextCritical
})
