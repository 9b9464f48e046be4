import { execFile } from "node:child_process"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import { type ControlNews, makeControlParser, quote } from "../../src/terminal/ControlProtocol.ts"
import { exported, paneScript } from "../../src/terminal/PaneScript.ts"
import { sanitise, Terminal } from "../../src/terminal/Terminal.ts"
import { TmuxControl } from "../../src/terminal/TmuxControl.ts"
import { lines, texts } from "../support/Texts.ts"
import { temporary, tmuxDir, TmuxTest } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const holds = <A, E, R>(
  arbitrary: Arbitrary.Arbitrary<A>,
  property: (value: A) => boolean | Effect.Effect<boolean, E, R>,
  runs: number
) =>
  Effect.map(Arbitrary.checkEffect(arbitrary, property, { runs, size: 40 }), (result) =>
    assert.isUndefined(Arbitrary.formatCheckFailure(result))
  )

const bytesOf = (text: string) => Buffer.from(text === "" ? "" : `\u001b[200~${text}\u001b[201~`)

/** Answers whether a text typed into a raw-mode program arrives there byte for byte. */
const arrival = Effect.gen(function* () {
  const terminal = yield* Terminal
  const dir = yield* temporary("received")
  const file = join(dir, "bytes")
  const { pane } = yield* terminal.open({
    sessionId: "dddd0001",
    title: "t",
    cwd: dir,
    command: [process.execPath, join(import.meta.dirname, "../support/receiver.ts"), file],
    env: {}
  })
  yield* until(
    "the receiver starts",
    Effect.sync(() => (existsSync(file) ? true : undefined))
  )
  return (text: string) =>
    Effect.gen(function* () {
      const from = statSync(file).size
      yield* terminal.type(pane, [
        { _tag: "Paste", text },
        { _tag: "Press", keys: ["Enter"] }
      ])
      const expected = Buffer.concat([bytesOf(sanitise(text)), Buffer.from("\r")])
      yield* Effect.ignore(
        until(
          "as many bytes arrive",
          Effect.sync(() => (statSync(file).size >= from + expected.length ? true : undefined)),
          10
        )
      )
      return readFileSync(file).subarray(from).equals(expected)
    })
})

