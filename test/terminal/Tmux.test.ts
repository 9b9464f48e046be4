import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue, Stream } from "effect"
import { type Pane, type PaneNews, sanitise, type Stroke, Terminal } from "../../src/terminal/Terminal.ts"
import { temporary, tmuxDir, tmuxIn, TmuxTest } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const receiver = (id: string) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const dir = yield* temporary("received")
    const file = join(dir, "bytes")
    const pane = yield* terminal.open({
      sessionId: id,
      title: id,
      cwd: dir,
      command: [process.execPath, join(import.meta.dirname, "../support/receiver.ts"), file],
      env: { PATH: process.env["PATH"] ?? "", SM_MARK: 'it\'s "quoted" $HOME' }
    })
    yield* until(
      "the receiver starts",
      Effect.sync(() => (existsSync(file) ? true : undefined))
    )
    return { pane, file }
  })

const received = (file: string, expected: string) =>
  until(
    "the bytes arrive",
    Effect.sync(() => {
      const bytes = readFileSync(file)
      return bytes.length >= Buffer.byteLength(expected) ? bytes.toString("utf8") : undefined
    })
  )

const paste = (text: string): Stroke => ({ _tag: "Paste", text })
const bracketed = (text: string) => `\u001b[200~${text}\u001b[201~`

const nasty: ReadonlyArray<readonly [string, string]> = [
  ["plain words", "hello"],
  ["a semicolon at the end", "echo a;"],
  ["only semicolons", ";;"],
  ["a key name", "Up"],
  ["another key name", "C-c"],
  ["a leading dash", "-t %0"],
  ["a leading slash", "/clear"],
  ["a leading bang", "!rm"],
  ["a leading hash and formats", "#{pane_id} #(date)"],
  ["quotes of both kinds", `it's "so" $HOME \\ \`x\``],
  ["empty lines", "a\n\n\nb\n"],
  ["tabs", "\tx\ty"],
  ["emoji and wide characters", "👩‍💻 漢字 é́ ｆｕｌｌ"],
  ["a percent sign", "%"],
  ["a backslash at the end", "end\\"],
  ["twenty thousand characters", "abcdefghij".repeat(2000)],
  ["one megabyte", `${"0123456789abcde\n".repeat(65_536)}`]
]

describe("Tmux", () => {
  it.live(
    "delivers text of any content byte for byte, followed by Enter",
    () =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const { file, pane } = yield* receiver("aaaa0001")
        let all = ""
        for (const [, text] of nasty) {
          yield* terminal.type(pane.pane, [paste(text), { _tag: "Press", keys: ["Enter"] }])
          all += `${bracketed(text)}\r`
        }
        const bytes = yield* received(file, all)
        assert.strictEqual(bytes.length, all.length)
        assert.isTrue(bytes === all, "the bytes differ")
      }).pipe(Effect.scoped, Effect.provide(TmuxTest)),
    60_000
  )

  it.live("removes control characters and keeps the paste closed", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const { file, pane } = yield* receiver("aaaa0002")
      const evil = "a\u001b[201~\rrm\u0007\u0000\r\nb\u009b"
      yield* terminal.type(pane.pane, [paste(evil)])
      const expected = bracketed(sanitise(evil))
      assert.strictEqual(sanitise(evil), "a[201~\nrm\nb")
      assert.strictEqual(yield* received(file, expected), expected)
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("never mixes two keystroke programs", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const { file, pane } = yield* receiver("aaaa0003")
      const texts = Array.from({ length: 60 }, (_, index) => `${index}:${"x".repeat(200 + index * 300)}`)
      yield* Effect.forEach(
        texts,
        (text) => terminal.type(pane.pane, [paste(text), { _tag: "Press", keys: ["Enter"] }]),
        {
          concurrency: "unbounded"
        }
      )
      const expected = texts.map((text) => `${bracketed(text)}\r`)
      const bytes = yield* received(file, expected.join(""))
      assert.deepStrictEqual(new Set(bytes.split("\r").map((part) => `${part}\r`)), new Set([...expected, "\r"]))
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("starts a program with exactly the environment given, and none of its surroundings", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const dir = yield* temporary("env")
      const env = { PATH: process.env["PATH"] ?? "", A: 'it\'s\n"x" $B', SM_SESSION_ID: "aaaa0004" }
      yield* terminal.open({
        sessionId: "aaaa0004",
        title: "t",
        cwd: dir,
        command: ["/bin/sh", "-c", "env -0 > out.tmp; mv out.tmp out; sleep 100"],
        env
      })
      const out = yield* until(
        "the environment is written",
        Effect.sync(() => (existsSync(join(dir, "out")) ? readFileSync(join(dir, "out"), "utf8") : undefined))
      )
      const seen = Object.fromEntries(
        out
          .split("\0")
          .filter(Boolean)
          .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
      )
      assert.strictEqual(seen["A"], env.A)
      assert.strictEqual(seen["SM_SESSION_ID"], "aaaa0004")
      assert.isUndefined(seen["TMUX"])
      assert.isUndefined(seen["VITEST"])
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("refuses a directory that does not exist", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const error = yield* Effect.flip(
        terminal.open({ sessionId: "aaaa0005", title: "t", cwd: "/nowhere", command: ["true"], env: {} })
      )
      assert.strictEqual(error.reason, "BadDirectory")
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
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

  it.live("tells that a pane was taken away", () =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const dir = yield* temporary("exit")
      const seen = yield* Queue.unbounded<PaneNews>()
      yield* Effect.forkChild(
        Stream.runForEach(terminal.news, (news) => Queue.offer(seen, news)),
        { startImmediately: true }
      )
      const next = (tag: PaneNews["_tag"]) =>
        Effect.repeat(Queue.take(seen), { until: (news) => news._tag === tag }).pipe(Effect.timeout("10 seconds"))
      const pane = yield* terminal.open({
        sessionId: "aaaa0007",
        title: "t",
        cwd: dir,
        command: ["/bin/sleep", "100"],
        env: {}
      })
      yield* next("Changed")
      yield* terminal.close(pane.pane)
      yield* terminal.close(pane.pane)
      assert.deepInclude(yield* next("Died"), { sessionId: "aaaa0007", status: null })
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
