/** Any program as an agent: gemini, opencode, aider, a plain shell. Known by its screen, unless it reports by hooks. */
import { Effect, Option, Schema } from "effect"
import { defineAgent } from "../../agents/Agent.ts"
import type { Dialog } from "../../agents/Asking.ts"
import { Roster } from "../../agents/Roster.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"
import { definePlugin } from "../sdk/definePlugin.ts"
import { readConversation, readHook } from "../sdk/hooks.ts"
import { onPath } from "../sdk/launching.ts"
import { emptyComposer } from "../sdk/screen.ts"

const Pattern = Schema.String.check(
  Schema.makeFilter((text: string) => {
    try {
      RegExp(text, "mu")
      return true
    } catch {
      return "must be a regular expression"
    }
  })
)

const Config = Schema.Struct({
  /** What `sm spawn` calls it. */
  kind: Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,31}$/u)),
  /** The program and its arguments. */
  run: Schema.NonEmptyArray(Schema.NonEmptyString),
  /** Matches the screen when the program waits for input. Default: any screen with text. */
  ready: Schema.optionalKey(Pattern),
  /** Matches the screen while it works. Default: whenever it shows text that `ready` does not match. */
  busy: Schema.optionalKey(Pattern),
  /** Matches the screen while it asks something that typed text would answer. Default: never. */
  dialog: Schema.optionalKey(Pattern),
  /** What is typed into such a dialog, and entered, to allow what it asks or to deny it. Default: only a person does. */
  answers: Schema.optionalKey(Schema.Struct({ yes: Schema.String, no: Schema.String })),
  /** The command that drops its context. */
  clear: Schema.optionalKey(Schema.NonEmptyString),
  /** It calls `sm hook <kind> <event>` itself, with UserPromptSubmit and Stop at least. */
  reports: Schema.optionalKey(Schema.Boolean),
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

const entered = (text: string): ReadonlyArray<Stroke> => [
  ...(text === "" ? [] : [{ _tag: "Paste", text } as const]),
  { _tag: "Press", keys: ["Enter"] }
]

/** What the program asks is the line that the pattern matches. */
const asksBy =
  (pattern: RegExp, answers: (typeof Config.Type)["answers"]) =>
  ({ dead, text }: Screen): Dialog | undefined => {
    const line = text.split("\n").findLast((each) => pattern.test(each)) ?? ""
    if (dead || !pattern.test(text)) return undefined
    return {
      kind: answers === undefined ? "question" : "permission",
      tool: "dialog",
      detail: line.replaceAll(/\s+/gu, " ").trim().slice(0, 1000),
      about: () => false,
      approve: answers === undefined ? undefined : entered(answers.yes),
      deny: answers === undefined ? undefined : entered(answers.no)
    }
  }

export const adapter = (config: typeof Config.Type) => {
  const reports = config.reports === true
  const ready = config.ready === undefined ? undefined : RegExp(config.ready, "mu")
  const busy = config.busy === undefined ? undefined : RegExp(config.busy, "mu")
  const dialog = config.dialog === undefined ? undefined : RegExp(config.dialog, "mu")
  const [program, ...args] = config.run
  return defineAgent({
    kind: config.kind,
    capabilities: {
      confirms: reports,
      turns: reports,
      clears: config.clear !== undefined
    },
    remembers: [],
    launch: Effect.fn("command.launch")(function* (request) {
      const env = { ...config.env, ...request.env }
      const binary = yield* onPath(
        config.kind,
        program,
        env,
        `install ${program}, or name its path in plugins.config.ts`
      )
      return {
        command: [binary, ...args, ...request.args] as const,
        env,
        files: {},
        agentSessionId: Option.none(),
        promptOnArgv: false
      }
    }),
    submit: (text) => [
      { _tag: "Paste", text },
      { _tag: "Press", keys: ["Enter"] }
    ],
    enter: [{ _tag: "Press", keys: ["Enter"] }],
    discard: emptyComposer,
    interrupt: [{ _tag: "Press", keys: ["C-c"] }],
    clear: config.clear ?? "",
    read: ({ dead, text }) => {
      if (dead) return { activity: "exited", detail: "", draft: null }
      if (dialog?.test(text) === true)
        return { activity: "dialog", detail: text.trimEnd().split("\n").at(-1) ?? "", draft: null }
      if (busy?.test(text) === true) return { activity: "busy", detail: "", draft: null }
      const blank = text.trim() === ""
      const waiting = ready === undefined ? !blank : ready.test(text)
      if (waiting) return { activity: "idle", detail: "", draft: null }
      // Mail waits for an agent that works, however long; for one that shows no prompt it does not.
      return { activity: blank || busy !== undefined ? "starting" : "busy", detail: "", draft: null }
    },
    ...(dialog === undefined ? {} : { dialog: asksBy(dialog, config.answers) }),
    hook: readHook,
    conversation: readConversation,
    observe: () => Effect.succeedNone,
    submitted: () => Effect.succeed("unknown" as const),
    farewell: ({ text }) =>
      text
        .trimEnd()
        .split("\n")
        .filter((line) => !line.startsWith("Pane is dead"))
        .at(-1)
        ?.slice(0, 300) ?? ""
  })
}

export const command = definePlugin({
  name: "command",
  config: Config,
  capabilities: ["agents"],
  setup: (config) => Effect.flatMap(Roster, (roster) => roster.register(adapter(config)))
})
