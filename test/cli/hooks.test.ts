/** `sm hooks`: what it does to settings that people wrote. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { withMember } from "../../cli/hooks/JsonText.ts"
import { installed, look, MARK, uninstalled } from "../../cli/hooks/Merging.ts"
import { write } from "../../cli/hooks/SettingsFile.ts"
import { runSm } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

const SEED = `{
  "hooks": {
    "PreToolUse": [{
      "matcher": { "tool_name": "write|edit" },
      "hooks": [{ "type": "command", "command": "sm auto-lock" }]
    }]
  }
}
`
const FOREIGN = `{
\t"permissions": { "allow": ["Bash(ls)"],
\t\t"deny": [ "WebFetch" ] },
\t"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "beep"}]}]},
\t"model": "opus"
}`

describe("the text of a JSON object", () => {
  it("has one member changed and everything else as it was, however it is written", () => {
    // As JSON has it: there is no -0.
    const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))
    const plain = fc.dictionary(fc.string(), json, { maxKeys: 5 })
    fc.assert(
      fc.property(plain, json, fc.constantFrom(0, 2, "\t"), (object, value, step) => {
        const { hooks: _hooks, ["__proto__"]: _proto, ...others } = object
        for (const before of [others, { ...others, hooks: 1 }, { hooks: [1, { a: "}" }], ...others }]) {
          const text = JSON.stringify(before, null, step)
          assert.deepStrictEqual(JSON.parse(withMember(text, "hooks", value)), { ...before, hooks: value })
          assert.deepStrictEqual(JSON.parse(withMember(text, "hooks", undefined)), others)
        }
      })
    )
    const after = withMember(FOREIGN, "hooks", { a: 1 })
    assert.strictEqual(after.replace('"hooks": {\n\t\t"a": 1\n\t}', ""), FOREIGN.replace(/"hooks": .*?\}\]\}\]\}/u, ""))
  })
})

describe("our hooks among others", () => {
  const wish = { kind: "claude", sm: "sm", wait: 50, bash: false }
  const foreign = { Stop: [{ hooks: [{ type: "command", command: "beep" }] }] }

  it("are put in once, and taken out without a trace", () => {
    const once = installed(foreign, wish)
    assert.deepStrictEqual(installed(once, wish), once)
    assert.deepStrictEqual(uninstalled(once), foreign)
    assert.deepStrictEqual(look(once), { marked: true, byHand: false, old: false })
    assert.deepStrictEqual(once["PreToolUse"]?.[0], {
      matcher: "^(Write|Edit|MultiEdit|NotebookEdit|apply_patch)$",
      hooks: [{ type: "command", command: `sm auto-lock claude ${MARK}`, timeout: 65 }]
    })
    assert.strictEqual(once["Stop"]?.length, 2)
  })

  it("replace the old form and what was written by hand, and leave what else stands in the same group", () => {
    const { hooks } = JSON.parse(SEED) as { readonly hooks: typeof foreign & Record<string, never> }
    assert.deepStrictEqual(look(hooks), { marked: false, byHand: true, old: true })
    assert.deepStrictEqual(installed(hooks, wish), installed({}, wish))
    const mixed = { PreToolUse: [{ matcher: "Write", hooks: [{ command: "/x/sm auto-lock" }, { command: "other" }] }] }
    assert.deepStrictEqual(installed(mixed, wish)["PreToolUse"]?.[0], {
      matcher: "Write",
      hooks: [{ command: "other" }]
    })
  })
})

describe("sm hooks", () => {
  const setup = Effect.gen(function* () {
    const root = yield* temporary("hooks")
    const project = join(root, "project")
    const user = join(root, "user")
    for (const dir of [
      join(project, ".git"),
      join(project, ".claude"),
      join(project, "deep"),
      user,
      join(root, "codex")
    ])
      mkdirSync(dir, { recursive: true })
    const env = { SM_HOME: join(root, "sm"), CLAUDE_CONFIG_DIR: user, CODEX_HOME: join(root, "codex"), HOME: root }
    const sm = (...args: ReadonlyArray<string>) => runSm(["hooks", ...args], { env, cwd: join(project, "deep") })
    return { project, user, codex: join(root, "codex"), sm, root }
  })

  it.live("makes the seed's snippet one that today's Claude Code reads, and keeps what it was", () =>
    Effect.gen(function* () {
      const { project, sm } = yield* setup
      const path = join(project, ".claude/settings.json")
      writeFileSync(path, SEED)
      assert.include((yield* sm("status", "--project")).stdout, "an old form")
      const dry = yield* sm("install", "--project", "--dry-run")
      assert.include(dry.stdout, "sm auto-lock claude # sm:hooks")
      assert.strictEqual(readFileSync(path, "utf8"), SEED)

      assert.strictEqual((yield* sm("install", "--project")).code, 0)
      assert.notInclude(readFileSync(path, "utf8"), "tool_name")
      assert.include((yield* sm("status", "--project")).stdout, ": installed")
      const backup = readdirSync(join(project, ".claude")).find((name) => name.endsWith(".bak")) ?? ""
      assert.strictEqual(readFileSync(join(project, ".claude", backup), "utf8"), SEED)
      assert.include((yield* sm("install", "--project")).stdout, "unchanged")
      assert.lengthOf(readdirSync(join(project, ".claude")), 2, "no copy of what did not change")
    }).pipe(Effect.scoped)
  )

  it.live("keeps what others wrote, letter for letter, and goes without a trace, also behind a link", () =>
    Effect.gen(function* () {
      const { codex, root, sm, user } = yield* setup
      writeFileSync(join(root, "dotfile.json"), FOREIGN)
      symlinkSync(join(root, "dotfile.json"), join(user, "settings.json"))
      const path = join(user, "settings.json")
      assert.strictEqual((yield* sm("install")).code, 0)
      const after = readFileSync(path, "utf8")
      assert.isTrue(after.startsWith(FOREIGN.slice(0, 80)) && after.endsWith('\n\t"model": "opus"\n}'))
      assert.strictEqual(readFileSync(join(root, "dotfile.json"), "utf8"), after)
      const codexHooks = JSON.parse(readFileSync(join(codex, "hooks.json"), "utf8")) as { readonly hooks: object }
      assert.hasAllKeys(codexHooks.hooks, ["PreToolUse", "Stop", "Interrupt", "SessionEnd"])

      assert.strictEqual((yield* sm("uninstall")).code, 0)
      assert.deepStrictEqual(JSON.parse(readFileSync(path, "utf8")), JSON.parse(FOREIGN))
      assert.deepStrictEqual(JSON.parse(readFileSync(join(codex, "hooks.json"), "utf8")), {})
    }).pipe(Effect.scoped)
  )

  it.live("refuses what is no JSON in one sentence, and changes no file then", () =>
    Effect.gen(function* () {
      const { codex, sm, user } = yield* setup
      writeFileSync(join(codex, "hooks.json"), `// hooks\n${SEED}`)
      for (const [args, words] of [
        [["install"], "it begins with a comment"],
        [["install", "--user", "--project"], "exclude each other"],
        [["remove"], "install, uninstall, status"]
      ] as const) {
        const { code, stderr } = yield* sm(...args)
        assert.strictEqual(code, 2)
        assert.include(stderr, words)
      }
      assert.deepStrictEqual(readdirSync(user), [])
    }).pipe(Effect.scoped)
  )
})

it.skipIf(process.platform !== "linux")("says where it cannot write, and does not try for ever", () => {
  assert.throws(() => write("/proc/.claude/settings.json", "{}"), "/proc/.claude/settings.json cannot be written: ")
})
