/** The session actor's definition: one actor owns one pane. */
import { Schema } from "effect"
import { Signal } from "../../agents/Agent.ts"
import { HostId, MessageId, SessionId, SessionName } from "../../domain/Ids.ts"
import { Cause, DeliveryMode, MessageStatus, Sender } from "../../domain/Message.ts"
import { Context, Limit, SessionCard, SessionPhase, StatusText } from "../../domain/Session.ts"
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

/** A task given by `sm dispatch`: its role, its headline, and when the agent is reminded to say how it goes, ms. */
export const Order = Schema.Struct({
  role: Schema.String,
  task: Schema.String,
  soft: Schema.Finite,
  hard: Schema.Finite
})
export type Order = typeof Order.Type

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
  tries: Schema.Int,
  /** What it answers; none for a message that begins something. */
  cause: Schema.optionalKey(Cause),
  /** A newer one of the same sender with the same key takes its place while it waits. */
  key: Schema.optionalKey(Schema.String),
  /** What its sender, a session, wants to be told: that it was delivered, and how the turn that carried it ended. */
  notify: Schema.optionalKey(Schema.Struct({ delivery: Schema.Boolean, stop: Schema.Boolean })),
  /** It speaks of this context of the session itself: once that is cleared it means nothing. */
  epoch: Schema.optionalKey(Schema.Int),
  /** The work queue it came from: if this session dies, another of the role takes it. */
  pool: Schema.optionalKey(Schema.String),
  /** It is a task, and what is armed when the agent takes it. */
  order: Schema.optionalKey(Order)
})
export type Letter = typeof Letter.Type

/**
 * Letters on their way into the pane as one prompt. `activation` marks who began: another one may not know how far that
 * got. `door`: `composer` is typed when the agent is idle, `side` reaches it while it works.
 */
export const Door = Schema.Literals(["composer", "side"])
export type Door = typeof Door.Type
export const Typing = Schema.Struct({
  letters: Schema.Array(Letter),
  activation: Schema.String,
  at: Schema.Finite,
  door: Door
})

/** Somebody waits (`sm wait`) for the session to be idle: told then, or when it is gone, or when the time is up. */
export const Watcher = Schema.Struct({ id: MessageId, by: Sender, since: Schema.Finite, until: Schema.Finite })
export type Watcher = typeof Watcher.Type

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
  flying: Schema.Array(Schema.Struct({ letters: Schema.Array(Letter), at: Schema.Finite, door: Door })),
  /** Confirmed, and carried by the running turn. */
  carried: Schema.Array(Letter),
  /** An urgent message waits for the turn to be interrupted: how often the keys were pressed, and when last. */
  interrupting: Schema.NullOr(Schema.Struct({ presses: Schema.Int, at: Schema.Finite })),
  /** Ids of messages already accepted, newest last, far longer than the broker remembers them. */
  seen: Schema.Array(Schema.Tuple([MessageId, MessageStatus])),
  /** Ids of signals already taken, newest last. */
  signals: Schema.Array(Schema.String),
  actions: Schema.Array(Action),

  /** Grows with each clear. What was said of an earlier context is void. */
  epoch: Schema.Int,
  /** The agent's own ids of cleared conversations, newest last: their late hooks mean nothing. */
  voided: Schema.Array(Schema.String),
  role: Schema.NullOr(Schema.String),
  em: Schema.Boolean,
  task: Schema.NullOr(Schema.String),
  status: Schema.NullOr(StatusText),
  watchers: Schema.Array(Watcher),
  /** The task under way: who gave it, since when, when the agent last said how it goes, and how often it was reminded. */
  assignment: Schema.NullOr(
    Schema.Struct({ ...Order.fields, letter: MessageId, by: Sender, since: Schema.Finite, nudges: Schema.Int })
  ),
  /** The EM that is woken with digests while this session works, how often, ms, and what it was told last. */
  enrolled: Schema.NullOr(
    Schema.Struct({
      by: Sender,
      every: Schema.Finite,
      told: Schema.NullOr(Schema.Struct({ at: Schema.Finite, seen: Schema.String }))
    })
  ),
  /** Context monitoring: off, or on with its thresholds, percent, and how far this cycle's warnings have gone. */
  gauge: Schema.NullOr(
    Schema.Struct({
      warning: Schema.Finite,
      critical: Schema.Finite,
      warned: Schema.Literals(["none", "warning", "critical"])
    })
  ),
  /** Per sending session: the chain that its messages belong to, how many of it came, and whether it is muted. */
  edges: Schema.Record(
    Schema.String,
    Schema.Struct({ name: Schema.String, root: MessageId, count: Schema.Int, muted: Schema.Boolean })
  ),
  limited: Schema.NullOr(Limit),
  /** A person's half-typed words, put aside for a message: brought back after it. */
  draft: Schema.NullOr(Schema.Struct({ text: Schema.String, at: Schema.Finite })),
  /** A file from which the agent goes on in a fresh context once its turn is over. */
  handoff: Schema.NullOr(Schema.Struct({ file: Schema.String }))
})
export type State = typeof State.Type

const Accepted = Schema.Struct({ state: MessageStatus, target: SessionPhase, name: SessionName })

/** The session cannot take this now; the sentence says why and `hint` what to do. */
export class NotNow extends Schema.TaggedError<NotNow>()("NotNow", { reason: Schema.String, hint: Schema.String }) {
  override get message() {
    return this.reason
  }
}

/** What only some may ask of a session: the sentence says who may. */
export class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", {
  reason: Schema.String,
  hint: Schema.String
}) {
  override get message() {
    return this.reason
  }
}

const Refused = Schema.Union([NotNow, NotAllowed])

/** Letters of one prompt, and what proves where they are. */
const Evidence = Schema.Struct({ ids: Schema.Array(MessageId), evidence: Schema.String })

export const Session = Actor.make({
  kind: "session",
  version: 4,
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
    /** Takes a letter back that is not typed yet: its sender may, and a person. */
    Unsend: Actor.message({
      payload: Schema.Struct({ id: MessageId, by: Sender }),
      failure: Refused,
      lane: "urgent"
    }),
    /** Clears the agent's context and gives it what comes next; both or neither. */
    Clear: Actor.message({
      payload: Schema.Struct({ by: Sender, clear: Letter, next: Schema.NullOr(Letter) }),
      success: Accepted,
      failure: Refused,
      lane: "urgent"
    }),
    Kill: Actor.message({
      payload: Schema.Struct({ reason: Schema.String, by: Sender }),
      success: SessionCard,
      failure: Refused,
      lane: "urgent"
    }),
    Restore: Actor.message({
      payload: Schema.Struct({ by: Sender }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    Rename: Actor.message({
      payload: Schema.Struct({ name: SessionName, by: Sender }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Struct({
        card: SessionCard,
        pane: Schema.NullOr(PaneRef),
        actions: Schema.Array(Action),
        /** What waits to be typed, in the order in which it will be. */
        queue: Schema.Array(Letter),
        draft: Schema.NullOr(Schema.String)
      }),
      failure: NotNow,
      lane: "control"
    }),
    /** What the agent's own hook said. `at`: Unix ms at emission; `conversation`: the agent's own id of it. */
    Signalled: Actor.message({
      payload: Schema.Struct({
        id: Schema.String,
        at: Schema.Finite,
        conversation: Schema.optionalKey(Schema.String),
        signal: Signal
      }),
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
      payload: Schema.Struct({
        ids: Schema.Array(MessageId),
        phase: Schema.NullOr(SessionPhase),
        detail: Schema.String
      })
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
