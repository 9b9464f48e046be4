/**
 * The real `claude` and `codex`, at pinned versions, with only the model behind them played. They take 770 MB, so they are
 * installed on demand into a cache outside the project.
 */
import { execFile } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { Effect } from "effect"
import { AnthropicStandIn } from "./AnthropicStandIn.ts"
import { OpenaiStandIn } from "./OpenaiStandIn.ts"
import { makeSmWith } from "./Sm.ts"
import { temporary } from "./TmuxTest.ts"

const PACKAGES = ["@anthropic-ai/claude-code@2.1.330", "@openai/codex@0.169.0"]
const prefix = join(process.env["SM_TEST_CACHE"] ?? join(homedir(), ".cache/sm-test"), "agents")
const bin = join(prefix, "node_modules/.bin")

const run = promisify(execFile)

const versions = async (): Promise<string> => {
  const said = await Promise.all(["claude", "codex"].map((name) => run(join(bin, name), ["--version"])))
  return said.map(({ stdout }) => stdout).join(" ")
}

const installed = async (): Promise<void> => {
  const wanted = PACKAGES.map((name) => name.slice(name.lastIndexOf("@") + 1))
  const found = await versions().catch(() => "")
  if (wanted.every((version) => found.includes(version))) return
  mkdirSync(prefix, { recursive: true })
  await run("npm", ["install", "--prefix", prefix, "--no-audit", "--no-fund", ...PACKAGES], { timeout: 400_000 })
  await versions()
}

/** Why they cannot be had here, if they cannot. `SM_REQUIRE=agents` makes that a failure instead of a skipped test. */
export const missing: string | undefined = await installed().then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error))
)
if (missing !== undefined && (process.env["SM_REQUIRE"] ?? "").split(",").includes("agents"))
  throw new Error(`the real agents are required and cannot be installed: ${missing}`)

/** What the real agents need to talk to stand-ins instead of models. Nothing of this machine's user is touched. */
export const makeAgents = Effect.gen(function* () {
  const anthropic = yield* AnthropicStandIn
  const openai = yield* OpenaiStandIn
  const user = yield* temporary("user")
  const claudeHome = join(user, "claude")
  const codexHome = join(user, "codex")
  for (const dir of [claudeHome, codexHome]) mkdirSync(dir, { recursive: true })
  writeFileSync(join(claudeHome, ".claude.json"), JSON.stringify({ hasCompletedOnboarding: true }))
  writeFileSync(
    join(codexHome, "config.toml"),
    `model = "mock-model"
model_provider = "mock"
check_for_update_on_startup = false
[model_providers.mock]
name = "Mock"
base_url = "${openai.url}/v1"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
`
  )
  const env = {
    PATH: `${process.env["PATH"]}:${bin}`,
    HOME: user,
    CLAUDE_CONFIG_DIR: claudeHome,
    CODEX_HOME: codexHome,
    ANTHROPIC_AUTH_TOKEN: "dummy",
    ANTHROPIC_BASE_URL: anthropic.url,
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1"
  }
  return { anthropic, openai, env, claudeHome, codexHome }
})

/** An `sm` whose claude and codex are real. */
export const makeRealSm = Effect.gen(function* () {
  const { anthropic, env, openai } = yield* makeAgents
  const sm = yield* makeSmWith({ plugins: "claude({ permissionMode: 'manual' }), codex({})", env })
  return { ...sm, anthropic, openai }
})
