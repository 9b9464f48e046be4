/** Every verb a client may ask of the daemon: one record of schemas. CLI, and later HTTP, translate to these. */
import { Schema } from "effect"
import { GivenName } from "../domain/GivenName.ts"
import { MessageId, RoleName, SessionId } from "../domain/Ids.ts"
import { InLine, Lease } from "../domain/Lock.ts"
import { Addressee, Cause, DeliveryMode, Hop, MessageStatus, Sender } from "../domain/Message.ts"
import { SessionCard } from "../domain/Session.ts"
import { explainVerbs } from "./ExplainApi.ts"
import { Queued, Receiver, SendInput, Sent, Text, Unsent } from "./Messages.ts"
import { lockVerbs } from "./locks/LockApi.ts"
import { noticeVerbs } from "./NoticeApi.ts"
import { hookVerbs } from "./hooks/HookApi.ts"
import { approvalsOfPersons, approvalVerbs } from "./approvals/ApprovalApi.ts"
import { personVerbs } from "./PersonApi.ts"
import { timeVerbs } from "./TimeApi.ts"
import { Action, teamVerbs } from "./TeamApi.ts"
import { Recipient, verb } from "./Verb.ts"
import { worktreeVerbs } from "./worktrees/WorktreeApi.ts"

export { Refusal, Reply } from "./Refusal.ts"

/** Not a pattern of the key, which would let the others fall without a word. */
const Environment = Schema.Record(Schema.String, Schema.String).check(
  Schema.makeFilter((env) => {
    const odd = Object.keys(env).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name))
    return odd === undefined ? true : `a variable's name is letters, digits and _, not ${odd}`
  })
)

const absolute = (field: string) =>
  Schema.String.check(
    Schema.makeFilter((path: string) => path.startsWith("/") || `${field} is an absolute path, not ${path}`)
  )
const Directory = absolute("cwd")

export const SpawnInput = Schema.Struct({
  provider: Schema.NonEmptyString,
  prompt: Schema.optionalKey(Text),
  name: Schema.optionalKey(GivenName),
  /** It takes messages to `@<role>` when it is idle. */
  role: Schema.optionalKey(RoleName),
  model: Schema.optionalKey(Schema.NonEmptyString),
  effort: Schema.optionalKey(Schema.NonEmptyString),
  permissionMode: Schema.optionalKey(Schema.NonEmptyString),
  cwd: Directory,
  /** It works in a git worktree of its own, on this branch; true: on `sm/<its name>`. */
  worktree: Schema.optionalKey(Schema.Union([Schema.Literal(true), Schema.NonEmptyString])),
  env: Schema.optionalKey(Environment),
  args: Schema.optionalKey(Schema.Array(Schema.String))
})

/** By name, as they stand on the command line without the dashes; `-` and `_` are the same. */
const Parameters = Schema.Record(Schema.String, Text)

export const DispatchInput = Schema.Struct({
  to: Recipient,
  role: Schema.NonEmptyString,
  params: Parameters,
  /** Absolute: from here upwards `.sm/dispatch_templates.yaml` is looked for. */
  cwd: Directory,
  mode: Schema.optionalKey(DeliveryMode),
  /** Empty the agent's context first. Default: true. */
  clear: Schema.optionalKey(Schema.Boolean),
  /** Only say what would be sent. */
  dryRun: Schema.optionalKey(Schema.Boolean),
  /** Tell the caller when the turn has ended. Default: true. */
  notifyOnStop: Schema.optionalKey(Schema.Boolean),
  /** Made by the caller; a retry with the same id is the same message. */
  messageId: Schema.optionalKey(MessageId)
})

export const Trace = Schema.Struct({
  id: MessageId,
  from: Sender,
  to: Receiver,
  /** Who has it now: of a role whoever took it. */
  holder: Receiver,
  mode: DeliveryMode,
  /** What it answers. */
  cause: Schema.NullOr(Cause),
  text: Schema.String,
  status: MessageStatus,
  hops: Schema.Array(Hop),
  /** The agent's answer to the turn that carried it. */
  answer: Schema.NullOr(Schema.String)
})

export const DeadLetterView = Schema.Struct({
  seq: Schema.Int,
  at: Schema.Finite,
  reason: Schema.String,
  address: Schema.String,
  tag: Schema.String,
  body: Schema.String
})

export const Check = Schema.Struct({
  name: Schema.String,
  state: Schema.Literals(["ok", "warn", "fail"]),
  detail: Schema.String,
  fix: Schema.String
})

const Named = Schema.Struct({ session: Recipient })
const None = Schema.Struct({})

