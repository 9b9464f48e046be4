/** The session actor's definition: one actor owns one pane. */
import { Schema } from "effect"
import { Signal } from "../../agents/Agent.ts"
import { HostId, MessageId, SessionId, SessionName } from "../../domain/Ids.ts"
import { DeliveryMode, MessageStatus, Sender } from "../../domain/Message.ts"
import { Context, SessionCard, SessionPhase } from "../../domain/Session.ts"
import * as Actor from "../Actor.ts"
import { upgrades } from "./upgrades.ts"

/** How to start the agent; kept so that it can be started again. */
export const Spec = Schema.Struct({
  provider: Schema.String,
  workingDir: Schema.String,
  parentId: Schema.NullOr(SessionId),
  model: Schema.NullOr(Schema.String),
  effort: Schema.NullOr(Schema.String),
  permissionMode: Schema.NullOr(Schema.String),
  args: Schema.Array(Schema.String),
  env: Schema.Record(Schema.String, Schema.String)
})
export type Spec = typeof Spec.Type

/** What stands in line to be typed. Its text is in the broker's texts under the message id. */
export const Letter = Schema.Struct({
  id: MessageId,
  from: Sender,
  mode: DeliveryMode,
  /** `clear` is the agent's own control command: bare, alone, not a message. */
  kind: Schema.Literals(["message", "clear"]),
  at: Schema.Finite,
  expiresAt: Schema.optionalKey(Schema.Finite),
  /** UTF-8 bytes of its text. */
  bytes: Schema.Int,
  /** How often it was taken up to be typed. */
  tries: Schema.Int
})
export type Letter = typeof Letter.Type

/** A letter on its way into the pane. `activation` marks who began: another one may not know how far that got. */
export const Typing = Schema.Struct({ letter: Letter, activation: Schema.String, at: Schema.Finite })

export const Action = Schema.Struct({
  at: Schema.Finite,
  tool: Schema.String,
  detail: Schema.String,
  took: Schema.NullOr(Schema.Finite),
  failed: Schema.Boolean
})

export const PaneRef = Schema.Struct({ id: Schema.String, server: Schema.String, pid: Schema.Int })
export type PaneRef = typeof PaneRef.Type

export const State = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  host: Schema.String,
  spec: Schema.NullOr(Spec),
  phase: SessionPhase,
  detail: Schema.String,
  createdAt: Schema.Finite,
  since: Schema.Finite,
  stoppedAt: Schema.NullOr(Schema.Finite),
  agentSessionId: Schema.NullOr(Schema.String),
  transcript: Schema.NullOr(Schema.String),
  pane: Schema.NullOr(PaneRef),
  /** The environment the running agent was started with, as far as its adapter needs it. */
  seatEnv: Schema.Record(Schema.String, Schema.String),
  /** Wanted: the agent running. `resume`: where it left off. */
  launching: Schema.NullOr(Schema.Struct({ at: Schema.Finite, resume: Schema.Boolean, activation: Schema.String })),
  /** The agent's own id of the running turn. */
  turn: Schema.NullOr(Schema.String),
  /** The turn that ended last and what it carried: its own word of the end may come after it was seen to end. */
  ended: Schema.NullOr(Schema.Struct({ turn: Schema.String, carried: Schema.Array(MessageId) })),
  /** How full the agent's context is, as it said last. */
  context: Schema.NullOr(Context),
  queue: Schema.Array(Letter),
  typing: Schema.NullOr(Typing),
  /** Typed, and not yet confirmed by the agent. */
  flying: Schema.Array(Schema.Struct({ letter: Letter, at: Schema.Finite })),
  /** Confirmed, and carried by the running turn. */
  carried: Schema.Array(Letter),
  /** An urgent message waits for the turn to be interrupted: how often the keys were pressed, and when last. */
  interrupting: Schema.NullOr(Schema.Struct({ presses: Schema.Int, at: Schema.Finite })),
  /** Ids of messages already accepted, newest last, far longer than the broker remembers them. */
  seen: Schema.Array(Schema.Tuple([MessageId, MessageStatus])),
  /** Ids of signals already taken, newest last. */
  signals: Schema.Array(Schema.String),
  actions: Schema.Array(Action)
})
export type State = typeof State.Type

