/** The terminal contract: one suite for tmux and for the fake. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Queue, type Scope, Stream } from "effect"
import {
  type Pane,
  PaneId,
  type PaneNews,
  type Screen,
  sanitise,
  type Stroke,
  Terminal
} from "../../src/terminal/Terminal.ts"
import * as FakeTerminal from "../support/FakeTerminal.ts"
import { programs, type ProgramName } from "../support/programs/programs.ts"
import { temporary, TmuxTest } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

type Command = (name: ProgramName, ...args: ReadonlyArray<string>) => readonly [string, ...ReadonlyArray<string>]

interface World {
  /** Opens a pane with a scripted program. */
  readonly open: (
    sessionId: string,
    program: ProgramName,
    args?: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => Effect.Effect<Pane, unknown, Terminal>
  readonly dir: string
  readonly command: Command
}

const paste = (text: string): Stroke => ({ _tag: "Paste", text })
const press = (...keys: ReadonlyArray<"Enter" | "Escape" | "Up" | "Tab" | "C-u">): Stroke => ({ _tag: "Press", keys })
const bracketed = (text: string) => `\u001b[200~${text}\u001b[201~`

const contents = (file: string, done: (text: string) => boolean) =>
  until(
    `${file} is written`,
    Effect.sync(() => {
      const text = existsSync(file) ? readFileSync(file, "utf8") : ""
      return done(text) ? text : undefined
    })
  )

const shows = (pane: PaneId, wanted: (screen: Screen) => boolean) =>
  Effect.flatMap(Terminal, (terminal) =>
    until(
      "the screen shows it",
      Effect.map(terminal.screen(pane), (screen) => (wanted(screen) ? screen : undefined))
    )
  )

const order = (value: { readonly write?: string; readonly exit?: number }): ReadonlyArray<Stroke> => [
  paste(JSON.stringify(value)),
  press("Enter")
]

/** Everything the terminal tells from now on. */
const listening = Effect.gen(function* () {
  const terminal = yield* Terminal
  const queue = yield* Queue.unbounded<PaneNews>()
  yield* Effect.forkChild(
    Stream.runForEach(terminal.news, (news) => Queue.offer(queue, news)),
    { startImmediately: true }
  )
  return (wanted: Partial<PaneNews>) =>
    Effect.repeat(Queue.take(queue), {
      until: (news) =>
        Object.entries(wanted).every(([key, value]) => Object.entries(news).some(([k, v]) => k === key && v === value))
    }).pipe(Effect.timeout("10 seconds"))
})

