/** When the monitor speaks up, as the section `monitor` of `config.yaml` sets it; every key has a default. */
import { Context, Effect, Schema } from "effect"

const setting = (schema: Schema.Codec<number>, value: number) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))
const Seconds = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(86_400))
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 }))

/** An agent that crashed is started again with its conversation, but not for ever. */
export const Recover = Schema.Struct({
  /** `manual`: it stays crashed until `sm restore`. */
  mode: Schema.Literals(["auto", "manual"]).pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed("auto" as const))),
  /** Starts within so many seconds; after the next crash a person is told, and it stays as it is. */
  max: setting(Count, 3),
  within: setting(Seconds, 600)
})

export const MonitorPolicy = Schema.Struct({
  /** Seconds for which an agent must have been idle after a turn before a person is told. */
  idle_timeout: setting(Seconds, 300),
  /** Seconds without a word of an agent at work after which its turn counts as hung. */
  hung_after: setting(Seconds, 900),
  /** Seconds without a word of the agent or a screen that tells something, after which a session is `unknown`. */
  unknown_after: setting(Seconds, 120),
  /** Seconds of an agent's first work after which its hooks should have told of it. */
  unheard_after: setting(Seconds, 60),
  recover: Recover.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(Schema.decodeSync(Recover)({}))))
})
export type MonitorPolicy = typeof MonitorPolicy.Type

export const monitorDefaults: MonitorPolicy = Schema.decodeSync(MonitorPolicy)({})

/** What holds here. */
export const Monitoring = Context.Reference<MonitorPolicy>("sm/domain/MonitorPolicy/Monitoring", {
  defaultValue: () => monitorDefaults
})
