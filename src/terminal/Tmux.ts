/** The terminal port over a tmux server of our own. */
import { execFile } from "node:child_process"
import { mkdir, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { Effect, Layer, PubSub, Semaphore, Stream } from "effect"
import { quote } from "./ControlProtocol.ts"
import { paneScript } from "./PaneScript.ts"
import {
  type Pane,
  PaneId,
  type PaneNews,
  type PaneSpec,
  sanitise,
  type Screen,
  type Stroke,
  Terminal,
  TerminalError
} from "./Terminal.ts"
import { TmuxControl, TmuxGone, TmuxRefused, TmuxTimeout } from "./TmuxControl.ts"

export interface Options {
  readonly socket: string
  /** A private directory for scripts and paste files. */
  readonly dir: string
  readonly bin?: string
}

/** Ours alone: the user's tmux configuration would change sizes, hooks and keys. */
const CONFIG = `set -g status on
set -g status-left ' #{@sm_title} '
set -g status-left-length 60
set -g status-right ' detach: C-] d '
set -g window-status-format ''
set -g window-status-current-format ''
set -g prefix C-]
unbind C-b
bind C-] send-prefix
set -g automatic-rename off
set -g history-limit 3000
set -g remain-on-exit on
set -g default-size 200x50
set -g window-size latest
set -g set-clipboard off
set -g escape-time 10
set -g focus-events on
set -g default-terminal tmux-256color
set -g update-environment ''
set-hook -g client-detached 'if-shell -F "#{==:#{session_attached},0}" { resize-window -x 200 -y 50 ; set-option -w window-size latest }'
`

/** Larger pastes go through a file: quoting and parsing 1 MB on the command line takes a second. */
const INLINE = 8192
/** Ms between two looks at which panes changed. */
const TICK = 250
const LIST = "#{@sm_id}\t#{pane_id}\t#{pane_pid}\t#{pane_dead}\t#{pane_dead_status}"
/** A person who pressed a key less than this many seconds ago is at work. */
const ACTIVE = 10

const describe = (operation: string, error: unknown): TerminalError => {
  const detail = error instanceof Error ? error.message : String(error)
  const reason = (() => {
    if (error instanceof TmuxTimeout) return "Timeout"
    if (error instanceof TmuxGone) return "ServerGone"
    if ((error as { readonly code?: unknown }).code === "ENOENT") return "NotInstalled"
    if (error instanceof TmuxRefused && /can't find (pane|window|session)/u.test(detail)) return "NoSuchPane"
    return "Refused"
  })()
  return new TerminalError({
    operation,
    reason,
    detail: reason === "NotInstalled" ? "tmux is not installed: apt-get install tmux, or brew install tmux" : detail
  })
}

const parsePane = (line: string): ReadonlyArray<Pane> => {
  const [sessionId = "", pane = "", pid = "", dead = "", status = ""] = line.split("\t")
  if (sessionId === "") return []
  return [
    {
      sessionId,
      pane: PaneId.make(pane),
      pid: Number(pid) || 0,
      dead: dead === "1",
      status: status === "" ? null : Number(status)
    }
  ]
}

export const layer = (options: Options): Layer.Layer<Terminal, TerminalError> =>
  Layer.effect(
    Terminal,
    Effect.gen(function* () {
      const news = yield* PubSub.unbounded<PaneNews>()
      const connecting = yield* Semaphore.make(1)
      let control: TmuxControl | undefined
      let closing = false
      let reconcile = true
      let buffer = 0

      const connect = Effect.fnUntraced(function* () {
        if (control !== undefined && !control.gone) return control
        const opened = yield* Effect.tryPromise({
          try: async () => {
            await mkdir(options.dir, { recursive: true, mode: 0o700 })
            await mkdir(dirname(options.socket), { recursive: true, mode: 0o700 })
            const config = join(options.dir, "tmux.conf")
            await writeFile(config, CONFIG, { mode: 0o600 })
            return TmuxControl.connect({
              bin: options.bin ?? "tmux",
              socket: options.socket,
              config,
              env: {
                PATH: process.env["PATH"] ?? "/usr/bin:/bin",
                HOME: process.env["HOME"] ?? "/",
                LANG: "C.UTF-8",
                TERM: "xterm-256color",
                SHELL: "/bin/sh"
              },
              onNotice: (name) => {
                if (name === "sessions-changed" || name.endsWith("window-close")) reconcile = true
              },
              onGone: () => {
                if (!closing) PubSub.publishUnsafe(news, { _tag: "ServerGone" })
              }
            })
          },
          catch: (error) => describe("connect", error)
        })
        control = opened
        return opened
      })
      const connected = connecting.withPermits(1)(connect())

      const run = (operation: string, ...commands: ReadonlyArray<string>) =>
        Effect.flatMap(connected, (client) =>
          Effect.tryPromise({ try: () => client.run(...commands), catch: (error) => describe(operation, error) })
        )

      yield* Effect.acquireRelease(connected, () =>
        Effect.promise(async () => {
          closing = true
          await control?.close()
        })
      )

      const server = Effect.map(
        run("server", "display-message -p '#{pid} #{start_time}'"),
        ([lines]) => lines?.[0] ?? ""
      )
      const list = Effect.map(run("list", `list-panes -a -f '#{@sm_id}' -F ${quote(LIST)}`), ([lines]) =>
        (lines ?? []).flatMap(parsePane)
      )

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
        const [created] = yield* run(
          "open",
          `new-session -d -P -F '#{pane_id}\t#{pane_pid}' -s ${quote(name)} -x 200 -y 50 -c ${quote(title(spec.cwd))} ${quote(`exec /bin/sh ${quote(script)}`)}`,
          `set-option -t ${quote(`=${name}:`)} @sm_id ${quote(spec.sessionId)}`,
          `set-option -t ${quote(`=${name}:`)} @sm_title ${quote(title(spec.title))}`
        )
        const [pane = "", pid = ""] = (created?.[0] ?? "").split("\t")
        return { pane: PaneId.make(pane), sessionId: spec.sessionId, pid: Number(pid), dead: false, status: null }
      })

      const paste = Effect.fnUntraced(function* (pane: string, text: string, flags: string) {
        const name = `sm${++buffer}`
        const send = `paste-buffer ${flags} -d -b ${name} -t ${pane}`
        if (Buffer.byteLength(text) <= INLINE)
          return { lines: [`set-buffer -b ${name} -- ${quote(text)}`, send], file: undefined }
        const file = join(options.dir, `${name}.paste`)
        yield* Effect.tryPromise({
          try: () => writeFile(file, text, { mode: 0o600 }),
          catch: (error) => describe("type", error)
        })
        return { lines: [`load-buffer -b ${name} ${quote(file)}`, send], file }
      })

      const type = Effect.fn("Tmux.type")(function* (pane: PaneId, strokes: ReadonlyArray<Stroke>) {
        const lines: Array<string> = []
        const files: Array<string> = []
        for (const stroke of strokes) {
          if (stroke._tag === "Paste") {
            const text = sanitise(stroke.text)
            if (text === "") continue
            const pasted = yield* paste(pane, text, "-p -r")
            lines.push(...pasted.lines)
            if (pasted.file !== undefined) files.push(pasted.file)
            continue
          }
          for (const key of stroke.keys) {
            // As a paste it reaches the program even while a person scrolls back in copy mode.
            if (key === "Enter") lines.push(...(yield* paste(pane, "\r", "-r")).lines)
            else lines.push(`copy-mode -q -t ${pane}`, `send-keys -t ${pane} ${key}`)
          }
        }
        if (lines.length === 0) return
        yield* run("type", ...lines).pipe(
          Effect.ensuring(Effect.promise(() => Promise.all(files.map((file) => rm(file, { force: true })))))
        )
      })

      const screen = Effect.fn("Tmux.screen")(function* (pane: PaneId) {
        const now = Math.floor(Date.now() / 1000)
        const [about, text, clients] = yield* run(
          "screen",
          `display-message -p -t ${pane} '#{cursor_x}\t#{cursor_y}\t#{pane_dead}\t#{session_name}\t#{pane_title}'`,
          `capture-pane -p -t ${pane}`,
          "list-clients -F '#{client_control_mode}\t#{client_activity}\t#{session_name}'"
        )
        const [x = "0", y = "0", dead = "0", session = "", name = ""] = (about?.[0] ?? "").split("\t")
        const humanActive = (clients ?? []).some((line) => {
          const [machine, activity, where] = line.split("\t")
          return machine === "0" && where === session && now - Number(activity) < ACTIVE
        })
        const shown: Screen = {
          text: (text ?? []).map((line) => line.trimEnd()).join("\n"),
          title: name,
          cursor: { x: Number(x), y: Number(y) },
          dead: dead === "1",
          humanActive
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
        if (pid > 1) yield* Effect.promise(() => endProcesses(pid))
      })

      /** What changed since the last look, by tmux's own clock of whole seconds. */
      const poll = Effect.gen(function* () {
        const known = new Map<string, Pane>()
        let since = Math.floor(Date.now() / 1000)
        while (true) {
          yield* Effect.sleep(TICK)
          const now = Math.floor(Date.now() / 1000)
          const full = reconcile
          reconcile = false
          const filter = full
            ? "#{@sm_id}"
            : `#{&&:#{!=:#{@sm_id},},#{||:#{pane_dead},#{>=:#{window_activity},${since}}}}`
          const answer = yield* Effect.result(run("poll", `list-panes -a -f ${quote(filter)} -F ${quote(LIST)}`))
          if (answer._tag === "Failure") {
            reconcile = true
            continue
          }
          const panes = (answer.success[0] ?? []).flatMap(parsePane)
          since = now
          for (const pane of panes) {
            const before = known.get(pane.pane)
            known.set(pane.pane, pane)
            if (pane.dead) {
              if (before?.dead !== true)
                PubSub.publishUnsafe(news, {
                  _tag: "Died",
                  pane: pane.pane,
                  sessionId: pane.sessionId,
                  status: pane.status
                })
            } else PubSub.publishUnsafe(news, { _tag: "Changed", pane: pane.pane, sessionId: pane.sessionId })
          }
          if (!full) continue
          const present = new Set<string>(panes.map((pane) => pane.pane))
          for (const [id, pane] of known) {
            if (present.has(id)) continue
            known.delete(id)
            if (!pane.dead)
              PubSub.publishUnsafe(news, { _tag: "Died", pane: pane.pane, sessionId: pane.sessionId, status: null })
          }
        }
      })
      yield* Effect.forkScoped(poll)

      return {
        open,
        type,
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

/** Processes of the pane's session that outlive its hang-up are ended. */
const endProcesses = async (leader: number): Promise<void> => {
  const members = async () => {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,sess="])
    return stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/u).map(Number))
      .flatMap(([pid, session]) => (session === leader && pid !== undefined ? [pid] : []))
  }
  for (let round = 0; round < 20; round++) {
    const left = await members()
    if (left.length === 0) return
    if (round > 8) {
      for (const pid of left) {
        try {
          process.kill(pid, "SIGKILL")
        } catch (error) {
          if ((error as { readonly code?: string }).code !== "ESRCH") throw error
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
