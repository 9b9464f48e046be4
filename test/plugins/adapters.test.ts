import { assert, describe, it } from "@effect/vitest"
import { scrub } from "../../src/agents/Environment.ts"
import { measured } from "../../src/plugins/claude/statusLine.ts"
import { pieces, submit } from "../../src/plugins/claude/submit.ts"
import { readHook } from "../../src/plugins/sdk/hooks.ts"

describe("hooks", () => {
  it("become signals with the identity of their turn", () => {
    assert.deepStrictEqual(
      readHook("UserPromptSubmit", {
        prompt: '\n<pasted_content id="1">\nhi\n</pasted_content id="1">\n',
        prompt_id: "p"
      }),
      [{ _tag: "PromptSubmitted", turn: "p", prompt: "hi" }]
    )
    assert.deepStrictEqual(readHook("Stop", { last_assistant_message: "done", turn_id: "t", background_tasks: [] }), [
      { _tag: "TurnEnded", turn: "t", answer: "done", background: false }
    ])
    assert.deepStrictEqual(readHook("PreToolUse", { tool_name: "Bash", tool_input: { command: "ls\n -l" } }), [
      { _tag: "ToolStarted", turn: "", tool: "Bash", detail: "ls -l" }
    ])
    const long = { tool_name: "Bash", tool_input: { command: `echo ${"x".repeat(400)}` } }
    const [cut] = readHook("PermissionRequest", long)
    assert.match(cut?._tag === "PermissionAsked" ? cut.question : "", /^Bash: echo x{294}…$/u, "what is cut says so")
    assert.deepStrictEqual(readHook("Interrupt", { turn_id: "t" }), [{ _tag: "Interrupted", turn: "t" }])
  })

  it("tell work that wakes the agent again from a shell left running", () => {
    const background = (type: string) => readHook("Stop", { background_tasks: [{ id: "b1", type, status: "running" }] })
    assert.deepStrictEqual(background("subagent"), [{ _tag: "TurnEnded", turn: "", answer: "", background: true }])
    assert.deepStrictEqual(background("shell"), [{ _tag: "TurnEnded", turn: "", answer: "", background: false }])
  })

  it("of sub-agents, of unknown events and of odd payloads move nothing", () => {
    assert.deepStrictEqual(readHook("Stop", { agent_id: "sub" }), [])
    assert.deepStrictEqual(readHook("Surprise", {}), [])
    assert.deepStrictEqual(readHook("Stop", "text"), [])
  })
})

describe("Claude Code's status line", () => {
  const line = (used_percentage: number | null) => ({
    model: { id: "claude-opus-5-5", display_name: "Opus" },
    cost: { total_cost_usd: 0.5, total_duration_ms: 1 },
    context_window: {
      total_input_tokens: 884_038,
      context_window_size: 1_000_000,
      used_percentage,
      current_usage: null
    }
  })

  it("tells how full the context is, once a turn has run", () => {
    assert.deepStrictEqual(measured(line(88)), [
      {
        _tag: "ContextMeasured",
        used: 884_038,
        window: 1_000_000,
        percent: 88,
        costUsd: 0.5,
        model: "claude-opus-5-5"
      }
    ])
    assert.deepStrictEqual(measured(line(null)), [])
    assert.deepStrictEqual(measured("odd"), [])
  })
})

describe("text for Claude Code", () => {
  it("is cut into pieces that are taken as typing, and nothing of it is lost", () => {
    const text = "line\n".repeat(40) + "x".repeat(3000)
    assert.strictEqual(pieces(text).join(""), text)
    for (const piece of pieces(text)) assert.isTrue(piece.length <= 700 && piece.split("\n").length <= 3)
    assert.strictEqual(pieces("y".repeat(20_000)).length, 1)
  })

  it("has no backslash at its end", () => {
    assert.deepStrictEqual(submit("a\\"), [
      { _tag: "Paste", text: "a\\ " },
      { _tag: "Press", keys: ["Enter"] }
    ])
  })
})

describe("the environment of an agent", () => {
  it("keeps the user's settings and drops the identity of whatever surrounds sm", () => {
    const settings = {
      ANTHROPIC_BASE_URL: "u",
      CLAUDE_CONFIG_DIR: "c",
      CLAUDE_CODE_USE_BEDROCK: "1",
      CODEX_HOME: "x",
      HTTPS_PROXY: "p",
      AWS_PROFILE: "a"
    }
    const identity = {
      CLAUDECODE: "1",
      CLAUDE_CODE_SESSION_ID: "s",
      CLAUDE_CODE_ENTRYPOINT: "cli",
      CODEX_THREAD_ID: "t",
      TMUX: "/x",
      TMUX_PANE: "%1",
      SM_SESSION_ID: "i",
      CLAUDE_SESSION_MANAGER_ID: "i"
    }
    assert.deepStrictEqual(scrub({ ...settings, ...identity }), settings)
  })
})
