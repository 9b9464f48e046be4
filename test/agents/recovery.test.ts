/** What becomes of a real agent that is killed inside a wrapper: it comes back, until that happens too often. */
import { execFileSync } from "node:child_process"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  answered,
  asked,
  cardOf,
  kill,
  notices,
  panePid,
  reaches,
  type RealSm,
  screen,
  send,
  trace
} from "../support/Driving.ts"
import { makeAgents, missing } from "../support/RealAgents.ts"
import { makeSmWith } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

/** A `claude` that leaves a shell behind, as people's own wrappers do. */
const wrapper = `#!/bin/sh
claude "$@"
exec sh -i
`

const makeWrapped = Effect.gen(function* () {
  const { env, ...agents } = yield* makeAgents
  const sm = yield* makeSmWith({
    plugins: (home) => {
      const path = join(home, "wrapper")
      writeFileSync(path, wrapper)
      chmodSync(path, 0o700)
      return `claude({ permissionMode: 'manual', binary: ${JSON.stringify(path)} })`
    },
    env,
    config: "monitor:\n  recover: { max: 1 }\n"
  })
  return { ...sm, ...agents }
})

/** The agent itself, inside the wrapper that the pane runs. */
const agentPid = (sm: RealSm, name: string) =>
  Effect.flatMap(panePid(sm, name), (pane) =>
    until(
      "the agent runs inside its wrapper",
      Effect.sync(() => {
        const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="]).toString().split("\n")
        const [, pid] =
          lines
            .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line))
            .find((line) => Number(line?.[2]) === pane && line?.[3]?.includes("--settings") === true) ?? []
        return pid === undefined ? undefined : Number(pid)
      })
    )
  )

const told = (sm: RealSm, kind: string) =>
  until(
    `${kind} is told`,
    Effect.map(notices(sm), (all) => all.find((notice) => notice.kind === kind))
  )

describe.skipIf(missing !== undefined)("a real agent that is killed", { concurrent: true }, () => {
  it.live(
    "goes on with its conversation, and once it is killed too often it stays so, its shell untouched",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeWrapped
        yield* sm.json("spawn", "claude", "--name", "ann")
        yield* answered(sm, yield* send(sm, "ann", "[[text known]]"))
        const before = yield* cardOf(sm, "ann")

        yield* send(sm, "ann", "[[sleep 60]] [[text cut short]]", "--wait=submitted")
        yield* asked(sm, "claude", "cut short")
        yield* kill(yield* agentPid(sm, "ann"))
        yield* asked(sm, "claude", "Your process ended in the middle of your work")
        const again = yield* send(sm, "ann", "[[text still here]]")
        assert.strictEqual((yield* answered(sm, again)).answer, "still here")
        const after = yield* cardOf(sm, "ann")
        assert.strictEqual(after?.agentSessionId, before?.agentSessionId)
        const transcript = readFileSync(after?.transcript ?? "", "utf8")
        for (const words of ["known", "Your process ended", "still here"]) assert.include(transcript, words)
        assert.strictEqual((yield* told(sm, "recovered")).severity, "info")

        yield* kill(yield* agentPid(sm, "ann"))
        yield* reaches(sm, "ann", "crashed")
        const { severity, text } = yield* told(sm, "gave-up")
        assert.strictEqual(severity, "critical")
        assert.include(text, "crashed again after 1 new start")
        const lost = yield* send(sm, "ann", "[[text never typed here]]")
        assert.strictEqual((yield* trace(sm, lost)).status, "accepted")
        assert.notInclude(yield* screen(sm, "ann"), "never typed here")

        yield* sm.json("restore", "ann")
        assert.strictEqual((yield* answered(sm, lost)).answer, "never typed here")
        assert.notInclude(
          (yield* notices(sm)).map(({ kind }) => kind),
          "gave-up"
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
