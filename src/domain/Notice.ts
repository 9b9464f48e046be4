/** What a person should know of without looking: told once for each cause, over when its cause is. */
import { Schema } from "effect"
import { HostId, SessionId } from "./Ids.ts"

/** info: nothing need be done. attention: someone waits for a person. problem: something failed. critical: work stands still or may be lost. */
export const Severity = Schema.Literals(["info", "attention", "problem", "critical"])
export type Severity = typeof Severity.Type

/** More is worse. */
export const rankOf = (severity: Severity): number => Severity.literals.indexOf(severity)

/** What was found. Channels choose by it. */
export const NoticeKind = Schema.Literals([
  "idle",
  "permission",
  "question",
  "error",
  "limited",
  "context",
  "hung",
  "unheard",
  "crashed",
  "recovered",
  "gave-up",
  "locks",
  "worktree",
  "system"
])
export type NoticeKind = typeof NoticeKind.Type

export const Notice = Schema.Struct({
  /** The same cause is the same notice, whoever saw it and however often: `idle 1a2b3c4d <since>`. */
  cause: Schema.NonEmptyString,
  kind: NoticeKind,
  severity: Severity,
  host: HostId,
  session: Schema.NullOr(SessionId),
  /** The session's name then. */
  name: Schema.NullOr(Schema.String),
  /** One sentence for a person. */
  text: Schema.String,
  /** Unix ms. */
  at: Schema.Finite
})
export type Notice = typeof Notice.Type
