import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import type { Seat } from "../../src/agents/Agent.ts"
import { limited } from "../../src/plugins/claude/limits.ts"
import { observe as claude } from "../../src/plugins/claude/transcript.ts"
import { observe as codex } from "../../src/plugins/codex/rollout.ts"
import { resetsAt } from "../../src/plugins/sdk/resets.ts"
import { temporary } from "../support/TmuxTest.ts"

const at = Date.parse("2026-11-24T23:36:49Z")
const HOUR = 3_600_000
const utc = (text: string) => Date.parse(text)

describe("when a limit ends", () => {
  const WORDS: ReadonlyArray<readonly [string, number | null]> = [
    // As the agents said them.
    ["You've hit your 5-hour limit · resets 2:37am (UTC)", utc("2026-11-25T02:37Z")],
    ["You've hit your weekly limit · resets Nov 28, 2:37am (UTC)", utc("2026-11-28T02:37Z")],
    [
      "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at Nov 25th, 2026 2:35 AM.",
      utc("2026-11-25T02:35Z")
    ],
    ["You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage or try again later.", null],
    ["API Error: Request rejected (429) · Number of requests has exceeded your rate limit", null],
    ["API Error: 529 Overloaded. Try again in a moment. If it persists, check your gateway (127.0.0.1:44691).", null],
    ["Credit balance is too low", null],
    ["exceeded retry limit, last status: 429 Too Many Requests", null],
    ["Limit 30000, Used 22999, Requested 12528. Please try again in 11.054s.", at + 11_054],
    // As older or other versions say them.
    ["Claude AI usage limit reached|1795574225", 1_795_574_225_000],
    ["Your limit will reset at 3pm (Europe/Berlin).", utc("2026-11-25T14:00Z")],
    ["limit reached ∙ resets 11pm", utc("2026-11-25T23:00Z")],
    ["limit reached ∙ resets 11:50pm", utc("2026-11-24T23:50Z")],
    ["resets 12am (America/New_York)", utc("2026-11-25T05:00Z")],
    ["resets Jan 2, 9am (UTC)", utc("2027-01-02T09:00Z")],
    ["try again at 14:30", utc("2026-11-25T14:30Z")],
    ["usage limit reached, resets in 3h", at + 3 * HOUR],
    ["try again in 1 day 2 hours 5 minutes.", at + 26 * HOUR + 300_000],
    ["Try again in 45 minutes", at + 45 * 60_000],
    ["resets 2:37am (whenever)", utc("2026-11-25T02:37Z")],
    ["", null]
  ]
  for (const [words, expected] of WORDS)
    it(JSON.stringify(words.slice(0, 60)), () => {
      const found = resetsAt(words, at, "UTC")
      assert.strictEqual(
        found === null ? null : new Date(found).toISOString(),
        expected === null ? null : new Date(expected).toISOString()
      )
    })

  it("is right across a change of the clocks", () => {
    const eve = utc("2026-10-24T20:00Z")
    assert.strictEqual(resetsAt("resets 4am (Europe/Berlin)", eve), utc("2026-10-25T03:00Z"))
  })
})

