/** What a session was spawned with. */
import { Schema } from "effect"
import { RoleName, SessionId } from "./Ids.ts"

/** How to start the agent; kept so that it can be started again. */
export const Spec = Schema.Struct({
  provider: Schema.String,
  workingDir: Schema.String,
  parentId: Schema.NullOr(SessionId),
  model: Schema.NullOr(Schema.String),
  effort: Schema.NullOr(Schema.String),
  permissionMode: Schema.NullOr(Schema.String),
  args: Schema.Array(Schema.String),
  env: Schema.Record(Schema.String, Schema.String),
  /** What it was spawned as: `engineer`. */
  role: Schema.optionalKey(RoleName),
  /** The root of the linked git worktree that it works in. */
  worktree: Schema.optionalKey(Schema.String)
})
export type Spec = typeof Spec.Type
