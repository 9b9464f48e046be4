/** The ways into an agent, as far as they need no agent: its door, its transcript's word, its hooks' answers. */
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Seat } from "../../src/agents/Agent.ts"
import { door } from "../../src/plugins/claude/door.ts"
import { read as claude } from "../../src/plugins/claude/screen.ts"
import { submitted } from "../../src/plugins/claude/transcript.ts"
import { read as codex } from "../../src/plugins/codex/screen.ts"
import { answerHook, readConversation } from "../../src/plugins/sdk/hooks.ts"
import { recorded } from "../support/screens/RecordedScreen.ts"
import { temporary } from "../support/TmuxTest.ts"

const PID = 999_999_999

/** A seat whose registry entry names this socket. */
const seated = Effect.fnUntraced(function* (registered: object) {
  const home = yield* temporary("door")
  mkdirSync(join(home, "sessions"))
  const socket = join(home, "s.sock")
  const entry = { pid: PID, status: "busy", messagingSocketPath: socket, ...registered }
  writeFileSync(join(home, `sessions/${PID}.json`), JSON.stringify(entry))
  const transcript = join(home, "t.jsonl")
  const env = { CLAUDE_CONFIG_DIR: home }
  const seat: Seat = { sessionId: "s", cwd: "/", pid: PID, env, agentSessionId: null, transcript }
  return { seat, socket, transcript }
})

/** A listener on the socket; answers with the lines it got. */
const listening = (socket: string, take: (connection: Socket, got: Array<string>) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const got: Array<string> = []
      const open = new Set<Socket>()
      const server = createServer((connection) => {
        open.add(connection)
        connection.on("error", () => undefined)
        take(connection, got)
      })
      await new Promise<void>((resolve) => server.listen(socket, resolve))
      return { got, close: () => (open.forEach((one) => one.destroy()), server.close()) }
    }),
    ({ close }) => Effect.sync(close)
  )

describe("Claude Code's door", () => {
  it.live("takes a text whole, at the pace it is given, and is done when it was taken", () =>
    Effect.gen(function* () {
      const { seat, socket } = yield* seated({})
      const { got } = yield* listening(socket, (connection, lines) => {
        connection.setEncoding("utf8").on("data", (chunk) => lines.push(String(chunk)))
      })
      const text = `[Input from: em]\n\ttabs, "quotes" and ü ${"x".repeat(100_000)}`
      yield* door.deliver(seat, text, "now")
      const message = JSON.parse(got.join("")) as { readonly message: { readonly content: string } }
      assert.deepStrictEqual(message, {
        type: "user",
        message: { role: "user", content: text },
        from: "sm",
        priority: "now"
      } as never)
    }).pipe(Effect.scoped)
  )

  it.live("is closed, and nothing was sent, where there is none or nobody behind it", () =>
    Effect.gen(function* () {
      const none = yield* seated({ messagingSocketPath: undefined })
      const gone = yield* seated({})
      const stranger = yield* seated({ pid: 1, procStart: "another process" })
      for (const { seat } of [none, gone, { seat: { ...stranger.seat, pid: process.pid } }]) {
        const failed = yield* Effect.flip(door.deliver(seat, "hi", "next"))
        assert.strictEqual(failed.sent, "no")
      }
    }).pipe(Effect.scoped)
  )

  it.live("says that nobody knows when the connection breaks", () =>
    Effect.gen(function* () {
      const { seat, socket } = yield* seated({})
      yield* listening(socket, (connection) => connection.destroy())
      const text = "x".repeat(5_000_000)
      assert.strictEqual((yield* Effect.flip(door.deliver(seat, text, "next"))).sent, "maybe")
    }).pipe(Effect.scoped)
  )
})

describe("Claude Code's transcript", () => {
  const stamp = "2026-11-24T23:25:03.569Z"
  const since = Date.parse(stamp) - 1000
  const text = "[Input from: em (abcd1234) via sm send · m-1]\nhello"
  const queue = (operation: string, more: object = {}) => ({
    type: "queue-operation",
    operation,
    timestamp: stamp,
    ...more
  })
  const enqueue = queue("enqueue", { content: text })
  const user = (content: string) => ({ type: "user", timestamp: stamp, message: { role: "user", content } })
  // As recorded with 2.1.330.
  const CASES: ReadonlyArray<readonly [string, ReadonlyArray<object>, string]> = [
    ["nothing", [user("another")], "no"],
    ["in the line", [user("another"), enqueue], "queued"],
    ["out of the line, and not yet in a turn", [enqueue, queue("dequeue")], "queued"],
    [
      "read by its own turn",
      [enqueue, queue("dequeue"), user(`Another Claude session sent a message:\n${text}\n\nThis came`)],
      "yes"
    ],
    ["read by the running turn", [enqueue, queue("remove", { content: text, reason: "absorbed_mid_turn" })], "yes"],
    [
      "attached to the running turn",
      [enqueue, { type: "attachment", timestamp: stamp, attachment: { type: "queued_command", prompt: text } }],
      "yes"
    ],
    ["taken back into the composer", [enqueue, queue("popAll", { content: text })], "no"],
    ["of an earlier time", [{ ...enqueue, timestamp: "2026-11-24T20:00:00Z" }], "no"]
  ]
  for (const [what, lines, expected] of CASES)
    it(`has a text ${what}: ${expected}`, () =>
      Effect.gen(function* () {
        const { seat, transcript } = yield* seated({})
        writeFileSync(transcript, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
        assert.strictEqual(yield* submitted(seat, text, since), expected)
      }).pipe(Effect.scoped, Effect.runPromise))
})

describe("the answer to a hook", () => {
  const parsed = (event: string, say: Parameters<typeof answerHook>[1]) => {
    const text = answerHook(event, say)
    return text === undefined ? undefined : (JSON.parse(text) as object)
  }
  it("denies a tool call with its reason, and adds to the context", () => {
    assert.deepStrictEqual(parsed("PreToolUse", { deny: 'read "this"\nü' }), {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: 'read "this"\nü'
      }
    } as never)
    for (const event of ["SessionStart", "UserPromptSubmit", "PostToolUse"])
      assert.deepStrictEqual(parsed(event, { context: "you are ann" }), {
        hookSpecificOutput: { hookEventName: event, additionalContext: "you are ann" }
      } as never)
  })
  it("is nothing where the event cannot carry it", () => {
    assert.isUndefined(answerHook("Stop", { context: "x", deny: "y" }))
    assert.isUndefined(answerHook("PostToolUse", { deny: "y" }))
    assert.isUndefined(answerHook("PreToolUse", {}))
  })
  it("is asked by the conversation that the payload names", () => {
    assert.strictEqual(readConversation({ session_id: "c-1" }), "c-1")
    assert.isUndefined(readConversation({}))
    assert.isUndefined(readConversation("odd"))
  })
})

describe("words in an agent's own line", () => {
  it("are seen, and on no other screen", () => {
    const shown = { claude: "⎿  Queued ·", codex: "• Messages to be submitted after next tool call" }
    for (const [kind, read] of Object.entries({ claude, codex })) {
      const screens = recorded(kind)
      const waits = (text: string) => text.includes(shown[kind as "claude" | "codex"])
      assert.isTrue(screens.some(({ screen }) => waits(screen.text)))
      for (const { name, screen } of screens)
        assert.strictEqual(read(screen).queued ?? false, waits(screen.text), `${kind}/${name}`)
    }
  })
})
