/** What a hook does with a write where the daemon is slow, away, or never was: nothing goes through without a word. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { slim, writing } from "../../cli/hot/Gate.ts"
import { natsStub } from "../support/NatsStub.ts"
import { runSm } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

const payload = { hook_event_name: "PreToolUse", cwd: "/w", tool_name: "Write", tool_input: { file_path: "/w/a.ts" } }
const input = JSON.stringify({ ...payload, session_id: "c" })
const SESSION = { SM_SESSION_ID: "0000000a" }
const HOOK = ["hook", "claude", "PreToolUse", "gate"]

const homeWith = (rules?: object) =>
  Effect.gen(function* () {
    const home = yield* temporary("gate")
    for (const dir of ["run", "state/spool"]) mkdirSync(join(home, dir), { recursive: true })
    if (rules !== undefined) writeFileSync(join(home, "run/locks.json"), JSON.stringify({ v: 1, ...rules }))
    const spooled = () =>
      readdirSync(join(home, "state/spool")).map((name) => readFileSync(join(home, "state/spool", name), "utf8"))
    return { home, spooled, env: { SM_HOME: home } }
  })

describe("a write with no daemon", () => {
  it.live("is refused in sm's sessions, with a way out, and the report waits in the spool", () =>
    Effect.gen(function* () {
      const { env, spooled } = yield* homeWith()
      const { code, stderr, stdout } = yield* runSm(HOOK, { env: { ...env, ...SESSION }, input })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, '"permissionDecision":"deny"')
      assert.include(stdout, "sm up --detach")
      assert.deepStrictEqual(
        spooled().map((text) => text.includes('"tool_name":"Write"')),
        [true]
      )
    }).pipe(Effect.scoped)
  )

  it.live("is refused where the hook's words cannot be read, and that it was called is reported all the same", () =>
    Effect.gen(function* () {
      const { env, spooled } = yield* homeWith()
      for (const words of [input.slice(0, 40), ""]) {
        const { code, stdout } = yield* runSm(HOOK, { env: { ...env, ...SESSION }, input: words })
        assert.strictEqual(code, 0)
        assert.include(stdout, '"permissionDecision":"deny"')
        assert.notInclude(stdout, "sm up", "that would not help")
      }
      assert.lengthOf(spooled(), 2)
    }).pipe(Effect.scoped)
  )

  it.live("of an agent that sm did not spawn goes through, and the person is told now and later", () =>
    Effect.gen(function* () {
      const { env, spooled } = yield* homeWith()
      const { code, stdout } = yield* runSm(["auto-lock"], { env, input })
      assert.strictEqual(code, 0)
      assert.include(stdout, '"systemMessage":"sm could not be asked for the lock')
      assert.notInclude(stdout, "deny")
      const [note = ""] = spooled()
      assert.include(note, '"what":"Write /w/a.ts","cwd":"/w"')
    }).pipe(Effect.scoped)
  )

  it.live("goes as the configuration says, which the daemon left behind", () =>
    Effect.gen(function* () {
      const open = yield* homeWith({ session: "fail-open", guest: "fail-closed" })
      const session = yield* runSm(HOOK, { env: { ...open.env, ...SESSION }, input })
      assert.include(session.stdout, "systemMessage")
      assert.lengthOf(open.spooled(), 2, "the report, and the note")
      const guest = yield* runSm(["auto-lock", "claude"], { env: open.env, input })
      assert.include(guest.stdout, "deny")
      const off = yield* homeWith({ auto: false })
      assert.strictEqual((yield* runSm(HOOK, { env: { ...off.env, ...SESSION }, input })).stdout, "")
    }).pipe(Effect.scoped)
  )

  it.live("and whatever else an agent does goes on as ever", () =>
    Effect.gen(function* () {
      const { env } = yield* homeWith()
      const read = JSON.stringify({ ...payload, tool_name: "Read" })
      const nothing = { code: 0, stdout: "", stderr: "" }
      assert.deepStrictEqual(yield* runSm(HOOK, { env: { ...env, ...SESSION }, input: read }), nothing)
      assert.deepStrictEqual(yield* runSm(["auto-lock"], { env, input: read }), nothing)
      const stop = JSON.stringify({ hook_event_name: "Stop", session_id: "c" })
      assert.deepStrictEqual(yield* runSm(["auto-lock"], { env, input: stop }), nothing)
      for (const odd of ["", "no JSON", "7"]) {
        const { code, stderr } = yield* runSm(["auto-lock"], { env, input: odd })
        assert.strictEqual(code, 2)
        assert.include(stderr, "sm hooks install")
      }
    }).pipe(Effect.scoped)
  )
})

describe("a write that waits", () => {
  it.live("is asked for again until it is decided, and says what the daemon said", () =>
    Effect.gen(function* () {
      for (const args of [HOOK, ["auto-lock"]]) {
        const { env, home, spooled } = yield* homeWith()
        const again = { ok: true, data: { say: null, again: true } }
        const stub = yield* natsStub(home, again, again, { ok: true, data: { say: "no", again: false } })
        const { stdout } = yield* runSm(args, { env: args === HOOK ? { ...env, ...SESSION } : env, input })
        assert.strictEqual(stdout, "no")
        const ids = stub.asked().map((text) => (JSON.parse(text) as { readonly id: string }).id)
        assert.deepStrictEqual([ids.length, new Set(ids).size], [3, 1], "one request")
        assert.deepStrictEqual(spooled(), [])
      }
    }).pipe(Effect.scoped)
  )

  it.live("does not go ahead of earlier reports of its session", () =>
    Effect.gen(function* () {
      const { env, home } = yield* homeWith({ session: "fail-open" })
      const stub = yield* natsStub(home, { ok: true, data: { say: "", again: false } })
      const earlier = join(home, "state/spool/000000000-0000000a-x.json")
      writeFileSync(earlier, "{}")
      const { stdout } = yield* runSm(HOOK, { env: { ...env, ...SESSION }, input: input })
      assert.include(stdout, "earlier reports of this session are not taken yet")
      assert.deepStrictEqual(stub.asked(), [])
    }).pipe(Effect.scoped)
  )
})

describe("what the daemon is shown of a write", () => {
  it("is short, and names every file", () => {
    const long = "x".repeat(10_000_000)
    const write = slim({ ...payload, tool_input: { file_path: "/w/a.ts", content: long, edits: [long] } })
    assert.isBelow(JSON.stringify(write).length, 5000)
    assert.include(JSON.stringify(write), "/w/a.ts")
    const patch = `*** Begin Patch\n*** Add File: a\n+${long}\n*** Delete File: b\n*** End Patch`
    const patched = JSON.stringify(slim({ ...payload, tool_name: "apply_patch", tool_input: { command: patch } }))
    assert.isBelow(patched.length, 1000)
    for (const line of ["*** Add File: a", "*** Delete File: b"]) assert.include(patched, line)
    // Codex takes it with something before its beginning, and the second file counts as well.
    const padded = slim({ ...payload, tool_name: "apply_patch", tool_input: { command: `\n${patch}` } })
    assert.include(JSON.stringify(padded), "*** Delete File: b")
    // Half of a path is another path.
    const far = `/w/${"x/../".repeat(1000)}../other/b.ts`
    assert.include(JSON.stringify(slim({ ...payload, tool_input: { file_path: far } })), "other/b.ts")
    const other = { tool_name: "Bash", tool_input: { command: long } }
    assert.strictEqual(slim(other), other)
    assert.strictEqual(writing(payload, { bash: false }), "Write /w/a.ts")
    assert.isUndefined(writing(null, { bash: true }))
  })
})
