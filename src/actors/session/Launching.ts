/** Starts a session's agent in a pane, or finds the pane that a cut-short start has already made. */
import { Effect, Option } from "effect"
import { type AgentAdapter, AgentError, type Gate, type LaunchRequest } from "../../agents/Agent.ts"
import { HOOK_SECRET, Quarters } from "../../agents/Quarters.ts"
import { Roster } from "../../agents/Roster.ts"
import { Terminal } from "../../terminal/Terminal.ts"
import { hookTimeout, LockRules, whenDownOf } from "../../domain/LockPolicy.ts"
import type { Self } from "../Behavior.ts"
import type { Session } from "./Session.ts"
import type { State } from "./State.ts"
import { wordingOf } from "./Wording.ts"

/** The first letter in line, when it may go on the command line: nothing was tried with it yet. */
const firstPrompt = Effect.fnUntraced(function* (state: State) {
  const letter = state.queue[0]
  if (letter === undefined || letter.kind !== "message" || letter.tries > 0 || state.launching?.resume === true)
    return undefined
  const text = yield* wordingOf(letter)
  return Option.isNone(text) ? undefined : { id: letter.id, text: text.value }
})

/** How the agent's writes are locked, if they are. */
const gateOf = Effect.gen(function* () {
  const policy = yield* LockRules
  const { door } = yield* Quarters
  const closed = whenDownOf(policy, "session") === "fail-closed"
  const http = door === undefined ? null : { url: door, secret: HOOK_SECRET }
  const gate: Gate = { timeout: hookTimeout(policy), bash: policy.bash, closed, http }
  return policy.auto ? { gate } : {}
})

const attempt = Effect.fnUntraced(function* (state: State, adapter: AgentAdapter | undefined) {
  const terminal = yield* Terminal
  const quarters = yield* Quarters
  const { spec } = state
  if (spec === null) return yield* Effect.die(new Error("a session without a spec cannot be launched"))
  if (adapter === undefined) {
    const kinds = yield* Effect.flatMap(Roster, (roster) => roster.kinds)
    return yield* new AgentError({
      provider: spec.provider,
      problem: `there is no agent kind ${spec.provider}; known: ${kinds.join(", ")}`,
      fix: "add its plugin to plugins.config.ts"
    })
  }
  const resume = state.launching?.resume === true
  const prompt = yield* firstPrompt(state)
  const quarter = yield* quarters.prepare({
    id: state.id,
    name: state.name,
    provider: spec.provider,
    parentId: spec.parentId,
    env: spec.env
  })
  const request: LaunchRequest = {
    sessionId: state.id,
    name: state.name,
    prompt: Option.fromUndefinedOr(prompt?.text),
    resume: resume ? Option.fromNullOr(state.agentSessionId) : Option.none(),
    cwd: spec.workingDir,
    model: Option.fromNullOr(spec.model),
    effort: Option.fromNullOr(spec.effort),
    permissionMode: Option.fromNullOr(spec.permissionMode),
    args: spec.args,
    env: quarter.env,
    dir: quarter.dir,
    sm: quarters.sm,
    ...(yield* gateOf)
  }
  const plan = yield* adapter.launch(request)
  const existing = (yield* terminal.list).filter((pane) => pane.sessionId === state.id)
  for (const dead of existing.filter((pane) => pane.dead)) yield* terminal.close(dead.pane)
  const running = existing.find((pane) => !pane.dead)
  const bare = running === undefined ? false : (yield* terminal.screen(running.pane)).bare === true && resume
  if (running !== undefined && bare) yield* terminal.close(running.pane)
  const alive = bare ? undefined : running
  // A start that was cut short between opening the pane and committing it: the same plan, already carried out.
  const pane =
    alive ??
    (yield* Effect.andThen(
      quarters.furnish(quarter.dir, plan.files),
      terminal.open({
        sessionId: state.id,
        title: state.name,
        cwd: spec.workingDir,
        command: plan.command,
        env: plan.env
      })
    ))
  const seatEnv = Object.fromEntries(
    adapter.remembers.flatMap((name) => (plan.env[name] === undefined ? [] : [[name, plan.env[name]]]))
  )
  return {
    pane: { id: pane.pane, server: yield* terminal.server, pid: pane.pid },
    agentSessionId: alive === undefined ? Option.getOrNull(plan.agentSessionId) : null,
    seatEnv,
    carried: prompt !== undefined && plan.promptOnArgv ? prompt.id : null
  }
})

/** Reports Launched or LaunchFailed. */
export const launch = (state: State, adapter: AgentAdapter | undefined, self: Self<typeof Session>) =>
  attempt(state, adapter).pipe(
    Effect.map((launched) => self.report("Launched", launched)),
    Effect.catchTags({
      AgentError: (error) =>
        Effect.sync(() => self.report("LaunchFailed", { reason: `${error.problem}; ${error.fix}` })),
      TerminalError: (error) => Effect.sync(() => self.report("LaunchFailed", { reason: error.message }))
    })
  )
