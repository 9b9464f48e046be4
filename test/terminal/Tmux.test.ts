import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream } from "effect"
import { type Pane, type Stroke, Terminal } from "../../src/terminal/Terminal.ts"
import { attached, temporary, tmuxDir, tmuxIn, TmuxTest } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const program = (...args: ReadonlyArray<string>) =>
  [process.execPath, join(import.meta.dirname, "../support/programs/main.ts"), ...args] as const

describe("Tmux", () => {
  it.live("sees that a person presses keys, and takes the pane out of the person's scrolling before it types", () =>
    Effect.gen(function* () {
      const dir = yield* tmuxDir
      const cwd = yield* temporary("human")
      const file = join(cwd, "bytes")
      yield* Effect.gen(function* () {
        const terminal = yield* Terminal
        const sessionId = "aaaa0001"
        const env = { PATH: process.env["PATH"] ?? "" }
        const { pane } = yield* terminal.open({ sessionId, title: "t", cwd, command: program("receiver", file), env })
        yield* until(
          "the receiver starts",
          Effect.sync(() => (existsSync(file) ? true : undefined))
        )
        assert.deepInclude(yield* terminal.screen(pane), { humanActive: false, watched: false })

        const client = yield* attached(join(dir, "tmux"), sessionId)
        const types = (keys: string, arrives: string) =>
          until(
            `${JSON.stringify(keys)} arrives`,
            Effect.sync(() => {
              if (readFileSync(file, "utf8").endsWith(arrives)) return true
              client.stdin?.write(keys)
              return undefined
            })
          )
        yield* types("h", "h")
        assert.deepInclude(yield* terminal.screen(pane), { humanActive: true, watched: true })

        const copyMode = () =>
          execFileSync("tmux", ["-S", join(dir, "tmux"), "display-message", "-p", "-t", pane, "#{pane_in_mode}"])
        execFileSync("tmux", ["-S", join(dir, "tmux"), "copy-mode", "-t", pane])
        assert.strictEqual(copyMode().toString().trim(), "1")
        const strokes: ReadonlyArray<Stroke> = [
          { _tag: "Paste", text: "text" },
          { _tag: "Press", keys: ["Enter"] }
        ]
        yield* terminal.type(pane, strokes)
        yield* until(
          "the text arrives",
          Effect.sync(() => (readFileSync(file, "utf8").endsWith("\u001b[200~text\u001b[201~\r") ? true : undefined))
        )
        assert.strictEqual(copyMode().toString().trim(), "0")
      }).pipe(Effect.provide(tmuxIn(dir)))
    }).pipe(Effect.scoped)
  )

  // Alone: the end of another child would make tmux notice.
  it.live("tells the exit code also of a program that ends as soon as it began", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const cwd = yield* temporary("exit")
      for (let round = 10; round < 40; round++) {
        const sessionId = `bbbb00${round}`
        yield* terminal.open({ sessionId, title: "t", cwd, command: ["/bin/sh", "-c", "exit 7"], env: {} })
        const pane = yield* until(
          "it is dead",
          Effect.map(terminal.list, (panes) => panes.find((other) => other.sessionId === sessionId && other.dead))
        )
        assert.strictEqual(pane.status, 7)
        yield* terminal.close(pane.pane)
      }
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("ends every process of a closed pane, also those that ignore the hang-up", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const dir = yield* temporary("close")
      const pane = yield* terminal.open({
        sessionId: "aaaa0008",
        title: "t",
        cwd: dir,
        command: ["/bin/sh", "-c", "trap '' HUP TERM; echo $$ > pid; while :; do sleep 1; done"],
        env: { PATH: process.env["PATH"] ?? "" }
      })
      yield* until(
        "it runs",
        Effect.sync(() =>
          existsSync(join(dir, "pid")) && readFileSync(join(dir, "pid"), "utf8").trim() !== "" ? true : undefined
        )
      )
      yield* terminal.close(pane.pane)
      assert.throws(() => process.kill(pane.pid, 0))
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("finds its panes again after a restart, and starts a new server when the old one is gone", () =>
    Effect.gen(function* () {
      const dir = yield* tmuxDir
      const cwd = yield* temporary("adopt")
      const use = <A, E>(effect: Effect.Effect<A, E, Terminal>) =>
        effect.pipe(Effect.provide(Layer.fresh(tmuxIn(dir))), Effect.scoped)
      const first: Pane = yield* use(
        Effect.flatMap(Terminal, (terminal) =>
          terminal.open({ sessionId: "aaaa0009", title: "t", cwd, command: ["/bin/sleep", "100"], env: {} })
        )
      )
      const [again, server] = yield* use(
        Effect.flatMap(Terminal, (terminal) => Effect.all([terminal.list, terminal.server]))
      )
      assert.deepStrictEqual(again, [first])
      yield* use(
        Effect.gen(function* () {
          const terminal = yield* Terminal
          const gone = yield* Effect.forkChild(
            Stream.runHead(Stream.filter(terminal.news, (news) => news._tag === "ServerGone")),
            { startImmediately: true }
          )
          process.kill(Number(server.split(" ")[0]), "SIGKILL")
          yield* Fiber.join(gone)
          assert.deepStrictEqual(
            yield* until(
              "a new server answers",
              Effect.map(Effect.option(terminal.list), (option) => (option._tag === "Some" ? option.value : undefined))
            ),
            []
          )
          assert.notStrictEqual(yield* terminal.server, server)
        })
      )
    }).pipe(Effect.scoped)
  )
})
