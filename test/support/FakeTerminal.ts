/** The terminal port in memory, in virtual time, with scripted programs in its panes. */
import { existsSync } from "node:fs"
import { Clock, Context, Effect, Layer, Option, PubSub, Stream } from "effect"
import {
  type Pane,
  PaneId,
  type PaneNews,
  type PaneSpec,
  sanitise,
  Terminal,
  TerminalError
} from "../../src/terminal/Terminal.ts"
import { exported } from "../../src/terminal/PaneScript.ts"
import { FakeScreen } from "./FakeScreen.ts"
import type { Program } from "./programs/Program.ts"

/** A person who pressed a key less than this many ms ago is at work. */
const ACTIVE = 2500

const KEYS: Readonly<Record<string, string>> = {
  Enter: "\r",
  Escape: "\u001b",
  Tab: "\t",
  Up: "\u001b[A",
  Down: "\u001b[B",
  "C-b": "\u0002",
  "C-c": "\u0003",
  "C-s": "\u0013",
  "C-u": "\u0015",
  "C-x": "\u0018"
}

interface Running {
  readonly spec: PaneSpec
  readonly pid: number
  readonly screen: FakeScreen
  take: (bytes: string) => void
  title: string
  dead: boolean
  status: number | null
  humanAt: number
  /** The program has ended inside its wrapper: what the shell that is left was given to read. */
  shell: Array<string> | undefined
}

/** The handle on the panes besides the port: what people and the world do to them. */
export class FakePanes extends Context.Service<
  FakePanes,
  {
    /** A person attached to the pane presses keys. */
    readonly human: (sessionId: string, bytes: string) => Effect.Effect<void>
    /** The program ends, as by a signal. */
    readonly kill: (sessionId: string) => Effect.Effect<void>
    /** The program ends inside its wrapper, which leaves a shell; answers with all that this one is given to read. */
    readonly leaveShell: (sessionId: string) => Effect.Effect<ReadonlyArray<string>>
    /** The terminal server dies with all its panes. */
    readonly killServer: Effect.Effect<void>
    /** The next `type` never returns: it stops before the keys arrive, or after. For deaths at that moment. */
    readonly stopTyping: (when: "before" | "after") => Effect.Effect<void>
    /** That has happened. */
    readonly stopped: Effect.Effect<boolean>
    readonly title: (sessionId: string) => Effect.Effect<Option.Option<string>>
  }
>()("sm/test/FakePanes") {}

