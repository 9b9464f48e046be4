/** Permission dialogs on recorded screens: which are told exactly, and that nothing else is taken for one. */
import { assert, describe, it } from "@effect/vitest"
import { readAsk } from "../../src/plugins/sdk/hooks.ts"
import { adapter as command } from "../../src/plugins/command/index.ts"
import { dialog as claude } from "../../src/plugins/claude/dialog.ts"
import { dialog as codex } from "../../src/plugins/codex/dialog.ts"
import type { Key, Stroke } from "../../src/terminal/Terminal.ts"
import { recorded } from "../support/screens/RecordedScreen.ts"

const screenOf = (kind: string, name: string) => {
  const found = recorded(kind).find((other) => other.name === name)
  assert.isDefined(found)
  return found.screen
}
const SHOWN: Readonly<Record<string, ReadonlyArray<string>>> = {
  claude: ["narrow-permission", "permission-amend", "permission-bash", "permission-write"],
  codex: ["narrow-permission", "permission"]
}
const press = (key: Key): ReadonlyArray<Stroke> => [{ _tag: "Press", keys: [key] }]

for (const [kind, read] of Object.entries({ claude, codex }))
  describe(`a permission dialog of ${kind}`, () => {
    for (const { name, screen } of recorded(kind)) {
      const shown = SHOWN[kind]?.includes(name) ?? false
      it(`is ${shown ? "" : "not "}on the screen ${name}`, () => {
        const found = read(screen)
        assert.strictEqual(found !== undefined, shown)
      })
    }
  })

describe("what a dialog is about", () => {
  const bash = { tool: "Bash", workingDir: "/w" }

  it("is a command that it shows whole, and no other", () => {
    for (const [kind, read] of Object.entries({ claude, codex })) {
      for (const name of SHOWN[kind]?.filter((each) => !/write|amend/u.test(each)) ?? []) {
        const found = read(screenOf(kind, name))
        assert.deepInclude(found, { kind: "permission", detail: "touch made" })
        const about = (subject: string | null) => found?.about({ ...bash, subject })
        assert.isTrue(about("touch made"))
        for (const other of ["touch", "made", "touch made; rm x", "x touch made", "", null])
          assert.isFalse(about(other))
        assert.isFalse(found?.about({ ...bash, tool: "Write", subject: "/w/touch made" }))
      }
    }
    const longer = screenOf("claude", "permission-bash")
    const text = longer.text.replace(" touch made\n", " touch made\n rm -rf x\n")
    assert.isFalse(claude({ ...longer, text })?.about({ ...bash, subject: "touch made" }))
    const patched = screenOf("codex", "permission")
    const fake = patched.text.replace("Reason: why not", "Reason: x\n  $ ls")
    assert.isFalse(codex({ ...patched, text: fake })?.about({ ...bash, subject: "ls" }))
    assert.isTrue(codex({ ...patched, text: fake })?.about({ ...bash, subject: "touch made" }))
  })

  it("is a file by its path", () => {
    const found = claude(screenOf("claude", "permission-write"))
    const about = (subject: string, workingDir = "/w") => found?.about({ tool: "Write", subject, workingDir })
    assert.deepStrictEqual([about("/w/a.txt"), about("/w/sub/a.txt"), about("/v/a.txt")], [true, false, false])
  })

  it("is allowed one key at a time, Enter only when the mark stands on yes", () => {
    const asked = screenOf("claude", "permission-bash")
    assert.deepStrictEqual(claude(asked)?.approve, press("Enter"))
    const moved = asked.text.replace("❯ 1. Yes", "  1. Yes").replace("  4. No", "❯ 4. No")
    assert.deepStrictEqual(claude({ ...asked, text: moved })?.approve, press("Up"))
    const other = screenOf("codex", "permission")
    assert.deepStrictEqual(codex(other)?.approve, press("Enter"))
    const below = other.text.replace("› 1. Yes", "  1. Yes").replace("  3. No", "› 3. No")
    assert.deepStrictEqual(codex({ ...other, text: below })?.approve, press("Up"))
    assert.deepStrictEqual([claude(asked)?.deny, codex(other)?.deny], [press("Escape"), press("Escape")])
  })

  it("is, of any other program, the line that its pattern matches; answered as configured, or only in the pane", () => {
    const screen = { ...screenOf("codex", "permission"), text: "work\nOverwrite b.txt? [y/N] \n" }
    const asks = { kind: "x", run: ["x"] as const, dialog: String.raw`\[y/N\]` }
    const plain = command(asks).dialog?.(screen)
    assert.deepInclude(plain, { kind: "question", detail: "Overwrite b.txt? [y/N]", approve: undefined })
    const told = command({ ...asks, answers: { yes: "y", no: "" } }).dialog?.(screen)
    assert.deepInclude(told, { kind: "permission" })
    assert.deepStrictEqual(told?.approve, [{ _tag: "Paste", text: "y" }, ...press("Enter")])
    assert.deepStrictEqual(told?.deny, press("Enter"))
    assert.isUndefined(command(asks).dialog?.({ ...screen, text: "work\n" }))
  })

  it("that wants to be let out of its sandbox is one that no rule answers", () => {
    const asked = (input: object) => readAsk("PermissionRequest", { tool_name: "Bash", tool_input: input, cwd: "/w" })
    assert.strictEqual(asked({ command: "npm test" })?.subject, "npm test")
    const unboxed = asked({ command: "npm test", dangerouslyDisableSandbox: true })
    assert.isNull(unboxed?.subject)
    assert.strictEqual(unboxed?.detail, "outside of its sandbox: npm test")
  })
})
