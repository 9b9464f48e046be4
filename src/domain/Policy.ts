/** The swarm's thresholds, as `config.yaml` sets them; every one has a default. */
import { Context, Effect, Schema } from "effect"

const setting = (schema: Schema.Codec<number>, value: number) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))
const Seconds = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(86_400))
const Percent = Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))

export const Policy = Schema.Struct({
  /** Seconds after which a person's half-typed line is put aside for the messages that wait. */
  staleDraft: setting(Seconds, 120),
  /** Seconds of work after which an EM is woken with a digest of a child, and again. */
  wake: setting(Seconds, 210),
  /** Seconds after which a dispatched agent is asked how it goes, and after which it is asked with emphasis. */
  remindSoft: setting(Seconds, 210),
  remindHard: setting(Seconds, 420),
  /** Percent of the context window at which an agent is warned. */
  contextWarning: setting(Percent, 50),
  contextCritical: setting(Percent, 65),
  /** Messages of one chain from one session to another before that edge is muted. */
  loopLimit: setting(Count, 12)
})
export type Policy = typeof Policy.Type

export const defaults: Policy = Schema.decodeSync(Policy)({})

/** What holds here. */
export const Rules = Context.Reference<Policy>("sm/domain/Policy/Rules", { defaultValue: () => defaults })