/** `programs` by the first word of a pane's command. */
export const layer = (programs: Readonly<Record<string, Program>>): Layer.Layer<Terminal | FakePanes> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const news = yield* PubSub.unbounded<PaneNews>()
      const panes = new Map<PaneId, Running>()
      let server = 1
      let count = 0
      let stopping: "before" | "after" | undefined

      const tell = (item: PaneNews) => void PubSub.publishUnsafe(news, item)
      const find = (operation: string, pane: PaneId): Effect.Effect<Running, TerminalError> => {
        const found = panes.get(pane)
        return found === undefined
          ? Effect.fail(new TerminalError({ operation, reason: "NoSuchPane", detail: `can't find pane: ${pane}` }))
          : Effect.succeed(found)
      }
      const bySession = (sessionId: string) => {
        const found = [...panes].findLast(([, { spec }]) => spec.sessionId === sessionId)
        return found === undefined ? Effect.die(new Error(`no pane of ${sessionId}`)) : Effect.succeed(found)
      }
      const end = (pane: PaneId, running: Running, status: number | null) => {
        if (running.dead) return
        running.dead = true
        running.status = status
        running.screen.write(`\r\nPane is dead${status === null ? "" : ` (status ${status})`}`)
        tell({ _tag: "Died", pane, sessionId: running.spec.sessionId, status })
      }
      const shown = (pane: PaneId, { dead, pid, spec, status }: Running): Pane => ({
        pane,
        sessionId: spec.sessionId,
        pid,
        dead,
        status
      })

      const terminal: Terminal["Service"] = {
        open: Effect.fnUntraced(function* (spec) {
          if (!existsSync(spec.cwd))
            return yield* new TerminalError({
              operation: "open",
              reason: "BadDirectory",
              detail: `${spec.cwd} is not a directory`
            })
          const pane = PaneId.make(`%${++count}`)
          const running: Running = {
            spec,
            pid: 100_000 + count,
            screen: new FakeScreen(),
            take: () => undefined,
            title: spec.title,
            dead: false,
            status: null,
            humanAt: -Infinity,
            shell: undefined
          }
          panes.set(pane, running)
          const [name, ...args] = spec.command
          const program = programs[name]
          if (program === undefined) {
            end(pane, running, 127)
            return shown(pane, running)
          }
          running.take = program({
            args,
            env: exported(spec.env),
            cwd: spec.cwd,
            write: (text) => {
              running.screen.write(text)
              tell({ _tag: "Changed", pane, sessionId: spec.sessionId })
            },
            exit: (status) => end(pane, running, status)
          })
          return shown(pane, running)
        }),
        type: Effect.fnUntraced(function* (pane, strokes) {
          const running = yield* find("type", pane)
          const stops = stopping
          stopping = undefined
          if (stops === "before") return yield* Effect.never
          for (const stroke of strokes) {
            if (running.dead)
              return yield* new TerminalError({
                operation: "type",
                reason: "Refused",
                detail: "the program in this pane has ended"
              })
            if (stroke._tag === "Press") {
              for (const key of stroke.keys) running.take(KEYS[key] ?? "")
              continue
            }
            const text = sanitise(stroke.text)
            if (text === "") continue
            running.take(running.screen.bracketed ? `\u001b[200~${text}\u001b[201~` : text)
          }
          if (stops === "after") return yield* Effect.never
        }),
        screen: Effect.fnUntraced(function* (pane) {
          const { dead, humanAt, screen, shell } = yield* find("screen", pane)
          const now = yield* Clock.currentTimeMillis
          const { cursor, faint, text, title } = screen
          return {
            text,
            title,
            cursor,
            faint,
            dead,
            humanActive: now - humanAt < ACTIVE,
            watched: humanAt > -Infinity,
            bare: shell !== undefined
          }
        }),
        history: (pane, lines) =>
          Effect.map(find("history", pane), ({ screen }) => screen.all.slice(-lines).join("\n")),
        close: (pane) =>
          Effect.sync(() => {
            const running = panes.get(pane)
            panes.delete(pane)
            if (running !== undefined) end(pane, running, null)
          }),
        retitle: (pane, title) =>
          Effect.map(find("retitle", pane), (running) => {
            running.title = title
          }),
        list: Effect.sync(() => [...panes].map(([pane, running]) => shown(pane, running))),
        attach: (sessionId) => ["fake", "attach", sessionId],
        news: Stream.fromPubSub(news),
        server: Effect.sync(() => `fake ${server}`)
      }

      const handle: FakePanes["Service"] = {
        human: Effect.fnUntraced(function* (sessionId, bytes) {
          const [, running] = yield* bySession(sessionId)
          running.humanAt = yield* Clock.currentTimeMillis
          running.take(bytes)
        }),
        kill: (sessionId) => Effect.map(bySession(sessionId), ([pane, running]) => end(pane, running, null)),
        leaveShell: (sessionId) =>
          Effect.map(bySession(sessionId), ([pane, running]) => {
            const read: Array<string> = []
            running.shell = read
            running.take = (bytes) => read.push(bytes)
            tell({ _tag: "Changed", pane, sessionId })
            return read
          }),
        killServer: Effect.sync(() => {
          server++
          panes.clear()
          tell({ _tag: "ServerGone" })
        }),
        stopTyping: (when) =>
          Effect.sync(() => {
            stopping = when
          }),
        stopped: Effect.sync(() => stopping === undefined),
        title: (sessionId) =>
          Effect.sync(() =>
            Option.fromUndefinedOr([...panes.values()].findLast(({ spec }) => spec.sessionId === sessionId)?.title)
          )
      }
      return Context.make(Terminal, terminal).pipe(Context.add(FakePanes, handle))
    })
  )
