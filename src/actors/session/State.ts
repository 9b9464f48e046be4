/** What a session actor knows: committed with every change, and read again by whoever runs it next. */
import { Schema } from "effect"
import { Evidence } from "../../domain/Evidence.ts"
import { Approval, ApprovalId } from "../../domain/Approval.ts"
import { MessageId } from "../../domain/Ids.ts"
import { Letter, Order } from "../../domain/Letter.ts"
import { MessageStatus, Sender } from "../../domain/Message.ts"
import { Spec } from "../../domain/Spec.ts"
import { HeldLease } from "../../domain/Lock.ts"
import { Recovery, Vigil } from "./Vigilance.ts"
import { Completion, Context, Limit, SessionPhase, StatusText } from "../../domain/Session.ts"

export { Death, Thresholds } from "./Vigilance.ts"

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

/** Whose words may reach the agent while it works. */
export const Sides = Schema.Literals(["nobody", "agents", "anyone"])
export type Sides = typeof Sides.Type

export const PaneRef = Schema.Struct({ id: Schema.String, server: Schema.String, pid: Schema.Int })
export type PaneRef = typeof PaneRef.Type

/** A word of the agent about itself: by which signal, and when, Unix ms. */
export const Heard = Schema.Struct({ what: Schema.String, at: Schema.Finite })

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
  /** Ways into the running agent besides its idle composer. */
  sides: Sides,
  /** Wanted: the agent running. `resume`: where it left off. */
  launching: Schema.NullOr(Schema.Struct({ at: Schema.Finite, resume: Schema.Boolean, activation: Schema.String })),
  /** The agent's own id of the running turn. */
  turn: Schema.NullOr(Schema.String),
  /** What the agent said before this, Unix ms, is not about the running turn nor about what was typed last. */
  turnAt: Schema.NullOr(Schema.Finite),
  /** The agent itself said that its turn was over then, Unix ms: what it said before is of no turn that runs. */
  overAt: Schema.NullOr(Schema.Finite),
  /** Turns that are over and what they carried, newest last: their own word of the end may come long after. */
  ended: Schema.Array(Schema.Struct({ turn: Schema.String, carried: Schema.Array(MessageId) })),
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
  /** What the agent said of itself last, newest last. */
  heard: Schema.Array(Heard),
  /** What decided the phase. */
  evidence: Schema.NullOr(Evidence),

  /** Grows with each clear. What was said of an earlier context is void. */
  epoch: Schema.Int,
  /** The agent's own ids of cleared conversations, and when, newest last: their late hooks mean nothing. */
  voided: Schema.Array(Schema.Struct({ id: Schema.String, at: Schema.Finite })),
  role: Schema.NullOr(Schema.String),
  em: Schema.Boolean,
  task: Schema.NullOr(Schema.String),
  status: Schema.NullOr(StatusText),
  watchers: Schema.Array(Watcher),
  /** The task under way, who gave it and when; the reminders' cycle began at `cycle` and has had so many `nudges`. */
  assignment: Schema.NullOr(
    Schema.Struct({
      ...Order.fields,
      letter: MessageId,
      by: Sender,
      since: Schema.Finite,
      cycle: Schema.Finite,
      nudges: Schema.Int
    })
  ),
  /** The last task that was said to be complete: `of` names it, so that it is told once; `owed`: whom when its turn ends. */
  completed: Schema.NullOr(
    Schema.Struct({ of: Schema.String, owed: Schema.Array(Schema.String), ...Completion.fields })
  ),
  /** Who is woken with digests while this session works, how often, ms, and whether only for the task under way. */
  enrolled: Schema.NullOr(
    Schema.Struct({
      by: Sender,
      every: Schema.Finite,
      task: Schema.Boolean,
      /** While it works: since when, when the next digest is due (none: no more of this turn), what the last one saw. */
      work: Schema.NullOr(
        Schema.Struct({ since: Schema.Finite, due: Schema.NullOr(Schema.Finite), seen: Schema.NullOr(Schema.String) })
      )
    })
  ),
  /** Context monitoring: off, or on with its thresholds, percent, and how far this cycle's warnings have gone. */
  gauge: Schema.NullOr(
    Schema.Struct({
      warning: Schema.Finite,
      critical: Schema.Finite,
      /** Who had it switched on, if not the session itself: told as well. */
      notify: Schema.NullOr(Sender),
      warned: Schema.Literals(["none", "warning", "critical"])
    })
  ),
  /** Per sending session: the chain that its messages belong to, how many of it came, and whether it is muted. */
  edges: Schema.Record(
    Schema.String,
    Schema.Struct({ name: Schema.String, root: MessageId, count: Schema.Int, muted: Schema.Boolean })
  ),
  /** `turn`: the one that met the limit. */
  limited: Schema.NullOr(Schema.Struct({ ...Limit.fields, turn: Schema.String })),
  /** Limits met since a turn ended well. */
  limits: Schema.Int,
  /**
   * A person's half-typed words that make way for messages. `away`: they are put aside, and brought back after. `sent`: how
   * many prompts were typed meanwhile.
   */
  draft: Schema.NullOr(
    Schema.Struct({ text: Schema.String, at: Schema.Finite, away: Schema.Boolean, sent: Schema.Int })
  ),
  /** When the agent said what was taken last, Unix ms. */
  heardAt: Schema.Finite,
  /** Its leases on workspaces: of its turn, and of this epoch. */
  leasing: Schema.Struct({
    held: Schema.Array(Schema.Struct({ ...HeldLease.fields, ttl: Schema.Finite, asked: Schema.Finite })),
    /** When it asked for one that it waits for, Unix ms. */
    awaits: Schema.NullOr(Schema.Finite),
    /** When it asks for one more term, Unix ms. */
    renewal: Schema.NullOr(Schema.Finite),
    /** When its last turn was over, Unix ms: what was asked for before that is void. */
    over: Schema.Finite
  }),
  /**
   * Permissions that the agent waits for, or whose answer may not have reached it yet (`outcome`). `pressed`: by keys, which
   * carry no words.
   */
  asking: Schema.Array(Schema.Struct({ ...Approval.fields, pressed: Schema.Boolean })),
  /** Ids of approvals known here, newest last: a late word of one that is over means nothing. */
  asked: Schema.Array(ApprovalId),
  /** A file from which the agent goes on in a fresh context once its turn is over. */
  handoff: Schema.NullOr(Schema.Struct({ file: Schema.String })),
  vigil: Vigil,
  recovery: Recovery
})
export type State = typeof State.Type
