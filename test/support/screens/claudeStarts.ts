/** What Claude Code shows when it starts, scene by scene. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { DIALOG, READY, tool, trusted } from "./claudeStage.ts"
import { stage } from "./Stage.ts"

export const starts: Readonly<Record<string, Effect.Effect<void, unknown>>> = {
  trust: stage("claude", {}, (on) =>
    Effect.gen(function* () {
      yield* on.shot("trust", /trust/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.sees(READY)
    })
  ),

  plan: trusted({ mode: "plan" }, (on) =>
    Effect.gen(function* () {
      yield* on.shot("idle-plan", READY, {})
      yield* on.submit(`${tool("ExitPlanMode", { plan: "1. Do it\n2. Test it" })} [[text planned]]`)
      yield* on.shot("plan-approval", /Exit plan mode/u, DIALOG)
    })
  ),

  accept: trusted({ mode: "acceptEdits" }, (on) => on.shot("idle-accept-edits", READY, {})),

  auto: trusted({ mode: "auto" }, (on) => on.shot("idle-auto", READY, {})),

  apikey: stage(
    "claude",
    { env: { ANTHROPIC_API_KEY: "sk-ant-api03-0000000000000000000000000000", ANTHROPIC_AUTH_TOKEN: "" } },
    (on) =>
      Effect.gen(function* () {
        yield* on.sees(/Yes, I trust/u)
        yield* on.answer
        yield* on.shot("api-key", /API key/u, { ...DIALOG, answer: true })
        yield* on.answer
        yield* on.shot("idle-api-key", READY, {})
      })
  ),

  onboarding: stage("claude", { before: ({ claude }) => writeFileSync(join(claude, ".claude.json"), "{}") }, (on) =>
    Effect.gen(function* () {
      yield* on.shot("onboarding-theme", /Choose the text style/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.shot("onboarding-notes", /Press Enter to continue/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.sees(/Yes, I trust this folder/u)
    })
  ),

  servers: trusted(
    {
      before: ({ cwd }) =>
        writeFileSync(join(cwd, ".mcp.json"), '{"mcpServers":{"local":{"command":"/bin/cat","args":[]}}}')
    },
    (on) => on.shot("mcp-server", /MCP server/u, DIALOG)
  ),

  login: stage("claude", { env: { ANTHROPIC_AUTH_TOKEN: "", ANTHROPIC_BASE_URL: "" } }, (on) =>
    Effect.gen(function* () {
      yield* on.sees(/Yes, I trust/u)
      yield* on.answer
      yield* on.shot("login", /[Ll]og ?in/u, {})
    })
  ),

  settings: trusted(
    {
      before: ({ claude }) =>
        writeFileSync(
          join(claude, "settings.json"),
          '{"hooks":{"PreToolUse":[{"matcher":{"tool_name":"x"},"hooks":[]}]}}'
        )
    },
    (on) =>
      Effect.gen(function* () {
        yield* on.shot("settings-error", /[Ss]ettings/u, { ...DIALOG, answer: true })
        yield* on.answer
        yield* on.sees(/^❯/mu)
      })
  ),

  bypass: stage(
    "claude",
    {
      mode: "bypassPermissions",
      env: { IS_SANDBOX: "1" },
      before: (homes) =>
        writeFileSync(
          join(homes.claude, ".claude.json"),
          JSON.stringify({
            hasCompletedOnboarding: true,
            projects: { [homes.cwd]: { hasTrustDialogAccepted: true } }
          })
        )
    },
    (on) =>
      Effect.gen(function* () {
        yield* on.shot("bypass-warning", /Bypass|bypass/u, DIALOG)
        yield* on.keys("Down", "Enter")
        yield* on.shot("idle-bypass", /bypass permissions on/u, {})
      })
  )
}