describe("text", () => {
  it.live("of any content arrives byte for byte, bracketed and sanitised", () =>
    Effect.gen(function* () {
      const arrives = yield* arrival
      yield* holds(texts, arrives, 100)
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )

  it.live("of any length arrives byte for byte", () =>
    Effect.gen(function* () {
      const arrives = yield* arrival
      const [sample = ""] = yield* Arbitrary.sampleEffect(texts, { count: 1, size: 40, seed: "long" })
      const piece = `${sample} 漢字👩‍💻;\n`
      for (const bytes of [8190, 8191, 8192, 8193, 20_000, 65_536, 300_000, 1_048_576]) {
        const text = piece.repeat(Math.ceil(bytes / Buffer.byteLength(piece))).slice(0, bytes)
        assert.isTrue(yield* arrives(text), `${bytes} characters`)
      }
    }).pipe(Effect.scoped, Effect.provide(TmuxTest))
  )
})

describe("the control protocol", () => {
  it.live("carries any argument without NUL through quotes", () =>
    Effect.gen(function* () {
      const dir = yield* tmuxDir
      const config = join(dir, "conf")
      writeFileSync(config, "")
      const client = yield* Effect.acquireRelease(
        Effect.promise(() =>
          TmuxControl.connect({
            bin: "tmux",
            socket: join(dir, "tmux"),
            config,
            env: { PATH: process.env["PATH"] ?? "", HOME: "/", TERM: "xterm-256color", LANG: "C.UTF-8" },
            onNotice: () => undefined,
            onGone: () => undefined
          })
        ),
        (open) => Effect.promise(() => open.close())
      )
      const file = join(dir, "saved")
      // An empty buffer cannot be made.
      const argument = Arbitrary.map(texts, (text) => text.replaceAll("\u0000", "").toWellFormed() || "~")
      yield* holds(
        argument,
        (text) =>
          Effect.tryPromise(async () => {
            await client.run(
              `set-buffer -b x -- ${quote(text)}`,
              `save-buffer -b x ${quote(file)}`,
              "delete-buffer -b x"
            )
            return readFileSync(file).equals(Buffer.from(text))
          }),
        150
      )
    }).pipe(Effect.scoped)
  )

  const news = Arbitrary.flatMap(
    Arbitrary.schema(Schema.Literals(["block", "notice"])),
    (kind): Arbitrary.Arbitrary<ControlNews> =>
      kind === "block"
        ? Arbitrary.map(
            Arbitrary.all({
              ours: Arbitrary.schema(Schema.Boolean),
              ok: Arbitrary.schema(Schema.Boolean),
              lines: Arbitrary.array(lines)
            }),
            (block) => ({ _tag: "Block", ...block })
          )
        : Arbitrary.map(
            Arbitrary.all({
              name: Arbitrary.schema(
                Schema.Literals(["output", "sessions-changed", "end", "error", "exit", "beginner"])
              ),
              rest: lines
            }),
            (notice) => ({ _tag: "Notice", ...notice })
          )
  )
  const cuts = Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))))

  const written = (item: ControlNews, number: number): string => {
    if (item._tag === "Notice") return item.rest === "" ? `%${item.name}\n` : `%${item.name} ${item.rest}\n`
    const mark = `1795353438 ${number} ${item.ours ? 1 : 0}`
    // Marks of other blocks, as a captured screen may show them.
    const alike = [`%end 1795353438 ${number + 1} 1`, `%begin ${mark}`, `%end ${mark} `, `%output %1 x`, ""]
    return `${[`%begin ${mark}`, ...alike, ...item.lines, `%${item.ok ? "end" : "error"} ${mark}`].join("\n")}\n`
  }

  it.live("is read the same however the bytes are cut", () =>
    holds(
      Arbitrary.all({ items: Arbitrary.array(news), cuts }),
      ({ cuts: sizes, items }) => {
        const bytes = Buffer.from(items.map(written).join(""))
        const parse = makeControlParser()
        const got: Array<ControlNews> = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % Math.max(1, sizes.length)] ?? bytes.length
          got.push(...parse(bytes.subarray(at, at + size)))
          at += size
        }
        const expected = items.map((item, number) => {
          if (item._tag === "Notice") return item
          const mark = `1795353438 ${number} ${item.ours ? 1 : 0}`
          const alike = [`%end 1795353438 ${number + 1} 1`, `%begin ${mark}`, `%end ${mark} `, `%output %1 x`, ""]
          return { ...item, lines: [...alike, ...item.lines] }
        })
        assert.deepStrictEqual(got, expected)
        return true
      },
      120
    )
  )
})

describe("the script of a pane", () => {
  const names = Schema.Literals([
    "A",
    "_x",
    "HOME",
    "PATH",
    "LANG",
    "IFS",
    "PS1",
    "PS4",
    "ENV",
    "LINENO",
    "PPID",
    "OPTIND",
    "UID",
    "LD_X"
  ])

  it.live("hands over any environment, word for word", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("script")
      const file = join(dir, "script")
      const one = Arbitrary.all({
        name: Arbitrary.schema(names),
        value: Arbitrary.map(texts, (text) => text.replaceAll("\u0000", "").toWellFormed())
      })
      yield* holds(
        Arbitrary.array(one, { maxLength: 6 }),
        (pairs) =>
          Effect.promise(async () => {
            const env = Object.fromEntries(pairs.map(({ name, value }) => [name, value]))
            writeFileSync(file, paneScript(env, ["/usr/bin/env", "-0"]))
            const { stdout } = await promisify(execFile)("/bin/sh", [file], {
              env: { HOME: "/of/the/server", TMUX: "x" }
            })
            const got = Object.fromEntries(
              stdout
                .split("\u0000")
                .filter(Boolean)
                .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
            )
            // What the shell sets by itself.
            for (const own of ["PWD", "OLDPWD", "SHLVL", "_"]) delete got[own]
            assert.deepStrictEqual(got, { ...exported(env) })
            return true
          }),
        60
      )
    }).pipe(Effect.scoped)
  )
})
