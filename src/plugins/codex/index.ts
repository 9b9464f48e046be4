/** Codex as an agent kind. */
import { Effect, Option, Schema } from "effect"
import { defineAgent, type LaunchRequest } from "../../agents/Agent.ts"
import { Roster } from "../../agents/Roster.ts"
import type { Stroke } from "../../terminal/Terminal.ts"
import { onceFor } from "../sdk/agentVersion.ts"
import { definePlugin } from "../sdk/definePlugin.ts"
import { answerHook, readAsk, readConversation, readHook } from "../sdk/hooks.ts"
import { gateCommand, hookCommand, onPath } from "../sdk/launching.ts"
import { emptyComposer } from "../sdk/screen.ts"
import { readWrites } from "../sdk/writes.ts"
import { dialog } from "./dialog.ts"
import { measure, observe, submitted, version } from "./rollout.ts"
import { permissionFlags } from "./sandbox.ts"
import { farewell, makeRulebook } from "./screen.ts"
import { summarise } from "./summarise.ts"

const Config = Schema.Struct({
  /** The program; default `codex`. */
  binary: Schema.optionalKey(Schema.NonEmptyString),
  /** Used when a spawn names none. */
  model: Schema.optionalKey(Schema.NonEmptyString),
  /** Sums sessions up for `sm what`; default: the one Codex is configured with. */
  summaryModel: Schema.optionalKey(Schema.NonEmptyString),
  args: Schema.optionalKey(Schema.Array(Schema.String)),
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

const EVENTS = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PostToolUse",
  "PermissionRequest",
  "Stop",
  "Interrupt",
  "PreCompact",
  "PostCompact",
  "SessionEnd"
]
const ARGV = 100_000

const submit = (text: string): ReadonlyArray<Stroke> => [
  { _tag: "Paste", text },
  { _tag: "Press", keys: ["Enter"] }
]

/** A value of Codex's `-c name=value`: TOML, whose basic strings are JSON strings. */
const hookFlags = (request: LaunchRequest): ReadonlyArray<string> =>
  EVENTS.flatMap((event) => {
    const { gate, sm } = request
    const { command, timeout, type } =
      gate !== undefined && event === "PreToolUse" ? gateCommand(sm, "codex", gate) : hookCommand(sm, "codex", event)
    return [
      "-c",
      `hooks.${event}=[{hooks=[{type=${JSON.stringify(type)},command=${JSON.stringify(command)},timeout=${timeout}}]}]`
    ]
  })

export const adapter = (config: typeof Config.Type) =>
  defineAgent({
    kind: "codex",
    capabilities: { confirms: true, turns: true, clears: true },
    remembers: ["HOME", "CODEX_HOME"],
    launch: Effect.fn("codex.launch")(function* (request) {
      const env = { ...config.env, ...request.env }
      const fix = "npm install -g @openai/codex, or name the binary in plugins.config.ts: codex({ binary })"
      const binary = yield* onPath("codex", config.binary ?? "codex", env, fix)
      const prompt = Option.getOrUndefined(request.prompt)
      const fits = prompt !== undefined && Buffer.byteLength(prompt) <= ARGV
      const model = Option.getOrUndefined(request.model) ?? config.model
      const effort = Option.getOrUndefined(request.effort)
      const permissions = yield* permissionFlags(Option.getOrUndefined(request.permissionMode), env)
      return {
        command: [
          binary,
          // The shared daemon would give tools and hooks its own environment instead of this session's.
          "--no-daemon",
          // The hooks are ours, given on this very command line; otherwise a review screen blocks.
          "--dangerously-bypass-hook-trust",
          ...hookFlags(request),
          // `sm send` from the agent's shell speaks to the broker on loopback, which the sandbox cuts off by default.
          "-c",
          "sandbox_workspace_write.network_access=true",
          // A login shell would read profiles that set PATH anew, and with that lose the session's own `sm`.
          "-c",
          "allow_login_shell=false",
          "-C",
          request.cwd,
          ...(model === undefined ? [] : ["-m", model]),
          ...(effort === undefined ? [] : ["-c", `model_reasoning_effort=${JSON.stringify(effort)}`]),
          ...permissions,
          ...(config.args ?? []),
          ...request.args,
          ...(Option.isSome(request.resume) ? ["resume", request.resume.value] : []),
          ...(fits ? ["--", prompt] : [])
        ] as const,
        env,
        files: {},
        agentSessionId: request.resume,
        promptOnArgv: fits
      }
    }),
    submit,
    enter: [{ _tag: "Press", keys: ["Enter"] }],
    discard: emptyComposer,
    // Out of the composer, into the history of prompts; on an empty composer this key would quit.
    draft: {
      stash: [{ _tag: "Press", keys: ["C-c"] }],
      restore: (_text, sent = 1) => [{ _tag: "Press", keys: Array.from({ length: sent + 1 }, () => "Up" as const) }],
      undo: [{ _tag: "Press", keys: ["Up"] }]
    },
    interrupt: [{ _tag: "Press", keys: ["Escape"] }],
    clear: "/clear",
    ...makeRulebook(),
    hook: readHook,
    writes: readWrites,
    conversation: readConversation,
    answer: answerHook,
    // "Running hook" as long as it runs, and then the dialog.
    asking: { read: readAsk, dialog: "after" },
    dialog,
    measure,
    observe,
    version: onceFor(version),
    submitted,
    steering: {
      type: submit,
      // Interrupts, and sends what waits. A command that runs goes on as a background terminal.
      hasten: [{ _tag: "Press", keys: ["Escape"] }]
    },
    summarise: summarise(config),
    farewell
  })

export const codex = definePlugin({
  name: "codex",
  config: Config,
  capabilities: ["agents"],
  setup: (config) => Effect.flatMap(Roster, (roster) => roster.register(adapter(config)))
})
