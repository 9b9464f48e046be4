/** Serves the verbs: decodes, asks whoever knows, answers in one envelope. It owns no logic of its own. */
import { Cause, Effect, Exit, Layer, Option, Schema } from "effect"
import type { ActorSystem } from "../actors/ActorSystem.ts"
import type { Quarters } from "../agents/Quarters.ts"
import type { Roster } from "../agents/Roster.ts"
import { Broker, type BrokerError } from "../broker/Broker.ts"
import type { Directory } from "../broker/Directory.ts"
import type { HostId } from "../domain/Ids.ts"
import type { Git } from "../git/Git.ts"
import type { Terminal } from "../terminal/Terminal.ts"
import { humanOnly, type Input, type Output, Refusal, Reply, type Verb, verbs } from "./Api.ts"
import * as Approvals from "./approvals/ApprovalVerbs.ts"
import { awaitAnswer } from "./approvals/Asking.ts"
import { type Caller, identify, own } from "./Caller.ts"
import * as Dispatch from "./DispatchVerbs.ts"
import * as Explain from "./ExplainVerbs.ts"
import type { Places } from "./dispatch/TemplateFile.ts"
import * as Desk from "./DeskVerbs.ts"
import type { Feed } from "./Feed.ts"
import * as Line from "./LineVerbs.ts"
import * as Lock from "./locks/LockVerbs.ts"
import * as Loops from "./LoopVerbs.ts"
import * as Members from "./Members.ts"
import * as Message from "./MessageVerbs.ts"
import { commandOf, misread } from "./Misread.ts"
import * as Notice from "./NoticeVerbs.ts"
import { type Failure, refusalOf } from "./Refusing.ts"
import * as Sessions from "./SessionVerbs.ts"
import type { Repository } from "./Repository.ts"
import { makeSummaries, type Options as Summaries } from "./SummaryVerbs.ts"
import * as Signals from "./hooks/SignalVerbs.ts"
import * as System from "./SystemVerbs.ts"
import * as Time from "./TimeVerbs.ts"
import * as Team from "./TeamVerbs.ts"
import * as View from "./ViewVerbs.ts"
import * as TreeSpawn from "./worktrees/WorktreeSpawn.ts"
import * as Trees from "./worktrees/WorktreeVerbs.ts"

type Needs = Broker | Directory | Git | Repository | Roster | Quarters | Feed | Terminal | ActorSystem
type Handlers = { readonly [V in Verb]: (input: Input<V>, caller: Caller) => Effect.Effect<Output<V>, Failure, Needs> }

export interface Options extends System.About {
  readonly hostId: HostId
  /** Where dispatch templates are, besides the project's. */
  readonly templates: Places
  /** How `sm what` is answered. */
  readonly what: Summaries
  /** Asks the daemon to stop. */
  readonly shutdown: Effect.Effect<void>
}

const handlersOf = (options: Options): Handlers => ({
  spawn: (input, caller) => TreeSpawn.spawn(input, caller, options.hostId),
  worktrees: (input) => Trees.list(input, options.hostId),
  removeWorktree: (input, caller) => Trees.remove(input, caller, options.hostId),
  restoreWorktree: (input, caller) => Trees.restore(input, caller, options.hostId),
  send: Message.send,
  dispatch: (input, caller) => Dispatch.dispatch(input, caller, options.templates),
  roles: ({ cwd }) => Dispatch.roles(cwd, options.templates),
  queue: Line.queue,
  unsend: Line.unsend,
  wait: Message.wait,
  trace: ({ messageId }) => Message.trace(messageId),
  inbox: Desk.inbox,
  markRead: Desk.markRead,
  notices: (input) => Notice.notices(input, options.hostId),
  dismissNotices: (input) => Notice.dismissNotices(input, options.hostId),
  unmute: Loops.unmute,
  approvals: Approvals.approvals,
  approve: Approvals.approve,
  deny: Approvals.deny,
  approvalRules: () => Approvals.approvalRules(options.hostId),
  makeApprovalRule: (input, caller) => Approvals.makeApprovalRule(input, caller, options.hostId),
  forgetApprovalRule: Approvals.forgetApprovalRule,
  awaitAnswer,
  list: View.list,
  children: View.children,
  others: Members.others,
  em: Team.em,
  setStatus: Team.setStatus,
  setTask: Team.setTask,
  taskComplete: Team.taskComplete,
  turnComplete: Team.turnComplete,
  kinds: () => View.kinds,
  me: (_, caller) => own(caller),
  status: (input, caller) => View.status(input, caller, options.hostId),
  lock: (input, caller) => Lock.lock(input, caller, options.hostId),
  giveUpLock: Lock.giveUpLock,
  unlock: (input, caller) => Lock.unlock(input, caller, options.hostId),
  locks: ({ cwd }) => Lock.locks(cwd, options.hostId),
  output: View.output,
  explain: (input, caller) => Explain.explain(input, caller, options.hostId),
  tail: View.tail,
  what: makeSummaries(options.what),
  attach: View.attach,
  kill: Sessions.kill,
  restore: (input, caller) => TreeSpawn.restoreSession(input, caller, options.hostId),
  clear: Sessions.clear,
  handoff: Sessions.handoff,
  monitor: Sessions.monitor,
  monitored: View.monitored,
  name: Sessions.name,
  remind: Time.remind,
  reminders: Time.reminders,
  cancelReminder: Time.cancelReminder,
  watch: Time.watch,
  unwatch: Time.unwatch,
  awaitIdle: Time.awaitIdle,
  deadLetters: () => System.deadLetters,
  replayDeadLetter: System.replayDeadLetter,
  dropDeadLetter: System.dropDeadLetter,
  signal: Signals.signal,
  autoLock: (input, caller) => Signals.autoLock(input, caller, options.hostId),
  health: () => System.health(options, Trees.health(options.hostId)),
  shutdown: () => Effect.as(options.shutdown, { pid: process.pid })
})