export const verbs = {
  spawn: verb("Start an agent in a pane of its own.", SpawnInput, SessionCard),
  send: verb("Accept a message for each recipient.", SendInput, Schema.Array(Schema.Union([Sent, Unsent]))),
  queue: verb(
    "The messages that wait for a session, in their order, and those on their way.",
    Named,
    Schema.Struct({ session: Addressee, name: Schema.String, state: Schema.String, messages: Schema.Array(Queued) })
  ),
  unsend: verb(
    "Take back a message that is not typed yet.",
    Schema.Struct({ messageId: MessageId }),
    Schema.Struct({ messageId: MessageId, to: Receiver, state: MessageStatus })
  ),
  dispatch: verb(
    "Give an agent a job: a role's template with its variables filled in, in an empty context.",
    DispatchInput,
    Schema.Struct({
      text: Schema.String,
      /** The file of the template. */
      source: Schema.String,
      messageId: Schema.NullOr(MessageId),
      to: Schema.NullOr(Receiver),
      state: Schema.NullOr(MessageStatus),
      /** The target's phase when it was accepted. */
      target: Schema.NullOr(Schema.String)
    })
  ),
  roles: verb(
    "The roles that can be dispatched from a directory.",
    Schema.Struct({ cwd: Directory }),
    Schema.Array(
      Schema.Struct({
        role: Schema.String,
        required: Schema.Array(Schema.String),
        optional: Schema.Array(Schema.String),
        source: Schema.String
      })
    )
  ),
  wait: verb(
    "Wait until a message is submitted, answered or past hope.",
    Schema.Struct({
      messageId: MessageId,
      until: Schema.Literals(["submitted", "answered"]),
      timeoutMs: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 3_600_000 }))
    }),
    Schema.Struct({
      ...Trace.fields,
      /** Nothing better will come: its end, or typed into an agent of a kind that confirms nothing. */
      final: Schema.Boolean
    })
  ),
  trace: verb("Every hop of one message.", Schema.Struct({ messageId: MessageId }), Trace),
  list: verb(
    "Sessions; `all` includes the ended.",
    Schema.Struct({ all: Schema.optionalKey(Schema.Boolean) }),
    Schema.Array(SessionCard)
  ),
  ...explainVerbs,
  ...teamVerbs,
  kinds: verb("Agent kinds that can be spawned.", None, Schema.Array(Schema.String)),
  me: verb("The caller's own session.", None, SessionCard),
  status: verb(
    "The caller, and the others in its repository.",
    Schema.Struct({ cwd: Schema.optionalKey(Schema.String) }),
    Schema.Struct({
      me: Schema.NullOr(SessionCard),
      others: Schema.Array(SessionCard),
      total: Schema.Int,
      /** In the caller's repository, all its worktrees. */
      leases: Schema.Array(Lease),
      waiting: Schema.Array(InLine)
    })
  ),
  output: verb(
    "The last lines of a pane.",
    Schema.Struct({
      session: Recipient,
      lines: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3000 })))
    }),
    Schema.Struct({ session: SessionId, text: Schema.String })
  ),
  tail: verb(
    "The last tool actions of a session, oldest first.",
    Schema.Struct({
      session: Recipient,
      count: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 })))
    }),
    Schema.Struct({ session: SessionId, name: Schema.String, actions: Schema.Array(Action) })
  ),
  what: verb(
    "What a session is doing, as a small model sums it up.",
    Schema.Struct({
      session: Recipient,
      /** Of the pane; default 100. */
      lines: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3000 })))
    }),
    Schema.Struct({
      session: SessionId,
      name: Schema.String,
      text: Schema.String,
      /** Nothing has happened since it was asked last. */
      cached: Schema.Boolean
    })
  ),
  attach: verb(
    "How to look inside.",
    Named,
    Schema.Struct({ session: SessionCard, command: Schema.Array(Schema.String) })
  ),
  kill: verb("End an agent; its record and history stay.", Named, SessionCard),
  restore: verb("Start an ended session again where it left off.", Named, SessionCard),
  clear: verb(
    "Drop an agent's context; optionally give it a new prompt.",
    Schema.Struct({ session: Recipient, prompt: Schema.optionalKey(Text) }),
    SessionCard
  ),
  handoff: verb(
    "Go on in a fresh context from a file, once the turn is over: the caller, itself.",
    Schema.Struct({ file: absolute("file") }),
    SessionCard
  ),
  monitor: verb(
    "Watch how full a session's context is (default: the caller's), or not any more.",
    Schema.Struct({ session: Schema.optionalKey(Recipient), on: Schema.Boolean }),
    SessionCard
  ),
  monitored: verb(
    "Whose context is watched; or how it is with one session.",
    Schema.Struct({ session: Schema.optionalKey(Recipient) }),
    Schema.Array(SessionCard)
  ),
  name: verb(
    "Rename a session (default: the caller).",
    Schema.Struct({ session: Schema.optionalKey(Recipient), name: GivenName }),
    SessionCard
  ),
  ...timeVerbs,
  ...personVerbs,
  ...lockVerbs,
  ...noticeVerbs,
  ...worktreeVerbs,
  ...approvalVerbs,
  deadLetters: verb("Mail nobody could handle, newest last.", None, Schema.Array(DeadLetterView)),
  replayDeadLetter: verb("Post a dead letter again.", Schema.Struct({ seq: Schema.Int }), DeadLetterView),
  dropDeadLetter: verb("Forget a dead letter.", Schema.Struct({ seq: Schema.Int }), DeadLetterView),
  ...hookVerbs,
  health: verb(
    "Is everything well?",
    None,
    Schema.Struct({
      version: Schema.String,
      pid: Schema.Int,
      host: Schema.String,
      startedAt: Schema.Finite,
      sessions: Schema.Int,
      rss: Schema.Int,
      checks: Schema.Array(Check)
    })
  ),
  shutdown: verb("Stop the daemon; agents stay in their panes.", None, Schema.Struct({ pid: Schema.Int }))
} as const
export type Verb = keyof typeof verbs
export type Input<V extends Verb> = (typeof verbs)[V]["input"]["Type"]
export type Output<V extends Verb> = (typeof verbs)[V]["output"]["Type"]

/** Verbs that an agent may not use: they act on the system, not on the swarm, or for the person. */
export const humanOnly: ReadonlySet<Verb> = new Set([
  "shutdown",
  "replayDeadLetter",
  "dropDeadLetter",
  "inbox",
  "markRead",
  "dismissNotices",
  ...approvalsOfPersons
])
