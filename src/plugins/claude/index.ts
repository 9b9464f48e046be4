/** Claude Code as an agent kind. */
import { randomUUID } from "node:crypto"
import { Effect, Option, Schema } from "effect"
import { defineAgent } from "../../agents/Agent.ts"
import { Roster } from "../../agents/Roster.ts"
import { onceFor } from "../sdk/agentVersion.ts"
import { definePlugin } from "../sdk/definePlugin.ts"
import { emptyComposer } from "../sdk/screen.ts"
import { onPath } from "../sdk/launching.ts"
import { answerHook, readAsk, readConversation, readHook } from "../sdk/hooks.ts"
import { readWrites } from "../sdk/writes.ts"
import { dialog } from "./dialog.ts"
import { door } from "./door.ts"
import { limited } from "./limits.ts"
import { farewell, makeRulebook } from "./screen.ts"
import { EVENT, measured } from "./statusLine.ts"
import { settings } from "./settings.ts"
import { summarise } from "./summarise.ts"
import { submit } from "./submit.ts"
import { observe, submitted, transcriptOf, version } from "./transcript.ts"

const Config = Schema.Struct({
  /** The program; default `claude`. */
  binary: Schema.optionalKey(Schema.NonEmptyString),
  /** Used when a spawn names none. */
  model: Schema.optionalKey(Schema.NonEmptyString),
  permissionMode: Schema.optionalKey(Schema.NonEmptyString),
  /** Sums sessions up for `sm what`; default `haiku`. */
  summaryModel: Schema.optionalKey(Schema.NonEmptyString),
  args: Schema.optionalKey(Schema.Array(Schema.String)),
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

/** Bytes of a prompt that still fit on a command line (Linux: 128 KiB for one argument). */
const ARGV = 100_000

export const adapter = (config: typeof Config.Type) =>
  defineAgent({
    kind: "claude",
    capabilities: { confirms: true, turns: true, clears: true },
    remembers: ["HOME", "CLAUDE_CONFIG_DIR"],
    launch: Effect.fn("claude.launch")(function* (request) {
      const env = { ...config.env, ...request.env }
      const fix =
        "npm install -g @anthropic-ai/claude-code, or name the binary in plugins.config.ts: claude({ binary })"
      const binary = yield* onPath("claude", config.binary ?? "claude", env, fix)
      const id = Option.getOrElse(request.resume, randomUUID)
      // It keeps none of a conversation without a prompt, and ends when it is to go on with one that it does not find.
      const begun = Option.isSome(request.resume) && (yield* Effect.promise(() => transcriptOf(env, id))) !== undefined
      const prompt = Option.getOrUndefined(request.prompt)
      const fits = prompt !== undefined && Buffer.byteLength(prompt) <= ARGV
      const flag = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value])
      const mode = Option.getOrUndefined(request.permissionMode) ?? config.permissionMode
      const own = yield* settings(request, [...(config.args ?? []), ...request.args], mode, env)
      return {
        command: [
          binary,
          "--settings",
          `${request.dir}/claude-settings.json`,
          ...(begun ? ["--resume", id] : ["--session-id", id]),
          "--name",
          request.name,
          ...flag("--model", Option.getOrUndefined(request.model) ?? config.model),
          ...flag("--effort", Option.getOrUndefined(request.effort)),
          ...flag("--permission-mode", mode),
          ...own.rest,
          ...(fits ? ["--", prompt] : [])
        ] as const,
        env,
        files: { "claude-settings.json": own.text },
        agentSessionId: Option.some(id),
        promptOnArgv: fits
      }
    }),
    submit,
    enter: [{ _tag: "Press", keys: ["Enter"] }],
    discard: emptyComposer,
    // Its own shelf, with pastes as they are; it comes back behind whatever is typed and sent next.
    draft: {
      stash: [{ _tag: "Press", keys: ["C-s"] }],
      restore: "itself",
      undo: [{ _tag: "Press", keys: ["C-s"] }]
    },
    interrupt: [{ _tag: "Press", keys: ["Escape"] }],
    clear: "/clear",
    ...makeRulebook(),
    hook: (event, payload, at) =>
      event === EVENT ? measured(payload) : [...limited(event, payload, at), ...readHook(event, payload)],
    writes: readWrites,
    conversation: readConversation,
    answer: answerHook,
    // The dialog comes up at once, and whoever answers first is heard.
    asking: { read: readAsk, dialog: "beside" },
    dialog,
    observe,
    version: onceFor(version),
    submitted,
    door,
    summarise: summarise(config),
    farewell
  })

export const claude = definePlugin({
  name: "claude",
  config: Config,
  capabilities: ["agents"],
  setup: (config) => Effect.flatMap(Roster, (roster) => roster.register(adapter(config)))
})
