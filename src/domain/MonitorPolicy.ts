/** When the monitor speaks up, as the section `monitor` of `config.yaml` sets it; every key has a default. */
import { Context, Effect, Schema } from "effect"

const setting = (schema: Schema.Codec<number>, value: number) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))
const Seconds = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(86_400))

export const MonitorPolicy = Schema.Struct({
  /** Seconds without a word of the agent or a screen that tells something, after which a session is `unknown`. */
  unknown_after: setting(Seconds, 120)
})
export type MonitorPolicy = typeof MonitorPolicy.Type

export const monitorDefaults: MonitorPolicy = Schema.decodeSync(MonitorPolicy)({})

/** What holds here. */
export const Monitoring = Context.Reference<MonitorPolicy>("sm/domain/MonitorPolicy/Monitoring", {
  defaultValue: () => monitorDefaults
})