const Accepted = Schema.Struct({ state: MessageStatus, target: SessionPhase, name: SessionName })

/** The session cannot take this now; the sentence says why and `hint` what to do. */
export class NotNow extends Schema.TaggedError<NotNow>()("NotNow", { reason: Schema.String, hint: Schema.String }) {
  override get message() {
    return this.reason
  }
}

const Evidence = Schema.Struct({ id: MessageId, evidence: Schema.String })

export const Session = Actor.make({
  kind: "session",
  version: 3,
  upgrades,
  state: State,
  messages: {
    Launch: Actor.message({
      payload: Schema.Struct({
        id: SessionId,
        name: SessionName,
        host: HostId,
        spec: Spec,
        prompt: Schema.NullOr(Letter)
      }),
      lane: "control"
    }),
    Accept: Actor.message({ payload: Letter, success: Accepted, failure: NotNow }),
    AcceptUrgent: Actor.message({ payload: Letter, success: Accepted, failure: NotNow, lane: "urgent" }),
    Kill: Actor.message({
      payload: Schema.Struct({ reason: Schema.String }),
      success: SessionCard,
      failure: NotNow,
      lane: "urgent"
    }),
    Restore: Actor.message({ payload: Schema.Struct({}), success: SessionCard, failure: NotNow, lane: "control" }),
    Rename: Actor.message({
      payload: Schema.Struct({ name: SessionName }),
      success: SessionCard,
      failure: NotNow,
      lane: "control"
    }),
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Struct({ card: SessionCard, pane: Schema.NullOr(PaneRef), actions: Schema.Array(Action) }),
      failure: NotNow,
      lane: "control"
    }),
    /** What the agent's own hook said. `at`: Unix ms at emission. */
    Signalled: Actor.message({
      payload: Schema.Struct({ id: Schema.String, at: Schema.Finite, signal: Signal }),
      lane: "control"
    }),

    // Reports of the session's own reactor: about the world, found out again after a crash.
    Launched: Actor.message({
      payload: Schema.Struct({
        pane: PaneRef,
        agentSessionId: Schema.NullOr(Schema.String),
        seatEnv: Schema.Record(Schema.String, Schema.String),
        /** The first letter travelled on the command line. */
        carried: Schema.NullOr(MessageId)
      })
    }),
    LaunchFailed: Actor.message({ payload: Schema.Struct({ reason: Schema.String }) }),
    Typed: Actor.message({ payload: Evidence }),
    /** It was not typed; it goes back in front of the line. */
    Withheld: Actor.message({
      payload: Schema.Struct({ id: MessageId, phase: Schema.NullOr(SessionPhase), detail: Schema.String })
    }),
    /** The interrupted agent had not begun with it, and put it back into the composer. */
    HandedBack: Actor.message({ payload: Schema.Struct({ id: MessageId }) }),
    /** The transcript carries it. */
    Confirmed: Actor.message({ payload: Evidence }),
    /** It was typed and will never be confirmed, or could not be typed: kept for a person. */
    GaveUp: Actor.message({ payload: Evidence }),
    InterruptPressed: Actor.message({ payload: Schema.Struct({}) }),
    Observed: Actor.message({
      payload: Schema.Struct({
        activity: Schema.Literals(["starting", "idle", "busy", "dialog", "composing"]),
        detail: Schema.String
      })
    }),
    PaneLost: Actor.message({ payload: Schema.Struct({ pane: Schema.String, reason: Schema.String }) }),
    PaneClosed: Actor.message({ payload: Schema.Struct({ pane: Schema.String }) }),
    /** Looks at what time has changed: expiry. */
    Tick: Actor.message({ payload: Schema.Struct({}) })
  }
})