describe("Claude Code's failed turn", () => {
  const failed = (error: string, last_assistant_message?: string) =>
    limited("StopFailure", { prompt_id: "p", error, last_assistant_message }, at)
  it("is a limit when the provider takes no more", () => {
    const words = "You've hit your 5-hour limit · resets 2:37am (UTC)"
    assert.deepStrictEqual(failed("rate_limit", words), [
      { _tag: "Limited", turn: "p", reason: words, resetsAt: utc("2026-11-25T02:37Z") }
    ])
    for (const [error, said] of [
      ["rate_limit", "API Error: Request rejected (429) · Number of requests has exceeded your rate limit"],
      ["billing_error", "Credit balance is too low"],
      ["server_error", "API Error: 529 Overloaded. This is a server-side issue, usually temporary"]
    ] as const)
      assert.deepStrictEqual(failed(error, said), [{ _tag: "Limited", turn: "p", reason: said, resetsAt: null }])
  })
  it("is none for another reason, another event or an odd payload", () => {
    assert.deepStrictEqual(failed("server_error", "API Error: 500 Internal server error."), [])
    assert.deepStrictEqual(failed("authentication_failed", "Please run /login"), [])
    assert.deepStrictEqual(limited("Stop", { error: "rate_limit" }, at), [])
    assert.deepStrictEqual(limited("StopFailure", "text", at), [])
  })
  it("is found in its transcript to the second", () =>
    Effect.gen(function* () {
      const home = yield* temporary("claude")
      mkdirSync(join(home, "sessions"))
      const pid = 999_999_999
      writeFileSync(join(home, `sessions/${pid}.json`), JSON.stringify({ pid, status: "idle" }))
      const transcript = join(home, "t.jsonl")
      const line = (quotaLimits: object) => ({
        type: "assistant",
        message: { content: [{ type: "text", text: "You've hit your limit" }] },
        isApiErrorMessage: true,
        quotaLimits
      })
      const seat: Seat = {
        sessionId: "s",
        cwd: "/",
        pid,
        env: { CLAUDE_CONFIG_DIR: home },
        agentSessionId: null,
        transcript
      }
      const seen = (...lines: ReadonlyArray<object>) => {
        writeFileSync(transcript, lines.map((one) => `${JSON.stringify(one)}\n`).join(""))
        return Effect.map(claude(seat), Option.getOrUndefined)
      }
      const rejected = line({ status: "rejected", resetsAt: 1_795_574_225 })
      assert.deepStrictEqual(yield* seen(rejected), {
        activity: "idle",
        detail: "",
        limited: { reason: "You've hit your limit", resetsAt: 1_795_574_225_000 }
      })
      // What Claude Code writes down besides may come behind it, and be long.
      const besides = { type: "attachment", attachment: { text: "x".repeat(40_000) } }
      assert.strictEqual((yield* seen(rejected, besides))?.limited?.resetsAt, 1_795_574_225_000)
      const user = { type: "user", message: { content: "on" } }
      assert.deepStrictEqual(yield* seen(rejected, user), { activity: "idle", detail: "" })
      assert.deepStrictEqual(yield* seen(line({ status: "allowed" })), { activity: "idle", detail: "" })
    }).pipe(Effect.scoped, Effect.runPromise))
})

describe("Codex's failed turn", () => {
  const windows = (primary: number, secondary: number) => ({
    type: "event_msg",
    payload: {
      type: "token_count",
      rate_limits: {
        primary: { used_percent: primary, resets_at: 1_795_574_137 },
        secondary: { used_percent: secondary, resets_at: 1_795_833_337 }
      }
    }
  })
  const complete = (message: string, codex_error_info: unknown) => ({
    timestamp: new Date(at).toISOString(),
    type: "event_msg",
    payload: { type: "task_complete", turn_id: "t", error: { message, codex_error_info } }
  })
  const many = { response_too_many_failed_attempts: { http_status_code: 429 } }
  const CASES: ReadonlyArray<readonly [string, ReadonlyArray<object>, number | null | undefined]> = [
    ["tells when", [complete("try again in 3h.", "usage_limit_exceeded")], at + 3 * HOUR],
    ["has told when", [windows(100, 40), complete("try again later.", "usage_limit_exceeded")], 1_795_574_137_000],
    ["has told when both end", [windows(100, 100), complete("later.", "usage_limit_exceeded")], 1_795_833_337_000],
    ["does not tell when", [windows(40, 40), complete("later.", "usage_limit_exceeded")], null],
    ["was overloaded", [windows(100, 0), complete("at capacity", "server_overloaded")], null],
    ["was refused too often", [complete("exceeded retry limit, last status: 429", many)], null],
    ["met none", [complete("401", { http_connection_failed: { http_status_code: 401 } })], undefined]
  ]
  for (const [what, lines, expected] of CASES)
    it(what, () =>
      Effect.gen(function* () {
        const transcript = join(yield* temporary("codex"), "rollout.jsonl")
        writeFileSync(transcript, lines.map((one) => `${JSON.stringify(one)}\n`).join(""))
        const seat: Seat = { sessionId: "s", cwd: "/", pid: 1, env: {}, agentSessionId: null, transcript }
        const seen = Option.getOrThrow(yield* codex(seat))
        assert.strictEqual(seen.activity, "idle")
        assert.match(seen.detail, /^turn failed: /u)
        assert.strictEqual(seen.limited?.resetsAt, expected)
      }).pipe(Effect.scoped, Effect.runPromise)
    )
})
