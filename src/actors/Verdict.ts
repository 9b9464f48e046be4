/** What became of one message: its handler's outcome, with every way to fail told apart. */
import { Cause, Effect, Exit, Option } from "effect"
import type { Actor } from "./Actor.ts"
import type { Behavior, Mail } from "./Behavior.ts"
import type { Answer } from "./Envelope.ts"
import type { Out } from "./Out.ts"

/** A definition with its behaviour, types erased, services provided. */
export interface Registration {
  readonly definition: Actor
  // Behaviours of every type live in one table; `judge` pairs each with payloads decoded by its own definition.
  readonly behavior: Behavior<any, never>
}

export type Verdict =
  | { readonly _tag: "Handled"; readonly state: unknown; readonly out: ReadonlyArray<Out>; readonly answer: Answer }
  /** The message's own typed failure: an answer, and the state stays. */
  | { readonly _tag: "Refused"; readonly answer: Answer }
  /** Nobody will ever be able to handle it. */
  | { readonly _tag: "Unreadable"; readonly reason: string }
  | { readonly _tag: "Crashed"; readonly cause: Cause.Cause<unknown> }

interface Outcome {
  readonly state: unknown
  readonly reply: unknown
  readonly out?: ReadonlyArray<Out>
}

type Handler = (payload: unknown, state: unknown, mail: Mail) => Effect.Effect<Outcome, unknown>

/** Runs the handler of one message. `encoded`: the payload came over the wire and is decoded first. */
export const judge = (
  registration: Registration,
  message: { readonly tag: string; readonly payload: unknown; readonly encoded: boolean },
  state: unknown,
  mail: Mail
): Effect.Effect<Verdict> =>
  Effect.gen(function* () {
    const { behavior, definition } = registration
    const spec = definition.compiled.messages.get(message.tag)
    const handler = (behavior.handlers as Readonly<Record<string, Handler>>)[message.tag]
    if (spec === undefined || handler === undefined) {
      return { _tag: "Unreadable", reason: `${definition.kind} knows no message ${message.tag}` }
    }
    const payload = message.encoded
      ? yield* Effect.exit(spec.payload.decode(message.payload))
      : Exit.succeed(message.payload)
    if (Exit.isFailure(payload)) {
      return { _tag: "Unreadable", reason: `${message.tag} is malformed: ${String(Cause.squash(payload.cause))}` }
    }
    const outcome = yield* Effect.exit(Effect.suspend(() => handler(payload.value, state, mail)))
    if (Exit.isSuccess(outcome)) {
      const { out, reply, state: next } = outcome.value
      const value = message.encoded ? yield* Effect.exit(spec.success.encode(reply)) : Exit.succeed(null)
      if (Exit.isFailure(value)) return { _tag: "Crashed", cause: value.cause }
      return { _tag: "Handled", state: next, out: out ?? [], answer: { _tag: "ok", value: value.value } }
    }
    const refused = Cause.findErrorOption(outcome.cause)
    if (Option.isNone(refused) || Cause.hasDies(outcome.cause)) return { _tag: "Crashed", cause: outcome.cause }
    const value = message.encoded ? yield* Effect.exit(spec.failure.encode(refused.value)) : Exit.succeed(null)
    if (Exit.isFailure(value)) return { _tag: "Crashed", cause: value.cause }
    return { _tag: "Refused", answer: { _tag: "refused", value: value.value } }
  })
