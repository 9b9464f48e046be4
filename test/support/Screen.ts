/** A program in a terminal of its own: what its screen shows, and keys for it. Gone with the scope. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { bare } from "./Run.ts"
import { killTmux, temporary } from "./TmuxTest.ts"
import { until } from "./Until.ts"

export interface Stage {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export const screenOf = Effect.fnUntraced(function* (command: ReadonlyArray<string>, { cwd, env }: Stage) {
  const dir = yield* temporary("screen")
  const socket = join(dir, "tmux")
  const tmux = (...args: ReadonlyArray<string>) =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { env: { ...bare, ...env } }).toString()
  yield* Effect.addFinalizer(() => Effect.sync(() => killTmux(socket)))
  tmux("new-session", "-d", "-x", "120", "-y", "60", "-c", cwd, ...command)
  return {
    /** As typed, without Enter. */
    type: (text: string) => tmux("send-keys", "-l", text),
    press: (...keys: ReadonlyArray<string>) => tmux("send-keys", ...keys),
    /** The screen, once it shows this. */
    shows: (pattern: RegExp) =>
      until(
        `the screen shows ${pattern}`,
        Effect.sync(() => {
          const text = tmux("capture-pane", "-p")
          return pattern.test(text) ? text : undefined
        })
      )
  }
})
