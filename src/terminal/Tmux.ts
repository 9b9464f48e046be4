/** The terminal port over a tmux server of our own. */
import { stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Clock, Effect, Layer, PubSub, Stream } from "effect"
import { quote } from "./ControlProtocol.ts"
import { faintBehind } from "./Faint.ts"
import { makeForeground, runsShell } from "./Foreground.ts"
import { endProcesses } from "./PaneProcesses.ts"
import { paneScript } from "./PaneScript.ts"
import { PaneId, type PaneNews, type PaneSpec, type Screen, Terminal, TerminalError } from "./Terminal.ts"
import { connection, describe, type Options } from "./TmuxConnection.ts"
import { typist } from "./TmuxKeystrokes.ts"
import { panesOf } from "./TmuxPanes.ts"
import { type Reconcile, watch } from "./TmuxWatch.ts"

export type { Options }

/** A person who pressed a key less than this many seconds ago is at work. */
const ACTIVE = 3

export const layer = (options: Options): Layer.Layer<Terminal, TerminalError> =>
  Layer.effect(
    Terminal,
    Effect.gen(function* () {
      const news = yield* PubSub.unbounded<PaneNews>()
      const reconcile: Reconcile = { wanted: true }
      const run = yield* connection(options, {
        onNotice: (name) => {
          if (name === "sessions-changed" || name.endsWith("window-close")) reconcile.wanted = true
        },
        onGone: () => PubSub.publishUnsafe(news, { _tag: "ServerGone" })
      })

      const onlyShells = makeForeground()
      const server = Effect.map(
        run("server", "display-message -p '#{pid} #{start_time}'"),
        ([lines]) => lines?.[0] ?? ""
      )
      const panes = panesOf(run)
      const list = panes("list", "#{@sm_id}")

      const open = Effect.fn("Tmux.open")(function* (spec: PaneSpec) {
        yield* Effect.tryPromise({
          try: async () => {
            if (!(await stat(spec.cwd)).isDirectory()) throw new Error("not a directory")
          },
          catch: () =>
            new TerminalError({ operation: "open", reason: "BadDirectory", detail: `${spec.cwd} is not a directory` })
        })
        const script = join(options.dir, `${spec.sessionId}.sh`)
        yield* Effect.tryPromise({
          try: () => writeFile(script, paneScript(spec.env, spec.command), { mode: 0o600 }),
          catch: (error) => describe("open", error)
        })
        const name = `sm-${spec.sessionId}`
        const shell = yield* Effect.promise(() => runsShell(spec.command[0]))
        const [created] = yield* run(
          "open",
          `new-session -d -P -F '#{pane_id}\t#{pane_pid}' -s ${quote(name)} -x 200 -y 50 -c ${quote(title(spec.cwd))} ${quote(`exec /bin/sh ${quote(script)}`)}`,
          `set-option -t ${quote(`=${name}:`)} @sm_id ${quote(spec.sessionId)}`,
          `set-option -t ${quote(`=${name}:`)} @sm_title ${quote(title(spec.title))}`,
          `set-option -t ${quote(`=${name}:`)} @sm_shell ${shell ? "1" : "0"}`
        )
        const [pane = "", pid = ""] = (created?.[0] ?? "").split("\t")
        return { pane: PaneId.make(pane), sessionId: spec.sessionId, pid: Number(pid), dead: false, status: null }
      })

      const screen = Effect.fn("Tmux.screen")(function* (pane: PaneId) {
        const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
        const [about, text, styled, clients] = yield* run(
          "screen",
          `display-message -p -t ${pane} '#{cursor_x}\t#{cursor_y}\t#{pane_dead}\t#{session_name}\t#{pane_pid}\t#{@sm_shell}\t#{pane_title}'`,
          `capture-pane -p -t ${pane}`,
          `capture-pane -p -e -t ${pane}`,
          "list-clients -F '#{client_control_mode}\t#{client_activity}\t#{session_name}'"
        )
        const [x = "0", y = "0", dead = "0", session = "", pid = "", shell = "", name = ""] = (about?.[0] ?? "").split(
          "\t"
        )
        const people = (clients ?? [])
          .map((line) => line.split("\t"))
          .filter(([machine, , where]) => machine === "0" && where === session)
        const shown: Screen = {
          text: (text ?? []).map((line) => line.trimEnd()).join("\n"),
          title: name,
          cursor: { x: Number(x), y: Number(y) },
          faint: faintBehind((styled ?? []).join("\n"), Number(x), Number(y)),
          dead: dead === "1",
          humanActive: people.some(([, activity]) => now - Number(activity) < ACTIVE),
          watched: people.length > 0,
          // A pane of an older version does not say what it runs: it is left alone.
          bare: dead !== "1" && shell === "0" && (yield* Effect.promise(() => onlyShells(pane, Number(pid))))
        }
        return shown
      })

      const close = Effect.fn("Tmux.close")(function* (pane: PaneId) {
        const pid = (yield* list).find((other) => other.pane === pane)?.pid ?? 0
        yield* run("close", `kill-pane -t ${pane}`).pipe(
          Effect.catchIf(
            (error) => error.reason === "NoSuchPane",
            () => Effect.void
          )
        )
        if (pid > 1) yield* endProcesses(pid)
      })

      yield* Effect.forkScoped(watch(panes, news, reconcile))

      return {
        open,
        type: typist(run, options.dir),
        screen,
        history: (pane, lines) =>
          Effect.map(run("history", `capture-pane -p -t ${pane} -S -${Math.max(0, lines)}`), ([text]) =>
            (text ?? [])
              .map((line) => line.trimEnd())
              .join("\n")
              .trimEnd()
              .split("\n")
              .slice(-lines)
              .join("\n")
          ),
        close,
        retitle: (pane, text) => Effect.asVoid(run("retitle", `set-option -t ${pane} @sm_title ${quote(title(text))}`)),
        list,
        attach: (sessionId) => [
          options.bin ?? "tmux",
          "-S",
          options.socket,
          "attach-session",
          "-t",
          `=sm-${sessionId}`
        ],
        news: Stream.fromPubSub(news),
        server
      }
    })
  )

/** What tmux would expand in a status line. */
const title = (text: string): string => text.replaceAll("#", "##")
