/** How writes are locked: `locks` of `config.yaml`; every key may be left out. */
import { Context, Effect, Schema } from "effect"

const setting = <S extends Schema.Top>(schema: S, value: S["Type"]) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

/** What becomes of a write while the lock manager cannot be asked. */
export const WhenDown = Schema.Literals(["fail-closed", "fail-open"])
export type WhenDown = typeof WhenDown.Type

export const LockPolicy = Schema.Struct({
  /** Agents that sm spawns lock what they write. */
  auto: setting(Schema.Boolean, true),
  /** Shell commands that plainly write lock their directory's workspace as well. */
  bash: setting(Schema.Boolean, false),
  /** Seconds a write waits for another's lease before it is refused. */
  wait: setting(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 540 })), 50),
  /** Seconds of one term of a session's lease, renewed while its turn runs. */
  ttl: setting(Schema.Finite.check(Schema.isBetween({ minimum: 5, maximum: 86_400 })), 60),
  /** The same of an agent that sm did not spawn: only its writes renew it. */
  guest_ttl: setting(Schema.Finite.check(Schema.isBetween({ minimum: 5, maximum: 86_400 })), 300),
  /** Default: fail-closed in sm's own sessions, fail-open for agents that sm did not spawn. */
  when_down: Schema.optionalKey(WhenDown),
  /** Claude Code's write hooks ask the daemon over HTTP instead of starting a process. */
  http: setting(Schema.Boolean, false)
})
export type LockPolicy = typeof LockPolicy.Type

export const defaults: LockPolicy = Schema.decodeSync(LockPolicy)({})

/** What holds here. */
export const LockRules = Context.Reference<LockPolicy>("sm/domain/LockPolicy/LockRules", {
  defaultValue: () => defaults
})

/** Seconds that an agent gives a hook which may wait for a lease: what asks gives up well before. */
export const hookTimeout = ({ wait }: LockPolicy): number => wait + 15

export const whenDownOf = ({ when_down }: LockPolicy, holder: "session" | "guest"): WhenDown =>
  when_down ?? (holder === "session" ? "fail-closed" : "fail-open")

/** What a hook must know while the daemon is away: `locks.json` beside `broker.json`. */
export const HookRules = Schema.Struct({
  v: Schema.Literal(1),
  auto: Schema.Boolean,
  bash: Schema.Boolean,
  wait: Schema.Finite,
  session: WhenDown,
  guest: WhenDown
})

export const hookRulesOf = (policy: LockPolicy): typeof HookRules.Type => ({
  v: 1,
  auto: policy.auto,
  bash: policy.bash,
  wait: policy.wait,
  session: whenDownOf(policy, "session"),
  guest: whenDownOf(policy, "guest")
})
