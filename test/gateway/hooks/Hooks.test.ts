/** What hooks of agents that sm did not spawn set off, and what was written while nobody could be asked. */
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer, type Schema } from "effect"
import { ref } from "../../../src/actors/ActorRef.ts"
import { Monitor } from "../../../src/actors/monitor/Monitor.ts"
import { Roster } from "../../../src/agents/Roster.ts"
import * as Directory from "../../../src/broker/Directory.ts"
import { locks } from "../../../src/gateway/locks/Acquiring.ts"
import * as Feed from "../../../src/gateway/Feed.ts"
import { Locator } from "../../../src/gateway/locks/Locating.ts"
import * as Repository from "../../../src/gateway/Repository.ts"
import { autoLock } from "../../../src/gateway/hooks/SignalVerbs.ts"
import { drain } from "../../../src/gateway/hooks/Spool.ts"
import { adapter } from "../../../src/plugins/claude/index.ts"
import { eventually, HOST, moving, withWorld } from "../../support/SessionTest.ts"
import { temporary } from "../../support/TmuxTest.ts"

const person = { name: "human", card: undefined }
const located = Layer.succeed(Locator, (path) => Effect.succeed({ known: true, workspace: "/repo", path }))
const layers = Layer.mergeAll(Directory.layer, Feed.layer, Repository.layer, located)

const holders = Effect.map(moving(locks.ask("Describe", {})), ({ leases }) =>
  leases.map(({ holder }) => holder.name).join()
)

describe("an agent that sm did not spawn", () => {
  it.effect("holds what it writes until its turn is over, and not because a part of it is", () =>
    withWorld(() =>
      Effect.gen(function* () {
        const roster = yield* Roster
        yield* roster.register(adapter({}))
        let count = 0
        const hook = (hook_event_name: string, more: Readonly<Record<string, Schema.Json>> = {}) => {
          const payload = { session_id: "c1", cwd: "/repo", hook_event_name, ...more }
          return Effect.flatMap(Clock.currentTimeMillis, (at) =>
            moving(autoLock({ id: `h${++count}`, at, kind: "claude", payload }, person, HOST))
          )
        }
        const write = { tool_name: "Write", tool_input: { file_path: "/repo/a" } }
        assert.deepStrictEqual(yield* hook("PreToolUse", write), { say: null, again: false })
        assert.strictEqual(yield* holders, "claude in /repo")
        yield* hook("PostToolUse", write)
        yield* hook("Stop", { agent_id: "sub" })
        yield* hook("Stop", { background_tasks: [{ type: "subagent" }] })
        const other = yield* hook("PreToolUse", { ...write, session_id: "c2" })
        assert.deepStrictEqual(other, { say: null, again: true }, "it still has it")
        yield* hook("Stop")
        yield* eventually(
          "the other has it",
          Effect.map(moving(locks.ask("Describe", {})), ({ waiting }) => (waiting.length === 0 ? true : undefined))
        )
        yield* hook("SessionEnd", { session_id: "c2", reason: "other" })
        yield* eventually(
          "nobody has it",
          Effect.map(holders, (names) => (names === "" ? true : undefined))
        )
      }).pipe(Effect.scoped, Effect.provide(layers))
    )
  )

  it.effect("is refused when nobody could know whose lock it would be", () =>
    withWorld(() =>
      Effect.gen(function* () {
        const roster = yield* Roster
        yield* roster.register(adapter({}))
        const ask = (kind: string, payload: Schema.Json) =>
          Effect.flip(autoLock({ id: "h", at: 0, kind, payload }, person, HOST))
        for (const [kind, payload, words] of [
          ["gemini", { hook_event_name: "Stop" }, "there is no agent kind gemini"],
          ["claude", { session_id: "c" }, "names no hook_event_name"],
          ["claude", { hook_event_name: "Stop" }, "names no session_id"]
        ] as const)
          assert.include((yield* ask(kind, payload)).message, words)
      }).pipe(Effect.scoped, Effect.provide(layers))
    )
  )
})

describe("a write without a lock", () => {
  it.effect("is told to the person when the daemon is back, once", () =>
    withWorld(({ is, spawn }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        const spool = yield* temporary("spool")
        const at = 1_700_000_000_000
        const note = { at, session: "00000001", what: "Write /w/a.ts", cwd: "/w", why: "the daemon is not running" }
        for (const name of ["1-unlocked-a", "1-unlocked-b"])
          writeFileSync(join(spool, `${name}.json`), JSON.stringify({ unlocked: note }))
        assert.strictEqual(yield* moving(drain(spool, HOST)), 2)
        assert.deepStrictEqual(readdirSync(spool), [])
        const open = yield* eventually(
          "the monitor knows",
          Effect.map(moving(ref(Monitor, HOST, HOST).ask("Describe", {})), (all) => (all.length > 0 ? all : undefined))
        )
        assert.deepStrictEqual(
          open.map(({ kind, severity, text }) => [kind, severity, text]),
          [
            [
              "locks",
              "attention",
              "x wrote in /w without a lock (Write /w/a.ts), for sm could not be asked: the daemon is not running"
            ]
          ]
        )
      }).pipe(Effect.scoped, Effect.provide(layers))
    )
  )
})
