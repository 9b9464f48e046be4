/** The session actor's definition: one actor owns one pane. */
import { Effect, Schema } from "effect"
import { Signal } from "../../agents/Agent.ts"
import { Evidence } from "../../domain/Evidence.ts"
import { Approval, ApprovalId } from "../../domain/Approval.ts"
import { HostId, MessageId, SessionId, SessionName } from "../../domain/Ids.ts"
import { Enrolment } from "../../domain/Enrolment.ts"
import { Letter } from "../../domain/Letter.ts"
import { Lease, Ticket } from "../../domain/Lock.ts"
import { MessageStatus, Sender, SYSTEM } from "../../domain/Message.ts"
import { SessionCard, SessionPhase } from "../../domain/Session.ts"
import * as Actor from "../Actor.ts"
import { Spec } from "../../domain/Spec.ts"
import { Action, Death, Heard, PaneRef, State, Thresholds } from "./State.ts"
import { upgrades } from "./upgrades.ts"

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

/** Who asks. Mail posted before this was in it names nobody: whether that was allowed was decided before it was posted. */
const asker = Sender.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(SYSTEM)))

const Refused = Schema.Union([NotNow, NotAllowed])

/** Letters of one prompt, and what proves where they are. */
const Proof = Schema.Struct({ ids: Schema.Array(MessageId), evidence: Schema.String })

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
        prompt: Schema.NullOr(Letter),
        /** Its parent is an EM. */
        enrol: Schema.optionalKey(Enrolment)
      }),
      lane: "control"
    }),
    Accept: Actor.message({ payload: Letter, success: Accepted, failure: Refused }),
    AcceptUrgent: Actor.message({ payload: Letter, success: Accepted, failure: Refused, lane: "urgent" }),
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
    /** Lets a session go on that the loop guard has muted; `fromParent` as its card says. */
    Unmute: Actor.message({
      payload: Schema.Struct({
        from: SessionId,
        fromName: Schema.String,
        fromParent: Schema.NullOr(SessionId),
        by: Sender
      }),
      failure: Refused,
      lane: "control"
    }),
    Kill: Actor.message({
      payload: Schema.Struct({ reason: Schema.String, by: asker }),
      success: SessionCard,
      failure: Refused,
      lane: "urgent"
    }),
    Restore: Actor.message({
      payload: Schema.Struct({ by: asker }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    Rename: Actor.message({
      payload: Schema.Struct({ name: SessionName, by: asker }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    /** The agent goes on from this file, absolute, in a fresh context once its turn is over. */
    Handoff: Actor.message({
      payload: Schema.Struct({ by: Sender, file: Schema.String }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    /** Watches how full the context is, from these percentages on; none: no more. */
    Monitor: Actor.message({
      payload: Schema.Struct({
        by: Sender,
        gauge: Schema.NullOr(Schema.Struct({ warning: Schema.Finite, critical: Schema.Finite }))
      }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    /** The provider's limit is over, or is tried again. */
    LimitOver: Actor.message({ payload: Schema.Struct({}) }),
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Struct({
        card: SessionCard,
        pane: Schema.NullOr(PaneRef),
        actions: Schema.Array(Action),
        /** What waits to be typed, in the order in which it will be. */
        queue: Schema.Array(Letter),
        /** What is being typed, what is typed and not confirmed, and what the running turn carries. */
        way: Schema.Array(Schema.Struct({ letter: Letter, place: Schema.Literals(["typing", "flying", "carried"]) })),
        draft: Schema.NullOr(Schema.String),
        /** The running turn, or the last one, by the agent's own id. */
        turn: Schema.NullOr(Schema.String),
        /** What decided the state, and what the agent said of itself last. */
        evidence: Schema.NullOr(Evidence),
        heard: Schema.Array(Heard),
        /** The running agent's environment, as far as its adapter needs it. */
        seatEnv: Schema.Record(Schema.String, Schema.String),
        /** What `--env` gave it. */
        env: Schema.Record(Schema.String, Schema.String)
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

    /** Waits for it to be idle or gone: `by`, a session, is told then, or at `until`, Unix ms. Answers whether that is done. */
    Watch: Actor.message({
      payload: Schema.Struct({ id: MessageId, by: Sender, until: Schema.Finite }),
      success: Schema.Struct({ told: Schema.Boolean }),
      failure: NotNow,
      lane: "control"
    }),
    Unwatch: Actor.message({ payload: Schema.Struct({ by: Sender }), failure: NotNow, lane: "control" }),
    /** The timer of a wait. */
    WatchOver: Actor.message({ payload: Schema.Struct({ id: MessageId }) }),
    /** What the agent says of itself; a reminder to do so begins anew. */
    SetStatus: Actor.message({
      payload: Schema.Struct({ by: Sender, text: Schema.String }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    SetTask: Actor.message({
      payload: Schema.Struct({ by: Sender, text: Schema.String }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    /** Answers with the names of the sessions that are told; `again`: it had been said before, and nobody is told. */
    TaskComplete: Actor.message({
      payload: Schema.Struct({ by: Sender, note: Schema.NullOr(Schema.String) }),
      /** `later`: are told together with the end of the turn, which they wait for. */
      success: Schema.Struct({
        told: Schema.Array(Schema.String),
        later: Schema.Array(Schema.String),
        again: Schema.Boolean
      }),
      failure: Refused,
      lane: "control"
    }),
    /** No more reminders and digests of this turn. `ended`: the agent reports no end of a turn, so this was it. */
    TurnComplete: Actor.message({
      payload: Schema.Struct({ by: Sender }),
      success: Schema.Struct({ ended: Schema.Boolean }),
      failure: Refused,
      lane: "control"
    }),
    /** It orchestrates from now on, and its own context is watched. */
    MarkEm: Actor.message({
      payload: Schema.Struct({ by: Sender, warning: Schema.Finite, critical: Schema.Finite }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    Enrol: Actor.message({
      payload: Schema.Struct({ by: Sender, ...Enrolment.fields }),
      success: SessionCard,
      failure: Refused,
      lane: "control"
    }),
    /** From the lock manager: it has this lease. */
    Leased: Actor.message({ payload: Schema.Struct({ lease: Lease }), lane: "control" }),
    /** It waits for one, asked for at `asked`, Unix ms. */
    LeaseAwaited: Actor.message({
      payload: Schema.Struct({ epoch: Schema.Int, asked: Schema.Finite }),
      lane: "control"
    }),
    /** It has this one no more; `own`: it gave it back itself. */
    LeaseLost: Actor.message({
      payload: Schema.Struct({ ticket: Ticket, why: Schema.String, own: Schema.Boolean }),
      lane: "control"
    }),
    /** The agent's question has its answer: the hook that waits has told it, or keys are to. */
    Decided: Actor.message({ payload: Schema.Struct({ approval: Approval }), lane: "control" }),
    /** A timer of the session's own, set for `at`, Unix ms. */
    Woke: Actor.message({ payload: Schema.Struct({ timer: Schema.String, at: Schema.Finite }) }),

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
    Typed: Actor.message({ payload: Proof }),
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
    /** The transcript carries it. `over`: it started no turn. */
    Confirmed: Actor.message({
      payload: Schema.Struct({ ...Proof.fields, over: Schema.optionalKey(Schema.Boolean) })
    }),
    /** It was typed and will never be confirmed, or could not be typed: kept for a person. */
    GaveUp: Actor.message({ payload: Proof }),
    InterruptPressed: Actor.message({ payload: Schema.Struct({}) }),
    Observed: Actor.message({
      payload: Schema.Struct({
        activity: Schema.Literals(["starting", "idle", "busy", "dialog", "composing"]),
        detail: Schema.String,
        /** The turn that is over met a limit of the provider. */
        limited: Schema.optionalKey(Schema.Struct({ reason: Schema.String, resetsAt: Schema.NullOr(Schema.Finite) })),
        /** What the look goes by. */
        because: Schema.optionalKey(Schema.Struct({ source: Evidence.fields.source, by: Schema.String }))
      })
    }),
    /** Neither the agent nor its screen has told anything since this time, Unix ms. */
    Silent: Actor.message({ payload: Schema.Struct({ since: Schema.Finite }) }),
    /** A permission dialog stands of which no hook has told. */
    DialogStands: Actor.message({
      payload: Schema.Struct({
        tool: Schema.String,
        detail: Schema.String,
        kind: Schema.Literals(["permission", "question"])
      })
    }),
    /** The answer's keys were pressed in its dialog. */
    AnswerPressed: Actor.message({ payload: Schema.Struct({ id: ApprovalId }) }),
    /** It has an answer, and a dialog stands that cannot be told to be its own, or does not take the keys. */
    AnswerStuck: Actor.message({ payload: Schema.Struct({ id: ApprovalId, why: Schema.String }) }),
    /** A person's half-typed line has stood untouched while messages wait: it may be put aside for them. */
    DraftStale: Actor.message({ payload: Schema.Struct({ text: Schema.String }) }),
    /** It is put aside, and something else stands in its place. */
    DraftAway: Actor.message({ payload: Schema.Struct({}) }),
    /** It stands in the composer again, or still. */
    DraftBack: Actor.message({ payload: Schema.Struct({}) }),
    PaneLost: Actor.message({ payload: Schema.Struct({ pane: Schema.String, reason: Schema.String, death: Death }) }),
    PaneClosed: Actor.message({ payload: Schema.Struct({ pane: Schema.String }) }),
    /** What the host is configured to find worth telling a person. */
    Vigilance: Actor.message({ payload: Thresholds }),
    /** The timer of a new start after a crash. */
    Recover: Actor.message({ payload: Schema.Struct({ at: Schema.Finite }) }),
    /** Looks at what time has changed: expiry. */
    Tick: Actor.message({ payload: Schema.Struct({}) })
  }
})
