/** The settings a session's Claude Code gets beside the user's own, which stay as they are. Only one `--settings` counts. */
import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { Effect, Schema } from "effect"
import { AgentError, type Gate, type LaunchRequest } from "../../agents/Agent.ts"
import { SHELLS, WRITERS } from "../../domain/Writing.ts"
import { gateCommand, hookCommand } from "../sdk/launching.ts"
import { restrictions } from "./skipped.ts"
import { statusLine } from "./statusLine.ts"

/** The events asked for at spawn. */
const EVENTS = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "Stop",
  "StopFailure",
  "PreCompact",
  "PostCompact",
  "SessionEnd"
]

const Given = Schema.fromJsonString(
  Schema.StructWithRest(
    Schema.Struct({
      hooks: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.Json))),
      permissions: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
    }),
    [Schema.Record(Schema.String, Schema.Json)]
  )
)
const decodeGiven = Schema.decodeEffect(Given)

/** Takes `--settings` out of the arguments. */
const split = (args: ReadonlyArray<string>): { readonly rest: ReadonlyArray<string>; readonly given: string } => {
  const at = args.findIndex((arg) => arg === "--settings" || arg.startsWith("--settings="))
  if (at < 0) return { rest: args, given: "{}" }
  const [arg = "", value = ""] = args.slice(at, at + 2)
  const joined = arg.includes("=")
  return {
    given: joined ? arg.slice("--settings=".length) : value,
    rest: [...args.slice(0, at), ...args.slice(at + (joined ? 1 : 2))]
  }
}

const listOf = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> => (Array.isArray(value) ? value : [])

/** Says yes for the spawn to a mode that it chose: the warning's default is to leave. */
const dangerous = (mode: string | undefined, args: ReadonlyArray<string>): boolean =>
  mode === "bypassPermissions" || args.includes("--dangerously-skip-permissions")

/** One hook for what may write, which waits for the lock, and one for all else. Matchers are regular expressions. */
const gatedHooks = ({ sm }: LaunchRequest, gate: Gate): ReadonlyArray<Schema.Json> => {
  const tools = [...WRITERS, ...(gate.bash ? SHELLS : [])].join("|")
  const failure = gate.closed ? { onFailure: "block" } : {}
  const { http } = gate
  const asks =
    http === null
      ? { ...gateCommand(sm, "claude", gate) }
      : {
          type: "http",
          url: `${http.url}/claude/PreToolUse`,
          headers: { authorization: `Bearer $${http.secret}` },
          allowedEnvVars: [http.secret],
          timeout: gate.timeout
        }
  return [
    { matcher: `^(${tools})$`, hooks: [{ ...asks, ...failure }] },
    { matcher: `^(?!(${tools})$)`, hooks: [{ ...hookCommand(sm, "claude", "PreToolUse") }] }
  ]
}

/** What a spawn's own arguments set, under ours: hooks of both run, and the renderer is one whose screen can be read. */
export const settings = Effect.fnUntraced(function* (
  request: LaunchRequest,
  args: ReadonlyArray<string>,
  mode: string | undefined,
  env: Readonly<Record<string, string>>
) {
  const { given, rest } = split(args)
  const text = given.trimStart().startsWith("{")
    ? given
    : yield* Effect.promise(() => readFile(resolve(request.cwd, given), "utf8").catch(() => ""))
  const theirs = yield* Effect.mapError(
    decodeGiven(text),
    () =>
      new AgentError({
        provider: "claude",
        problem: `--settings ${given.slice(0, 80)} is neither JSON nor a file of it`,
        fix: "correct it: Claude Code would stop with a question"
      })
  )
  const hooks = { ...theirs.hooks }
  for (const event of EVENTS) {
    const ours = { matcher: "", hooks: [{ ...hookCommand(request.sm, "claude", event) }] }
    const gated = event === "PreToolUse" && request.gate !== undefined
    hooks[event] = [...(hooks[event] ?? []), ...(gated ? gatedHooks(request, request.gate) : [ours])]
  }
  const denied = yield* restrictions(request.cwd, env)
  const all = {
    // A session that skips permissions would ask a person about every message that comes through its door.
    crossSessionInbound: "accept",
    ...theirs,
    ...(dangerous(mode, rest) ? { skipDangerousModePermissionPrompt: true } : {}),
    ...(denied.deny.length + denied.ask.length === 0
      ? {}
      : {
          permissions: {
            ...theirs.permissions,
            deny: [...listOf(theirs.permissions?.["deny"]), ...denied.deny],
            ask: [...listOf(theirs.permissions?.["ask"]), ...denied.ask]
          }
        }),
    tui: "default",
    statusLine: yield* statusLine(request, env, text),
    hooks
  }
  return { rest, text: JSON.stringify(all, null, 2) }
})