const contract = (name: string, layer: Layer.Layer<Terminal, unknown>, command: Command) =>
  describe(`the terminal contract: ${name}`, () => {
    const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Terminal | Scope.Scope>) =>
      it.live(title, () =>
        Effect.gen(function* () {
          const dir = yield* temporary("contract")
          const open: World["open"] = (sessionId, program, args = [], env = {}) =>
            Effect.flatMap(Terminal, (terminal) =>
              terminal.open({
                sessionId,
                title: `title of ${sessionId}`,
                cwd: dir,
                command: command(program, ...args),
                env: { PATH: process.env["PATH"] ?? "", ...env }
              })
            )
          yield* body({ open, dir, command })
        }).pipe(Effect.provide(Layer.fresh(layer)), Effect.scoped)
      )

    test("refuses a directory that does not exist", ({ command: of }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const spec = { sessionId: "cccc0001", title: "t", cwd: "/nowhere", command: of("reporter"), env: {} }
        const error = yield* Effect.flip(terminal.open(spec))
        assert.strictEqual(error.reason, "BadDirectory")
        assert.deepStrictEqual(yield* terminal.list, [])
      }))

    test("starts a program in its directory with exactly the environment given", ({ dir, open }) =>
      Effect.gen(function* () {
        const file = join(dir, "report")
        const env = { A: 'it\'s\n"x" $B `c` \\', EMPTY: "", SM_SESSION_ID: "cccc0002", ÜMLAUT: "not a name" }
        yield* open("cccc0002", "reporter", [file], env)
        const text = yield* contents(file, (written) => written.endsWith("}}"))
        const seen = JSON.parse(text) as { readonly cwd: string; readonly env: Record<string, string> }
        assert.strictEqual(seen.cwd, dir)
        const { A, EMPTY, SM_SESSION_ID } = env
        const expected = { PATH: process.env["PATH"] ?? "", A, EMPTY, SM_SESSION_ID }
        // What a shell and a terminal set by themselves.
        for (const own of ["PWD", "OLDPWD", "SHLVL", "_", "TERM"]) delete seen.env[own]
        assert.deepStrictEqual(seen.env, expected)
      }))

    test("pastes bracketed and sanitised, presses keys, and keeps both in order", ({ dir, open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const file = join(dir, "bytes")
        const { pane } = yield* open("cccc0003", "receiver", [file])
        yield* shows(pane, ({ text }) => text.startsWith("ready"))
        const evil = "a\u001b[201~\rrm\u0007\u0000\r\nb\u009b;"
        yield* terminal.type(pane, [
          press("C-u"),
          paste(evil),
          press("Tab", "Escape"),
          paste(""),
          paste("Up"),
          press("Enter")
        ])
        const expected = `\u0015${bracketed(sanitise(evil))}\t\u001b${bracketed("Up")}\r`
        assert.strictEqual(yield* contents(file, (text) => text.length >= expected.length), expected)
        assert.strictEqual(sanitise(evil), "a[201~\nrm\nb;")
      }))

    test("never mixes two keystroke programs", ({ dir, open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const file = join(dir, "bytes")
        const { pane } = yield* open("cccc0004", "receiver", [file])
        yield* shows(pane, ({ text }) => text.startsWith("ready"))
        const texts = Array.from({ length: 30 }, (_, index) => `${index}:${"x".repeat(100 + index * 600)}`)
        yield* Effect.forEach(texts, (text) => terminal.type(pane, [paste(text), press("Enter")]), {
          concurrency: "unbounded",
          discard: true
        })
        const expected = texts.map((text) => `${bracketed(text)}\r`)
        const length = expected.join("").length
        const bytes = yield* contents(file, (text) => text.length >= length)
        assert.deepStrictEqual(bytes.split(/(?<=\r)/u).toSorted(), expected.toSorted())
      }))

    test("shows text, cursor and the program's title", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const { pane } = yield* open("cccc0005", "painter")
        yield* shows(pane, ({ text }) => text.startsWith("ready"))
        yield* terminal.type(
          pane,
          order({ write: "\u001b[2J\u001b[H\u001b]0;busy now\u0007one  \r\n\r\n  three\u001b[2;5H" })
        )
        const screen = yield* shows(pane, ({ title }) => title === "busy now")
        assert.deepStrictEqual(screen.text.trimEnd().split("\n"), ["one", "", "  three"])
        assert.deepStrictEqual(screen.cursor, { x: 4, y: 1 })
        assert.isFalse(screen.dead)
        assert.isFalse(screen.humanActive)
      }))

    test("tells a faint placeholder from a text that stands behind the cursor", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const { pane } = yield* open("cccc000f", "painter")
        yield* shows(pane, ({ text }) => text.startsWith("ready"))
        const draws = (text: string, wanted: string) =>
          Effect.andThen(
            terminal.type(pane, order({ write: `\u001b[2J\u001b[H${text}` })),
            shows(pane, (screen) => screen.text.includes(wanted) && screen.cursor.x === 2 && screen.cursor.y === 0)
          )
        assert.isTrue((yield* draws("> no looks at all\u001b[1;3H", "no looks")).faint)
        assert.isTrue((yield* draws("> \u001b[2mTry me\u001b[0m\u001b[1;3H", "Try")).faint)
        assert.isFalse((yield* draws("> typed\r\n\u001b[2mhint\u001b[0m\u001b[1;3H", "typed")).faint)
        assert.isFalse((yield* draws("> \r\n\u001b[2mhints\u001b[0m\u001b[1;3H", "hints")).faint)
      }))

    test("keeps what scrolled away", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const { pane } = yield* open("cccc0006", "painter")
        yield* shows(pane, ({ text }) => text.startsWith("ready"))
        const lines = Array.from({ length: 120 }, (_, index) => `line ${index}`)
        yield* terminal.type(pane, order({ write: `\u001b[2J\u001b[H${lines.join("\r\n")}` }))
        const { text } = yield* shows(pane, (screen) => screen.text.includes("line 119"))
        assert.notInclude(text, "line 42")
        assert.strictEqual(yield* terminal.history(pane, 80), lines.slice(-80).join("\n"))
        assert.strictEqual(yield* terminal.history(pane, 2), lines.slice(-2).join("\n"))
      }))

    test("lists living and dead panes, and tells how they ended", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const heard = yield* listening
        const living = yield* open("cccc0007", "painter")
        assert.deepInclude(living, { sessionId: "cccc0007", dead: false, status: null })
        const quits = yield* open("cccc0008", "painter")
        yield* shows(quits.pane, ({ text }) => text.startsWith("ready"))
        yield* terminal.type(quits.pane, order({ write: "last words", exit: 7 }))
        yield* heard({ _tag: "Died", sessionId: "cccc0008", pane: quits.pane, status: 7 })
        assert.deepStrictEqual(
          (yield* terminal.list).map(({ dead, pane, sessionId, status }) => ({ dead, pane, sessionId, status })),
          [
            { dead: false, pane: living.pane, sessionId: "cccc0007", status: null },
            { dead: true, pane: quits.pane, sessionId: "cccc0008", status: 7 }
          ]
        )
        const screen = yield* terminal.screen(quits.pane)
        assert.isTrue(screen.dead)
        assert.include(screen.text, "last words")
        const refused = yield* Effect.flip(terminal.type(quits.pane, order({})))
        assert.deepInclude(refused, { reason: "Refused", detail: "the program in this pane has ended" })
      }))

    test("tells that a program ended as soon as it began", ({ open }) =>
      Effect.gen(function* () {
        const heard = yield* listening
        yield* open("cccc0009", "quitter", ["3"])
        yield* heard({ _tag: "Died", sessionId: "cccc0009", status: 3 })
      }))

    test("tells which pane changed", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const first = yield* open("cccc000a", "painter")
        const second = yield* open("cccc000b", "painter")
        for (const { pane } of [first, second]) yield* shows(pane, ({ text }) => text.startsWith("ready"))
        const heard = yield* listening
        yield* terminal.type(second.pane, order({ write: "news" }))
        yield* heard({ _tag: "Changed", sessionId: "cccc000b", pane: second.pane })
      }))

    test("closes a pane once and for all, and tells it", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const heard = yield* listening
        const { pane } = yield* open("cccc000c", "painter")
        yield* heard({ _tag: "Changed", sessionId: "cccc000c" })
        yield* terminal.close(pane)
        yield* terminal.close(pane)
        yield* heard({ _tag: "Died", sessionId: "cccc000c", status: null })
        assert.deepStrictEqual(yield* terminal.list, [])
        assert.strictEqual((yield* Effect.flip(terminal.screen(pane))).reason, "NoSuchPane")
        assert.strictEqual((yield* Effect.flip(terminal.type(pane, [paste("x")]))).reason, "NoSuchPane")
        assert.strictEqual((yield* Effect.flip(terminal.history(pane, 3))).reason, "NoSuchPane")
      }))

    test("retitles a pane that is there", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const { pane } = yield* open("cccc000d", "painter")
        yield* terminal.retitle(pane, "it's #{pid} #(date); new")
        assert.deepInclude((yield* terminal.list)[0], { pane, sessionId: "cccc000d" })
        assert.strictEqual((yield* Effect.flip(terminal.retitle(PaneId.make("%999"), "x"))).reason, "NoSuchPane")
      }))

    test("keeps the server's identity, and names a command to look inside", ({ open }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const server = yield* terminal.server
        yield* open("cccc000e", "painter")
        assert.strictEqual(yield* terminal.server, server)
        assert.notStrictEqual(server, "")
        assert.isTrue(terminal.attach("cccc000e").some((word) => word.includes("cccc000e") || word === "attach"))
      }))
  })

contract("fake", FakeTerminal.layer(programs), (name, ...args) => [name, ...args])
contract("tmux", TmuxTest, (name, ...args) => [
  process.execPath,
  join(import.meta.dirname, "../support/programs/main.ts"),
  name,
  ...args
])
