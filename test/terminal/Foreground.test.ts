import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Terminal } from "../../src/terminal/Terminal.ts"
import { hasTmux, temporary, TmuxTest } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const env = { PATH: "/usr/bin:/bin", TERM: "xterm-256color" }

/** A wrapper that is a shell script and leaves a shell behind; it says which process its program is. */
const script = (dir: string) => `#!/bin/sh
sleep 1000 &
echo $! > ${dir}/pid
wait
exec sh
`

describe.skipIf(!hasTmux)("who reads the keys of a pane", () => {
  it.live("is a shell once the program of a wrapper has ended, and not before", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const dir = yield* temporary("wrapper")
      const wrapper = join(dir, "agent")
      writeFileSync(wrapper, script(dir))
      chmodSync(wrapper, 0o700)
      const { pane } = yield* terminal.open({ sessionId: "0000000a", title: "x", cwd: dir, command: [wrapper], env })
      const bare = Effect.map(terminal.screen(pane), (screen) => screen.bare)
      const pid = yield* until(
        "the program runs",
        Effect.sync(() => {
          try {
            return Number(readFileSync(join(dir, "pid"), "utf8")) || undefined
          } catch {
            return undefined
          }
        })
      )
      assert.strictEqual(yield* bare, false)
      process.kill(pid, "SIGKILL")
      yield* until(
        "a shell is left",
        Effect.map(bare, (is) => (is === true ? true : undefined))
      )
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("is no stranger where a shell is what was asked for, nor where a program is", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const open = (sessionId: string, command: readonly [string, ...Array<string>]) =>
        Effect.map(terminal.open({ sessionId, title: "x", cwd: "/", command, env }), ({ pane }) => pane)
      const shell = yield* open("0000000b", ["/bin/sh", "-c", "echo ready; exec sh"])
      const program = yield* open("0000000c", ["sleep", "1000"])
      yield* until(
        "the shell runs",
        Effect.map(terminal.screen(shell), ({ text }) => (text.includes("ready") ? true : undefined))
      )
      assert.strictEqual((yield* terminal.screen(shell)).bare, false)
      yield* until(
        "the program runs",
        Effect.map(terminal.screen(program), ({ bare }) => (bare === false ? true : undefined))
      )
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )
})
