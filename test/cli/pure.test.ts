/** What of the command line needs no process: parsing, numbers, near words, tables, and that nothing drifts apart. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { catalog, commandOf, type CommandName } from "../../cli/Catalog.ts"
import { commands } from "../../cli/commands/index.ts"
import { parse, type Shape } from "../../cli/hot/Arguments.ts"
import { shape as sendShape } from "../../cli/hot/send.ts"
import { shape as statusShape } from "../../cli/hot/status.ts"
import { MOST } from "../../cli/LongText.ts"
import { manualOf, parserOf } from "../../cli/Manual.ts"
import { harmless } from "../../cli/Output.ts"
import { extraIn, ownBranch } from "../../cli/OwnBranch.ts"
import { Spawn } from "../../cli/commands/spawn.ts"
import { Misuse, seconds, wholeNumber } from "../../cli/Misuse.ts"
import { near, perhaps } from "../../src/domain/Near.ts"
import { approvalLines, approvalWhole } from "../../cli/view/Approvals.ts"
import { table } from "../../cli/view/Table.ts"
import { wantsHelp, wantsJson } from "../../cli/Words.ts"
import { cliPage } from "../../scripts/docs/cli.ts"
import { MAX_TEXT_BYTES } from "../../src/domain/Message.ts"

const names = Object.keys(catalog) as ReadonlyArray<CommandName>

it("a text may be as large as the daemon takes it", () => assert.strictEqual(MOST, MAX_TEXT_BYTES))

it("what agents wrote does nothing to the terminal on which it is shown", () =>
  assert.strictEqual(harmless("a\tb\n\u001b]0;t\u0007c\u001b[2J\r\u009bd 🚀"), "a\tb\n]0;tc[2Jd 🚀"))

describe("--worktree", () => {
  const { options } = manualOf(Spawn)
  const cases: ReadonlyArray<readonly [string, string]> = [
    ["claude|do this|--worktree", "claude|do this|--worktree"],
    ["claude|--worktree|fix/x|do this", "claude|--worktree=fix/x|do this"],
    ["claude|do this|--worktree|fix/x", "claude|do this|--worktree=fix/x"],
    ["claude|--worktree|do this", "claude|--worktree|do this"],
    ["claude|--worktree|--name|eng", "claude|--worktree|--name|eng"],
    ["--worktree|claude|do this", "--worktree|claude|do this"],
    ["--name|eng|--worktree|claude", "--name|eng|--worktree|claude"],
    ["--name|eng|claude|--worktree|x", "--name|eng|claude|--worktree=x"],
    ["claude|--name|--worktree|x", "claude|--name|--worktree|x"],
    ["claude|--worktree=x|y", "claude|--worktree=x|y"],
    ["claude|x", "claude|x"]
  ]
  for (const [given, wanted] of cases)
    it(`reads ${given}`, () => assert.deepStrictEqual(ownBranch(given.split("|"), options), wanted.split("|")))
})

it("of too many words the first is named for which there is no place", () => {
  const { options, usage } = manualOf(Spawn)
  const of = (line: string) => extraIn(line.split("|"), options, usage)
  assert.strictEqual(of("claude|hi|--name|x|--worktree|a b"), "a b")
  assert.strictEqual(of("claude|hi|extra|more"), "extra")
  assert.isUndefined(of("claude|--name|x|hi|--worktree=b"))
  assert.isUndefined(extraIn(["a", "b", "c"], [], "sm lock <reason> ..."))
})

describe("the hot parser", () => {
  const shape: Shape = { bare: ["json"], valued: ["ttl"], either: ["wait"] }

  it("reads words and options in any order", () => {
    const parsed = parse(["a", "--json", "b", "--ttl", "5", "--wait=answered", "c"], shape)
    assert.deepStrictEqual(parsed?.words, ["a", "b", "c"])
    assert.deepStrictEqual(
      [...(parsed?.flags ?? [])],
      [
        ["json", true],
        ["ttl", "5"],
        ["wait", "answered"]
      ]
    )
    assert.strictEqual(parse(["--wait", "a"], shape)?.flags.get("wait"), true)
  })

  it("takes everything behind -- for text, and so a dash behind the first word", () => {
    assert.deepStrictEqual(parse(["x", "--", "--json", "-f"], shape)?.words, ["x", "--json", "-f"])
    assert.deepStrictEqual(parse(["x", "use", "ls", "-h"], shape)?.words, ["x", "use", "ls", "-h"])
    assert.deepStrictEqual(parse(["x", "-"], shape)?.words, ["x", "-"])
  })

  it("leaves to the full parser what it does not know", () => {
    for (const args of [["--frob"], ["x", "--frob"], ["-x"], ["x", "--ttl"], ["--json=1"]])
      assert.isUndefined(parse(args, shape), args.join(" "))
  })

  it("knows the options that the declarations for help and completions know, and takes values as they do", async () => {
    const shapes: ReadonlyArray<readonly [CommandName, Shape]> = [
      ["send", sendShape],
      ["status", statusShape],
      ["me", statusShape]
    ]
    for (const [name, { bare, either, valued }] of shapes) {
      const { options } = manualOf(await commands[name]())
      const told = (takes: boolean) =>
        options.filter((option) => option.takes === takes).flatMap((option) => option.names)
      const dashed = (list: ReadonlyArray<string>) => list.map((option) => `--${option}`).toSorted()
      assert.deepStrictEqual(told(true).toSorted(), dashed(valued), `${name}: options with a value`)
      assert.deepStrictEqual(told(false).toSorted(), dashed([...bare, ...either]), `${name}: options without one`)
    }
  })

  it("reads what the full parser reads", async () => {
    const Send = await commands.send()
    const lines = [
      ["x", "hello", "--urgent", "--ttl", "5"],
      ["--json", "x", "hello", "--wait"],
      ["x,y", "hello", "--important", "--key", "k", "--no-notify-on-stop"],
      ["x", "hello", "--notify-on-stop", "--notify-on-delivery", "--sequential"],
      ["x", "hello", "--wait=answered", "--timeout=3"],
      ["x", "--file", "f"],
      ["x", "--", "-f", "--json"]
    ]
    const word = (value: unknown) => (typeof value === "string" || value === true ? value : undefined)
    for (const args of lines) {
      const parsed = parse(args, sendShape)
      const full = parserOf(Send).process(["send", ...args], { afterDashes: [] }) as unknown as Record<string, unknown>
      assert.deepStrictEqual(parsed?.words as unknown, [full["session"], ...(full["text"] as Array<string>)])
      for (const option of ["urgent", "json", "wait", "ttl", "timeout", "file"])
        assert.strictEqual(word(parsed?.flags.get(option)), word(full[option]), `${args.join(" ")}: ${option}`)
    }
  })
})

describe("a command line", () => {
  it("asks for JSON and for help before -- only", () => {
    assert.isTrue(wantsJson(["send", "x", "--json"]))
    assert.isFalse(wantsJson(["send", "x", "--", "--json"]))
    assert.isTrue(wantsHelp(["x", "--help"]))
    assert.isTrue(wantsHelp(["-h"]))
    assert.isFalse(wantsHelp(["x", "use ls", "-h"]))
    assert.isFalse(wantsHelp(["x", "--", "--help"]))
  })

  it("takes numbers in their bounds and names the field of any other", () => {
    assert.strictEqual(wholeNumber("--lines", "50", 1, 3000, "right"), 50)
    assert.strictEqual(seconds("--ttl", "0.5", Infinity, "right"), 0.5)
    for (const text of ["0", "3001", "abc", "", "1.5", "-1", "1e3", " 5", "5x"])
      assert.throws(() => wholeNumber("--lines", text, 1, 3000, "right"), /^--lines is a whole number from 1 to 3000/u)
    for (const text of ["0", "-1", "abc", "", "Infinity", "NaN", "3601"])
      assert.throws(() => seconds("--timeout", text, 3600, "right"), /^--timeout is a number of seconds above 0/u)
    assert.throws(() => seconds("--ttl", "Infinity", Infinity, "right"))
    assert.strictEqual(new Misuse("what", "how").hint, "how")
  })

  it("suggests what is near, and nothing that is not", () => {
    const known = ["send", "spawn", "status", "dead-letters", "list"]
    assert.deepStrictEqual(near("sned", known), ["send"])
    assert.deepStrictEqual(near("sent", known), ["send"])
    assert.deepStrictEqual(near("SPAWM", known), ["spawn"])
    assert.deepStrictEqual(near("dead", known), ["dead-letters"])
    assert.deepStrictEqual(near("frobnicate", known), [])
    assert.strictEqual(perhaps("sta", known), "; did you mean status?")
    assert.strictEqual(perhaps("", known), "")
  })

  it("finds commands by name and alias, never by what objects inherit", () => {
    assert.strictEqual(commandOf("ls"), "list")
    assert.strictEqual(commandOf("hook"), "hook")
    assert.isUndefined(commandOf("constructor"))
    assert.isUndefined(commandOf("toString"))
  })
})

describe("a table", () => {
  const rows = [
    ["1", "a b", "x"],
    ["22", "", "y\nz\t!"]
  ]

  it("is aligned on a terminal", () => {
    assert.strictEqual(table(["N", "WORD", "REST"], rows, true), "N   WORD  REST\n1   a b   x\n22  -     y z !")
  })

  it("is plain on a pipe: two spaces, one line a row, no tabs", () => {
    assert.strictEqual(table(["N", "WORD", "REST"], rows, false), "N  WORD  REST\n1  a b  x\n22  -  y z !")
  })
})

describe("what agents say, on a terminal", () => {
  const ESC = "\u001b"

  it("neither moves the cursor nor turns the reading direction", () => {
    const rows = [["1", `a${ESC}[2K\u0007b`, "\u202ecod.exe"]]
    assert.strictEqual(
      table(["N", "WORD", "REST"], rows, false),
      String.raw`N  WORD  REST${"\n"}1  a\u{1b}[2K\u{7}b  \u{202e}cod.exe`
    )
  })

  it("hides nothing of what is to be allowed", () => {
    const detail = `echo '${ESC}]'; rm -rf ~ #\u0007\u200bx`
    const approval = {
      id: "a0000001",
      session: "s",
      name: "x",
      kind: "permission",
      from: "hook",
      tool: "Bash",
      detail,
      subject: `${"x".repeat(200)} end\n${detail}`,
      workingDir: "/w",
      at: 0,
      outcome: null
    } as const
    const shown = String.raw`echo '\u{1b}]'; rm -rf ~ #\u{7}\u{200b}x`
    assert.include(approvalLines([approval]), shown)
    const whole = approvalWhole(approval)
    assert.include(whole, `x end\n  ${shown}`)
    assert.notInclude(whole, "its pane may show more")
    assert.include(approvalWhole({ ...approval, subject: null }), `${shown}\n(what is known of it`)
  })
})

describe("the declarations", () => {
  it("are complete: every command is in the catalog, loads, and explains itself and its options", async () => {
    assert.sameMembers(Object.keys(commands), [...names])
    for (const name of names) {
      const command = await commands[name]()
      const { description, options, usage } = manualOf(command)
      assert.include(usage, `sm ${name}`)
      assert.strictEqual(description, catalog[name].description)
      assert.isTrue(command.paths?.some((path) => path.join(" ") === name))
      for (const option of options) assert.isNotEmpty(option.description, `${name} ${option.names[0]}`)
      assert.isTrue(name === "complete" || options.some((option) => option.names.includes("--json")), name)
    }
  })

  it("are what docs/cli.md says", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8")
    assert.strictEqual(page, await cliPage(), "npm run docs writes it")
  })
})
