/** How a turn of a real agent may go on and end, other than by its answer. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  answered,
  asked,
  back,
  cardOf,
  ends,
  HOPS,
  type Kind,
  kill,
  parentOf,
  press,
  promptsOf,
  reaches,
  screen,
  send,
  shows,
  trace,
  withBoth
} from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

/** A tool that takes this many seconds. Claude Code refuses a bare sleep. */
const slowTool = (kind: Kind, seconds: number): string =>
  kind === "claude"
    ? `[[tool Bash {"command":"for i in $(seq ${seconds}); do sleep 1; done"}]]`
    : `[[tool exec_command {"cmd":"sleep ${seconds}","yield_time_ms":30000}]]`

describe.skipIf(missing !== undefined)("a real agent's turn", { concurrent: true }, () => {
  it.live(
    "is not over while a sub-agent works in the background, but while a shell does",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* sm.json("spawn", "claude", "--name", "ann", "--", "--allowedTools", "Bash")
        const loop = { command: "for i in 1 2 3; do sleep 1; done" }
        const task = {
          description: "look",
          subagent_type: "general-purpose",
          prompt: `⟦tool Bash ${JSON.stringify(loop)}⟧ ⟦text found⟧`
        }
        const first = yield* send(sm, "ann", `[[tool Agent ${JSON.stringify(task)}]] [[text it looks]]`)
        yield* until(
          "the sub-agent's tool has begun",
          Effect.map(sm.sm("tail", "ann"), ({ stdout }) => (stdout.includes("for i in") ? true : undefined))
        )
        const waits = yield* send(sm, "ann", "[[text after it]]")
        yield* until(
          "the sub-agent is done",
          Effect.gen(function* () {
            const card = yield* cardOf(sm, "ann")
            const waiting = yield* trace(sm, waits)
            // Asked last: what was read before it was read while the turn ran.
            if ((yield* trace(sm, first)).status === "answered") return true
            assert.strictEqual(card?.state, "working")
            assert.strictEqual(waiting.status, "accepted")
            return undefined
          })
        )
        assert.deepStrictEqual(
          (yield* answered(sm, waits)).hops.map(({ status }) => status),
          HOPS
        )

        const server = { command: "sleep 30", run_in_background: true, description: "a server" }
        const starts = yield* send(sm, "ann", `[[tool Bash ${JSON.stringify(server)}]] [[text it serves]]`)
        assert.strictEqual((yield* answered(sm, starts)).answer, "it serves")
        assert.strictEqual((yield* answered(sm, yield* send(sm, "ann", "[[text besides]]"))).answer, "besides")
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "fails aloud when the model does, and the next message goes out",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const failures = {
          claude: ["[[error 500 api_error busy]]", "[[error 400 invalid_request_error odd]]"],
          codex: ["[[error 401 authentication_error nope]]", "[[error 400 invalid_request_error odd]]"]
        }
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "--name", kind, "--env", "CLAUDE_CODE_MAX_RETRIES=1")
            const failing = []
            for (const text of failures[kind]) failing.push(yield* send(sm, kind, text))
            const next = yield* send(sm, kind, "[[text well again]]")
            assert.strictEqual((yield* answered(sm, next)).answer, "well again")
            for (const id of failing) {
              const { answer, hops } = yield* trace(sm, id)
              assert.deepStrictEqual(
                hops.map(({ status }) => status),
                HOPS
              )
              assert.match(hops[3]?.evidence ?? "", /^turn failed: ./u)
              assert.isNull(answer)
            }
            yield* reaches(sm, kind, "idle")
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "ends when a person presses Escape in the pane, and the next message goes out",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json(
              "spawn",
              kind,
              "--name",
              kind,
              ...(kind === "claude" ? ["--", "--allowedTools", "Bash"] : [])
            )
            const first = yield* send(sm, kind, `${slowTool(kind, 30)} [[text never]]`)
            yield* shows(sm, kind, "a tool runs", ({ state }) => state === "working")
            yield* until(
              "the tool has begun",
              Effect.map(sm.sm("tail", kind), ({ stdout }) => (stdout.includes("sleep") ? true : undefined))
            )
            const next = yield* send(sm, kind, "[[text next]]")
            // The tool itself begins a moment after its hook: Escape again, but not into the next turn.
            yield* until(
              "the pane says that it is interrupted",
              Effect.gen(function* () {
                if (/interrupted/iu.test(yield* screen(sm, kind))) return true
                yield* press(sm, kind, "Escape")
                return yield* Effect.as(Effect.sleep("1500 millis"), undefined)
              })
            )
            yield* answered(sm, first)
            assert.strictEqual((yield* trace(sm, first)).hops.at(-1)?.evidence, "turn interrupted")
            assert.strictEqual((yield* answered(sm, next)).answer, "next")
            yield* reaches(sm, kind, "idle")

            if (kind === "codex") return
            // Claude had not begun with it: it is the person's again, until another message needs the place.
            const unbegun = yield* send(sm, kind, "[[sleep 20]] [[text never]]")
            yield* asked(sm, kind, "sleep 20")
            yield* press(sm, kind, "Escape")
            const { hops } = yield* ends(sm, unbegun, "parked")
            assert.match(hops.at(-1)?.evidence ?? "", /^a person interrupted/u)
            assert.strictEqual((yield* answered(sm, yield* send(sm, kind, "[[text last]]"))).answer, "last")
            assert.strictEqual(promptsOf(sm, kind).at(-1), "[[text last]]")
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "is known by its answer although no daemon was there to hear it",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const spool = join(sm.home, "state/spool")
        yield* withBoth((kind) => sm.json("spawn", kind, "--name", kind))
        yield* withBoth((kind) => reaches(sm, kind, "idle"))
        const ids = yield* Effect.forEach(
          ["claude", "codex"] as const,
          (kind) => send(sm, kind, "[[sleep 4]] [[text said alone]]", "--wait=submitted"),
          { concurrency: 2 }
        )
        const daemon = sm.daemonPid()
        // Its supervisor would start it again at once.
        yield* kill(parentOf(daemon))
        yield* kill(daemon)
        yield* until(
          "both have reported to nobody",
          Effect.sync(() => {
            const waiting = existsSync(spool) ? readdirSync(spool).filter((name) => name.endsWith(".json")) : []
            return waiting.length >= 2 ? true : undefined
          })
        )
        yield* sm.sm("up", "--detach")
        yield* back(sm)
        for (const id of ids) {
          const { answer, hops } = yield* answered(sm, id)
          assert.strictEqual(answer, "said alone")
          assert.match(hops.at(-1)?.evidence ?? "", /^turn .* ended$/u)
        }
      }).pipe(Effect.scoped),
    180_000
  )
})
