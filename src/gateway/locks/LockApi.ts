/** Verbs of leases on workspaces. */
import { Schema } from "effect"
import { Lease, InLine, Ticket, Waiting } from "../../domain/Lock.ts"
import { verb } from "../Verb.ts"

/** Where the caller's shell is. */
const Where = {
  cwd: Schema.String,
  /** A glob, relative to `cwd`; default: the whole workspace. */
  path: Schema.optionalKey(Schema.NonEmptyString)
}

const Length = Schema.Finite.check(Schema.isBetween({ minimum: 1000, maximum: 86_400_000 }))

export const lockVerbs = {
  lock: verb(
    "Take a lease on the workspace of a directory, or wait for it; the same ticket asks again.",
    Schema.Struct({
      ...Where,
      ticket: Ticket,
      reason: Schema.NonEmptyString.check(Schema.isMaxLength(300)),
      /** How long it waits where another has it. Default: not at all. */
      waitMs: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 86_400_000 }))),
      /** How long this question may take: then it is answered how it stands. Default: `waitMs`. */
      forMs: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 600_000 }))),
      /** Length of a term. A session's lease is renewed while its turn runs. */
      ttlMs: Schema.optionalKey(Length)
    }),
    Schema.Struct({
      outcome: Schema.Literals(["granted", "waits", "over"]),
      lease: Schema.NullOr(Lease),
      /** Whom it waits for. */
      behind: Schema.Array(Schema.Union([Lease, Waiting])),
      /** Why it is over, or a sentence about whom it waits for. */
      why: Schema.String
    })
  ),
  giveUpLock: verb(
    "Wait no more for a lease.",
    Schema.Struct({ ticket: Ticket }),
    Schema.Struct({ outcome: Schema.Literals(["granted", "waits", "over"]) })
  ),
  unlock: verb(
    "Give back the caller's leases on a workspace, or those that a glob meets; `force`: whoever has them.",
    Schema.Struct({ ...Where, force: Schema.optionalKey(Schema.Boolean) }),
    Schema.Array(Lease)
  ),
  locks: verb(
    "Every lease, and who waits, in order.",
    Schema.Struct({
      /** Only those of this directory's workspace. */
      cwd: Schema.optionalKey(Schema.String)
    }),
    Schema.Struct({ leases: Schema.Array(Lease), waiting: Schema.Array(InLine) })
  )
} as const
