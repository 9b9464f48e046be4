/** Codex, run once without a terminal, asked for a summary: it may read, and keeps nothing. Only its answer is on standard output. */
import { Effect, Result } from "effect"
import type { AgentAdapter } from "../../agents/Agent.ts"
import { onPath } from "../sdk/launching.ts"

export const summarise = (config: {
  readonly binary?: string
  readonly summaryModel?: string
  readonly env?: Readonly<Record<string, string>>
}): NonNullable<AgentAdapter["summarise"]> =>
  Effect.fnUntraced(function* ({ env, instruction, text }) {
    const all = { ...config.env, ...env }
    const fix = "npm install -g @openai/codex, or name the binary in plugins.config.ts: codex({ binary })"
    const binary = yield* onPath("codex", config.binary ?? "codex", all, fix)
    return {
      command: [
        binary,
        "exec",
        "--skip-git-repo-check",
        "--ephemeral",
        "--color",
        "never",
        "-s",
        "read-only",
        ...(config.summaryModel === undefined ? [] : ["-m", config.summaryModel]),
        "-"
      ] as const,
      env: all,
      stdin: `${instruction}\n\n${text}\n`,
      read: (stdout) => Result.succeed(stdout)
    }
  })
