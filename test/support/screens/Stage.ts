/** A real agent in a pane of its own, to be driven by keys and photographed. */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Layer, Option } from "effect"
import type { AgentAdapter } from "../../../src/agents/Agent.ts"
import { adapter as claude } from "../../../src/plugins/claude/index.ts"
import { adapter as codex } from "../../../src/plugins/codex/index.ts"
import { type Screen, Terminal } from "../../../src/terminal/Terminal.ts"
import { makeAgents, versionOf } from "../RealAgents.ts"
import { temporary, tmuxDir, tmuxIn } from "../TmuxTest.ts"
import { until } from "../Until.ts"
import { type Expectation, pathOf, write } from "./RecordedScreen.ts"

const adapters: Readonly<Record<string, AgentAdapter>> = { claude: claude({}), codex: codex({}) }

export interface Setting {
  readonly args?: ReadonlyArray<string>
  readonly mode?: string | null
  readonly env?: Readonly<Record<string, string>>
  /** Instead of what the adapter would start: words behind the binary. */
  readonly bare?: ReadonlyArray<string>
  /** Changes the agents' own configuration before the start. */
  readonly before?: (homes: { readonly claude: string; readonly codex: string; readonly cwd: string }) => void
}

export interface Stage {
  /** Names of keys as tmux knows them. */
  readonly keys: (...names: ReadonlyArray<string>) => Effect.Effect<void>
  readonly paste: (text: string) => Effect.Effect<void, unknown>
  readonly submit: (text: string) => Effect.Effect<void, unknown>
  /** Another size of the terminal, as of a person who is attached. */
  readonly resize: (columns: number, rows: number) => Effect.Effect<void>
  /** Waits until the screen matches, and stands still if it can, then keeps it. */
  readonly shot: (name: string, wanted: RegExp, expect: Partial<Expectation>) => Effect.Effect<void, unknown>
  /** Types what the adapter answers to the question on the screen, step by step. */
  readonly answer: Effect.Effect<void, unknown>
  readonly sees: (wanted: RegExp) => Effect.Effect<Screen, unknown>
  readonly cwd: string
}

const pause = (ms: number) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, ms)))

/** Runs `play` with the agent just started. */
export const stage = (kind: string, setting: Setting, play: (stage: Stage) => Effect.Effect<void, unknown>) =>
  Effect.gen(function* () {
    const { claudeHome, codexHome, env } = yield* makeAgents
    const dir = yield* tmuxDir
    const cwd = join(yield* temporary("stage"), "project")
    mkdirSync(cwd, { recursive: true })
    setting.before?.({ claude: claudeHome, codex: codexHome, cwd })
    const adapter = adapters[kind]
    if (adapter === undefined) return yield* Effect.die(new Error(`no agent ${kind}`))
    const own = join(cwd, "../own")
    mkdirSync(own)
    const launch = yield* adapter.launch({
      sessionId: "0000abcd",
      name: "worker",
      prompt: Option.none(),
      resume: Option.none(),
      cwd,
      model: Option.none(),
      effort: Option.none(),
      permissionMode: Option.fromNullOr(
        setting.mode === undefined ? (kind === "claude" ? "manual" : "on-request") : setting.mode
      ),
      args: setting.args ?? [],
      env: { ...env, LANG: "C.UTF-8", ...setting.env },
      dir: own,
      sm: ["/bin/true"]
    })
    for (const [name, text] of Object.entries(launch.files)) writeFileSync(join(own, name), text)
    yield* Effect.gen(function* () {
      const terminal = yield* Terminal
      const { pane } = yield* terminal.open({
        sessionId: "0000abcd",
        title: "worker",
        cwd,
        command: setting.bare === undefined ? launch.command : [launch.command[0], ...setting.bare],
        env: launch.env
      })
      const sees = (wanted: RegExp) => {
        let last = ""
        return until(
          String(wanted),
          Effect.map(terminal.screen(pane), (screen) => {
            last = screen.text
            return wanted.test(screen.text) ? screen : undefined
          }),
          20
        ).pipe(Effect.tapError(() => Effect.logError(`not seen: ${String(wanted)}\n${last}`)))
      }
      const tmux = (...words: ReadonlyArray<string>) =>
        Effect.sync(() => execFileSync("tmux", ["-S", join(dir, "tmux"), ...words]))
      yield* play({
        cwd,
        sees,
        keys: (...names) =>
          Effect.forEach(names, (name) => Effect.andThen(tmux("send-keys", "-t", pane, name), pause(150)), {
            discard: true
          }),
        answer: Effect.gen(function* () {
          // A new dialog ignores keys for a moment.
          yield* pause(700)
          let seen = adapter.read(yield* terminal.screen(pane))
          const { detail } = seen
          while (seen.answer !== undefined && seen.detail === detail) {
            yield* terminal.type(pane, seen.answer)
            yield* pause(700)
            seen = adapter.read(yield* terminal.screen(pane))
          }
        }),
        resize: (columns, rows) =>
          Effect.andThen(tmux("resize-window", "-t", pane, "-x", `${columns}`, "-y", `${rows}`), pause(700)),
        paste: (text) => Effect.andThen(terminal.type(pane, [{ _tag: "Paste", text }]), pause(200)),
        submit: (text) => Effect.andThen(terminal.type(pane, adapter.submit(text)), pause(200)),
        shot: (name, wanted, expect) =>
          Effect.gen(function* () {
            let screen = yield* sees(wanted)
            for (let round = 0; round < 4; round++) {
              yield* pause(300)
              const next = yield* sees(wanted)
              const still = next.text === screen.text
              screen = next
              if (still) break
            }
            mkdirSync(join(pathOf(kind, name), ".."), { recursive: true })
            writeFileSync(
              pathOf(kind, name),
              write(screen, { activity: "idle", draft: null, answer: false, ...expect }, versionOf(kind))
            )
            const seen = adapter.read(screen)
            yield* Effect.logInfo(`${kind}/${name}: read as ${JSON.stringify(seen)}`)
          })
      })
    }).pipe(Effect.provide(Layer.fresh(tmuxIn(dir))))
  }).pipe(Effect.scoped)
