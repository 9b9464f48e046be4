/** What one real agent says to another that works: important words between two tool calls, urgent ones instead of a tool. */
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { answered, asked, type Kind, reaches, type RealSm, send, shows, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

const tool = (kind: Kind, command: string): string =>
  kind === "claude"
    ? `Bash ${JSON.stringify({ command })}`
    : `exec_command ${JSON.stringify({ cmd: command, yield_time_ms: 30_000 })}`

/** A command that begins a file of this name, and goes on until there is another. */
const waits = (kind: Kind, name: string): string =>
  tool(kind, `touch begun-${kind}-${name}; while [ ! -e go-${kind}-${name} ]; do sleep 0.1; done`)
const begun = (sm: RealSm, kind: Kind, name: string) =>
  until(
    `${kind} runs its tool`,
    Effect.sync(() => existsSync(join(sm.work, `begun-${kind}-${name}`)) || undefined)
  )
const goOn = (sm: RealSm, kind: Kind, name: string) => writeFileSync(join(sm.work, `go-${kind}-${name}`), "")

/** ann says it, from her own shell. */
const says = (sm: RealSm, kind: Kind, words: string, mode: string) =>
  Effect.flatMap(
    send(sm, "ann", `[[tool Bash ${JSON.stringify({ command: `sm send ${kind} "${words}" ${mode}` })}]] [[text said]]`),
    (id) => answered(sm, id)
  )
const REFUSED = /Not run: an urgent message \(m\w{15}\) waits for you, and goes first\. It says:\\nStop, claude/u

const turnOf = (evidence: string | undefined) => /turn \S+/u.exec(evidence ?? "")?.[0]
const idIn = (prompt: string) => /\[Input from: ann .*? · (m\w+)\]/u.exec(prompt)?.[1] ?? ""

describe.skipIf(missing !== undefined)("a real agent at work", () => {
  it.live(
    "reads another's important words between two tool calls, and urgent ones before any other tool",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        writeFileSync(join(sm.claudeHome, "settings.json"), JSON.stringify({ permissions: { allow: ["Bash"] } }))
        yield* sm.json("spawn", "claude", "--name", "ann")
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            const model = kind === "claude" ? sm.anthropic : sm.openai
            model.rules.push(
              { to: `]\nUse X, ${kind}`, says: "[[text X it is]]" },
              { to: `]\nStop, ${kind}`, says: "[[text stopped]]" }
            )
            yield* sm.json("spawn", kind, "--name", kind)
            yield* reaches(sm, kind, "idle")
            const work = yield* send(sm, kind, `[[tool ${waits(kind, "one")}]] [[text never]]`)
            yield* begun(sm, kind, "one")
            yield* says(sm, kind, `Use X, ${kind}`, "--important")
            yield* shows(sm, kind, "it is on its way", ({ typed }) => typed === 1)
            goOn(sm, kind, "one")
            const important = yield* answered(sm, idIn(yield* asked(sm, kind, `]\nUse X, ${kind}`)))
            const first = yield* answered(sm, work)
            assert.deepStrictEqual([important.answer, first.answer], ["X it is", "X it is"])
            assert.strictEqual(turnOf(important.hops[2]?.evidence), turnOf(first.hops[2]?.evidence))
            assert.include(
              important.hops[1]?.evidence,
              kind === "claude" ? "by the agent's own door" : "behind the running work"
            )

            // Claude called both in one breath; Codex is stopped before it could call the second.
            const touch = tool(kind, `touch made-${kind}`)
            const next = kind === "claude" ? `[[and ${touch}]]` : `[[tool ${touch}]]`
            yield* send(sm, kind, `[[tool ${waits(kind, "two")}]] ${next} [[text never]]`)
            yield* begun(sm, kind, "two")
            yield* says(sm, kind, `Stop, ${kind}`, "--urgent")
            if (kind === "claude")
              yield* until(
                "it is refused the second",
                Effect.sync(() => model.requests.some((body) => REFUSED.test(body)) || undefined)
              )
            const urgent = yield* answered(sm, idIn(yield* asked(sm, kind, `]\nStop, ${kind}`)))
            assert.strictEqual(urgent.answer, "stopped")
            goOn(sm, kind, "two")
            assert.isFalse(existsSync(join(sm.work, `made-${kind}`)), "it was not run")
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
