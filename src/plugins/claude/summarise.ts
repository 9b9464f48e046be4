/** Claude Code in print mode, asked for a summary: no tools, no settings, nothing kept. */
import { Effect, Option, Result, Schema } from "effect"
import type { AgentAdapter } from "../../agents/Agent.ts"
import { onPath } from "../sdk/launching.ts"

const Printed = Schema.fromJsonString(
  Schema.Struct({ is_error: Schema.Boolean, result: Schema.optionalKey(Schema.String) })
)
const decodePrinted = Schema.decodeOption(Printed)

/** `subtype` says success also where the provider refused: only `is_error` counts. */
export const readPrinted = (stdout: string): Result.Result<string, string> =>
  Option.match(decodePrinted(stdout.trim()), {
    onNone: () => Result.fail(stdout.trim().split("\n").at(-1) ?? ""),
    onSome: ({ is_error, result = "" }) => (is_error ? Result.fail(result) : Result.succeed(result))
  })

export const summarise = (config: {
  readonly binary?: string
  readonly summaryModel?: string
  readonly env?: Readonly<Record<string, string>>
}): NonNullable<AgentAdapter["summarise"]> =>
  Effect.fnUntraced(function* ({ env, instruction, text }) {
    const all = { ...config.env, ...env }
    const fix = "npm install -g @anthropic-ai/claude-code, or name the binary in plugins.config.ts: claude({ binary })"
    const binary = yield* onPath("claude", config.binary ?? "claude", all, fix)
    const quiet = ["--tools", "", "--no-session-persistence", "--setting-sources", ""]
    return {
      command: [
        binary,
        "-p",
        "--model",
        config.summaryModel ?? "haiku",
        "--output-format",
        "json",
        ...quiet,
        instruction
      ] as const,
      // Ten tries against a provider that is down would take three minutes.
      env: { ...all, CLAUDE_CODE_MAX_RETRIES: "1" },
      stdin: text,
      read: readPrinted
    }
  })
