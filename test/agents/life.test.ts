/** How the session of a real agent begins, is cleared, ends, and comes back. */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  answered,
  back,
  cardOf,
  HOPS,
  kill,
  panePid,
  parentOf,
  promptsOf,
  reaches,
  type RealSm,
  send,
  shows,
  showsText,
  tmux,
  trace,
  withBoth
} from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

/** Commands of all processes of this machine, as far as they name this mark. */
const running = (mark: string): ReadonlyArray<string> =>
  execFileSync("ps", ["-A", "-o", "args="])
    .toString()
    .split("\n")
    .filter((line) => line.includes(mark) && !line.startsWith("ps "))

/** What a reboot leaves: the disk. */
const reboot = (sm: RealSm) =>
  Effect.gen(function* () {
    const [daemon, broker] = [sm.daemonPid(), sm.brokerPid()]
    yield* kill(parentOf(daemon))
    yield* kill(daemon)
    yield* kill(broker)
    yield* Effect.sync(() => tmux(sm, "kill-server"))
  })

describe.skipIf(missing !== undefined)("a real agent's session", { concurrent: true }, () => {
  it.live(
    "starts in a repository nobody has trusted yet, in any mode, with a configuration nobody has made yet",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const repository = join(sm.work, "repository")
        mkdirSync(repository)
        execFileSync("git", ["-C", repository, "init", "-q"])
        const spawned = (kind: string, name: string, ...flags: ReadonlyArray<string>) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "[[text here]]", "--name", name, "--cwd", repository, ...flags)
            yield* showsText(sm, name, kind === "claude" ? "● here" : "• here", 40)
            yield* reaches(sm, name, "idle")
          })
        yield* withBoth((kind) => spawned(kind, kind))
        const fresh = join(sm.work, "fresh")
        mkdirSync(fresh)
        const bypass = ["--permission-mode", "bypassPermissions", "--env", "IS_SANDBOX=1"]
        yield* Effect.all(
          [
            spawned("claude", "bypassing", ...bypass),
            spawned("claude", "newcomer", "--env", `CLAUDE_CONFIG_DIR=${fresh}`)
          ],
          { concurrency: 2 }
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "is cleared and goes on under a new id of the agent's, with the new prompt once",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "[[text before]]", "--name", kind)
            const { agentSessionId: old } = yield* shows(
              sm,
              kind,
              "idle with an id",
              (card) => card.state === "idle" && card.agentSessionId !== null && promptsOf(sm, kind).length > 0
            )
            yield* sm.json("clear", kind, "[[text afresh]]")
            const next = yield* send(sm, kind, "[[text and on]]")
            assert.strictEqual((yield* answered(sm, next)).answer, "and on")
            const { agentSessionId, transcript } = yield* reaches(sm, kind, "idle")
            assert.isNotNull(agentSessionId)
            assert.notStrictEqual(agentSessionId, old)
            assert.include(transcript ?? "", agentSessionId ?? "?")
            assert.deepStrictEqual(promptsOf(sm, kind), ["[[text before]]", "[[text afresh]]", "[[text and on]]"])

            // With nothing to do afterwards it is idle, and takes the next.
            yield* sm.json("clear", kind)
            yield* reaches(sm, kind, "idle")
            assert.strictEqual((yield* answered(sm, yield* send(sm, kind, "[[text last]]"))).answer, "last")
            yield* shows(sm, kind, "another id", (card) => card.agentSessionId !== agentSessionId)
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "ends with everything its tools started, and is restored with its conversation",
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
            const mark = `3600.${process.pid}${kind === "claude" ? 1 : 2}`
            const tool =
              kind === "claude"
                ? `Bash {"command":"for i in 1 2; do sleep ${mark}; done"}`
                : `exec_command {"cmd":"sleep ${mark}","yield_time_ms":30000}`
            const id = yield* send(sm, kind, `[[tool ${tool}]] [[text never]]`)
            yield* until(
              "the tool runs",
              Effect.sync(() => (running(`sleep ${mark}`).length > 0 ? true : undefined))
            )
            const { agentSessionId } = (yield* cardOf(sm, kind)) ?? {}
            const pid = yield* panePid(sm, kind)
            yield* sm.json("kill", kind)
            yield* until(
              "all its processes are gone",
              Effect.sync(() => {
                const agent = execFileSync("ps", ["-A", "-o", "pid="]).toString().split("\n")
                const left = agent.some((line) => Number(line) === pid)
                return !left && running(`sleep ${mark}`).length === 0 ? true : undefined
              })
            )
            const { hops, status } = yield* trace(sm, id)
            assert.strictEqual(status, "answered")
            assert.match(hops.at(-1)?.evidence ?? "", /killed by human; the turn did not finish/u)

            yield* sm.json("restore", kind)
            assert.strictEqual((yield* answered(sm, yield* send(sm, kind, "[[text back]]"))).answer, "back")
            assert.strictEqual((yield* cardOf(sm, kind))?.agentSessionId, agentSessionId)
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "comes back after a reboot, by itself if so configured, and gets the mail that waited",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const config = join(sm.home, "config/config.yaml")
        const sessions = yield* Effect.forEach(
          ["claude", "codex"] as const,
          (kind) =>
            Effect.gen(function* () {
              yield* sm.json("spawn", kind, "--name", kind)
              yield* sm.json("send", kind, "[[text known]]", "--wait=answered", "--timeout", "30")
              return { kind, agentSessionId: (yield* cardOf(sm, kind))?.agentSessionId }
            }),
          { concurrency: 2 }
        )
        for (const restore of ["auto", "manual"] as const) {
          const waiting = []
          for (const { kind } of sessions) {
            yield* send(sm, kind, "[[sleep 30]] [[text cut short]]", "--wait=submitted")
            waiting.push({ kind, id: yield* send(sm, kind, `[[text waited ${restore}]]`) })
          }
          yield* reboot(sm)
          writeFileSync(config, `restore: ${restore}\n`)
          yield* sm.sm("up", "--detach")
          yield* back(sm)
          if (restore === "manual") {
            for (const { kind } of sessions) {
              yield* reaches(sm, kind, "crashed")
              yield* sm.json("restore", kind)
            }
          }
          for (const { id, kind } of waiting) {
            const { answer, hops } = yield* answered(sm, id)
            assert.strictEqual(answer, `waited ${restore}`)
            assert.deepStrictEqual(
              hops.map(({ status }) => status),
              HOPS
            )
            const before = sessions.find((session) => session.kind === kind)?.agentSessionId
            assert.strictEqual((yield* cardOf(sm, kind))?.agentSessionId, before)
          }
        }
      }).pipe(Effect.scoped),
    180_000
  )
})
