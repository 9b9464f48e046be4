/** What a session keeps for the monitor: what was seen and is told, and how its agent's crashes are dealt with. */
import { Schema } from "effect"
import { MonitorPolicy } from "../../domain/MonitorPolicy.ts"
import { Severity } from "../../domain/Notice.ts"

/** The thresholds that hold here, as the session's host is configured. */
export const Thresholds = Schema.Struct({
  ...MonitorPolicy.fields,
  /** Percent of the context, where nobody has set the session's own. */
  warning: Schema.Finite,
  critical: Schema.Finite
})
export type Thresholds = typeof Thresholds.Type

export const Vigil = Schema.Struct({
  /** None until the host has told; then nothing is found. */
  policy: Schema.NullOr(Thresholds),
  /** Told and not over. */
  open: Schema.Array(Schema.Struct({ cause: Schema.String, severity: Severity })),
  /** When it looks again, Unix ms. */
  alarm: Schema.NullOr(Schema.Finite),
  /** The running agent was started then, and reports what it does by hooks of its own. */
  launched: Schema.Finite,
  reports: Schema.Boolean,
  /** The agent's last word since; not its figures, which say nothing of what it does. */
  heard: Schema.NullOr(Schema.Finite),
  /** Its first work since, or since its context was emptied, and the end of its last. */
  worked: Schema.NullOr(Schema.Finite),
  rested: Schema.NullOr(Schema.Finite),
  failed: Schema.NullOr(Schema.Struct({ at: Schema.Finite, reason: Schema.String })),
  /** The provider's limit: when it was met first, and until when it lasts. */
  limit: Schema.NullOr(Schema.Struct({ at: Schema.Finite, until: Schema.NullOr(Schema.Finite) })),
  /** Ends of compactions, newest last, and what was used before the last one: that figure counts no more. */
  compactions: Schema.Array(Schema.Finite),
  compacted: Schema.NullOr(Schema.Int)
})

/**
 * crashed: by itself. ended: it was asked to end. gone: with its pane. server: with its terminal server, like all others there.
 * failed: it could not be started.
 */
export const Death = Schema.Literals(["crashed", "ended", "gone", "server", "failed"])
export type Death = typeof Death.Type

export const Recovery = Schema.Struct({
  /** How the agent ended last. */
  death: Schema.NullOr(Death),
  /** The terminal server that it ran in. */
  server: Schema.NullOr(Schema.String),
  /** When it was started again by itself, newest last. */
  starts: Schema.Array(Schema.Finite),
  /** It is to be started again then. */
  due: Schema.NullOr(Schema.Finite),
  /** That start runs and the agent is not ready yet. */
  starting: Schema.Boolean,
  /** It was at work when it died, and has not been told so. */
  cut: Schema.NullOr(Schema.Finite),
  /** It was ready again. */
  back: Schema.NullOr(Schema.Finite),
  gaveUp: Schema.NullOr(Schema.Finite)
})

export const noVigil: typeof Vigil.Type = {
  policy: null,
  open: [],
  alarm: null,
  launched: 0,
  reports: false,
  heard: null,
  worked: null,
  rested: null,
  failed: null,
  limit: null,
  compactions: [],
  compacted: null
}

export const noRecovery: typeof Recovery.Type = {
  death: null,
  server: null,
  starts: [],
  due: null,
  starting: false,
  cut: null,
  back: null,
  gaveUp: null
}