type Codecs = {
  readonly decode: (json: string) => Effect.Effect<unknown, Schema.SchemaError>
  readonly encode: (value: unknown) => Effect.Effect<Schema.Json, Schema.SchemaError>
}

const codecs: ReadonlyMap<string, Codecs> = new Map(
  Object.entries(verbs).map(([name, { input, output }]) => {
    // Every schema of the table is free of services.
    const plain = input as unknown as Schema.Codec<unknown, unknown>
    const json = Schema.toCodecJson(output as unknown as Schema.Codec<unknown, unknown>)
    return [
      name,
      {
        decode: Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(plain))),
        encode: Schema.encodeUnknownEffect(json)
      }
    ]
  })
)

const encodeReply = Schema.encodeSync(Schema.fromJsonString(Reply))

const answer = (options: Options, handlers: Handlers, verb: string, callerName: string, body: string) =>
  Effect.gen(function* () {
    const codec = codecs.get(verb)
    if (codec === undefined) {
      return yield* new Refusal({
        code: "invalid",
        message: `the daemon (sm ${options.version}) knows no verb ${verb}`,
        hint: "update the older of the two: sm down, then sm up"
      })
    }
    const caller = yield* identify(callerName)
    if (caller.card !== undefined && humanOnly.has(verb as Verb)) {
      return yield* new Refusal({
        code: "not-allowed",
        message: `sm ${commandOf(verb)} is for a person: an agent may not use it`,
        hint: "ask the person at the keyboard"
      })
    }
    const input = yield* Effect.mapError(codec.decode(body), (error) => misread(verb, error))
    const handler = handlers[verb as Verb] as (input: unknown, caller: Caller) => Effect.Effect<unknown, Failure, Needs>
    const output = yield* Effect.mapError(handler(input, caller), refusalOf)
    return yield* Effect.orDie(codec.encode(output))
  })

export const layer = (options: Options): Layer.Layer<never, BrokerError, Needs> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const broker = yield* Broker
      const context = yield* Effect.context<Needs>()
      const handlers = handlersOf(options)
      yield* broker.serve(({ body, caller, respond, verb }) =>
        Effect.gen(function* () {
          const exit = yield* Effect.exit(answer(options, handlers, verb, caller, body))
          if (Exit.isSuccess(exit)) return yield* respond(encodeReply({ ok: true, data: exit.value }))
          const refused = Cause.findErrorOption(exit.cause)
          if (Option.isNone(refused)) yield* Effect.logError(`${verb} of ${caller} died`, exit.cause)
          const { code, hint, message } = Option.getOrElse(
            refused,
            () =>
              new Refusal({
                code: "internal",
                message: `${verb} failed inside the daemon: ${String(Cause.squash(exit.cause))}`,
                hint: "the daemon's log has the whole story"
              })
          )
          yield* respond(encodeReply({ ok: false, error: { code, message, hint } }))
        }).pipe(Effect.provide(context))
      )
    })
  )
