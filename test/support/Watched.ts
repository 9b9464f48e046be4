/** A program in a terminal of a given size, as a person at it sees it: what is shown, keys pressed, the window resized. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { bare, entry } from "./Run.ts"
import { killTmux, temporary } from "./TmuxTest.ts"
import { until } from "./Until.ts"

export interface Window {
  readonly columns: number
  readonly rows: number
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** `sm` with these words; when it has ended its exit code is shown. */
export const watched = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  { columns, rows }: Window,
  env: Readonly<Record<string, string>>
) {
  const dir = yield* temporary("screen")
  const socket = join(dir, "tmux")
  yield* Effect.addFinalizer(() => Effect.sync(() => killTmux(socket)))
  const tmux = (...words: ReadonlyArray<string>): string =>
    execFileSync("tmux", ["-f", "/dev/null", "-S", socket, ...words], {
      env: { ...bare, LC_ALL: "C.UTF-8" }
    }).toString()
  const variables = Object.entries({ LC_ALL: "C.UTF-8", ...env }).map(([name, value]) => `${name}=${value}`)
  const command = ["env", ...variables, process.execPath, entry, ...args].map(quoted).join(" ")
  tmux(
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    String(rows),
    "-s",
    "w",
    `${command}; echo "code $?"; exec cat`
  )
  const screen = (): ReadonlyArray<string> =>
    tmux("capture-pane", "-p", "-t", "w")
      .split("\n")
      .slice(0, -1)
      .map((line) => line.trimEnd())
  return {
    screen,
    /** Names of keys as tmux has them. */
    press: (...keys: ReadonlyArray<string>) => void tmux("send-keys", "-t", "w", ...keys),
    type: (text: string) => void tmux("send-keys", "-t", "w", "-l", "--", text),
    /** As a terminal pastes: bracketed where the program wants it so. */
    paste: (text: string) => {
      tmux("set-buffer", "--", text)
      tmux("paste-buffer", "-p", "-t", "w")
    },
    resize: (to: Window) => void tmux("resize-window", "-t", "w", "-x", String(to.columns), "-y", String(to.rows)),
    asked: (format: string) => tmux("display-message", "-p", "-t", "w", format).trim(),
    /** Waits for a screen; when it does not come, says what there is instead. */
    shows: (what: string, holds: (lines: ReadonlyArray<string>) => boolean, seconds = 20) =>
      until(
        what,
        Effect.sync(() => {
          const lines = screen()
          return holds(lines) ? lines : undefined
        }),
        seconds
      ).pipe(Effect.catch(({ message }) => Effect.die(new Error([message, ...screen()].join("\n")))))
  }
})
