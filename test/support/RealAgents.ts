/**
 * The real `claude` and `codex`, at pinned versions, with only the model behind them played. They take 770 MB, so they are
 * installed on demand into a cache outside the project.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { AnthropicStandIn } from "./AnthropicStandIn.ts"
import { OpenaiStandIn } from "./OpenaiStandIn.ts"
import { installPinned } from "./PinnedAgents.ts"
import { makeSmWith } from "./Sm.ts"
import { temporary } from "./TmuxTest.ts"

const PINS = [
  { command: "claude", name: "@anthropic-ai/claude-code", version: "2.1.330" },
  { command: "codex", name: "@openai/codex", version: "0.169.0" }
]
export const versionOf = (kind: string): string => PINS.find(({ command }) => command === kind)?.version ?? ""
const cache = join(process.env["SM_TEST_CACHE"] ?? join(homedir(), ".cache/sm-test"), "agents")
const bin = join(cache, "node_modules/.bin")

/** Why they cannot be had here, if they cannot. `SM_REQUIRE=agents` makes that a failure instead of a skipped test. */
export const missing: string | undefined = await installPinned({ cache, pins: PINS }).then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error))
)
if (missing !== undefined) {
  if ((process.env["SM_REQUIRE"] ?? "").split(",").includes("agents"))
    throw new Error(`the real agents are required and cannot be installed: ${missing}`)
  console.warn(`SKIPPED: every test with the real agents, for they cannot be installed here: ${missing}`)
}

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

/** The same, and the environment in which the agents run, for those that are started beside it. */
export const makeOpenSmWith = Effect.fnUntraced(function* (config: string) {
  const { env, ...agents } = yield* makeAgents
  const sm = yield* makeSmWith({ plugins: "claude({ permissionMode: 'manual' }), codex({})", env, config })
  return { ...sm, ...agents, env }
})

/** An `sm` whose claude and codex are real. */
/** `config`: the text of config.yaml. */
export const makeRealSmWith = Effect.fnUntraced(function* (config: string) {
  const { env: _env, ...sm } = yield* makeOpenSmWith(config)
  return sm
})

export const makeRealSm = makeRealSmWith("")
