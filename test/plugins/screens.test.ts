import { assert, describe, it } from "@effect/vitest"
import { read as claude } from "../../src/plugins/claude/screen.ts"
import { read as codex } from "../../src/plugins/codex/screen.ts"
import { recorded } from "../support/screens/RecordedScreen.ts"

describe("start-up questions", () => {
  it("of one agent do not look the same, so that a new one is not taken for one already answered", () => {
    for (const [kind, read] of Object.entries({ claude, codex })) {
      const asked = recorded(kind)
        .map(({ screen }) => read(screen))
        .filter(({ answer }) => answer !== undefined)
        .map(({ answer, detail }) => JSON.stringify([answer, detail]))
      assert.isAbove(asked.length, 1)
      assert.strictEqual(new Set(asked).size, asked.length)
    }
  })
})

for (const [kind, read] of Object.entries({ claude, codex })) {
  describe(`the screens of ${kind}`, () => {
    for (const { expect, name, screen } of recorded(kind)) {
      it(`${name} is ${expect.activity}`, () => {
        const { activity, answer, draft } = read(screen)
        assert.deepStrictEqual({ activity, draft, answer: answer !== undefined }, expect)
      })
    }
  })
}

describe("a start-up question", () => {
  const step = (kind: string, name: string, read: typeof claude, marks: ReadonlyArray<readonly [string, string]>) => {
    const found = recorded(kind).find((other) => other.name === name)
    assert.isDefined(found)
    const text = marks.reduce((shown, [from, to]) => shown.replace(from, to), found.screen.text)
    return read({ ...found.screen, text }).answer
  }
  const press = (key: string) => [{ _tag: "Press", keys: [key] }]

  it("is answered one key at a time: Enter only when the mark is seen to stand on the option", () => {
    assert.deepStrictEqual(step("claude", "trust", claude, []), press("Down") as never)
    const moved = [
      ["❯ No, exit", "  No, exit"],
      ["  Yes, I trust", "❯ Yes, I trust"]
    ] as const
    assert.deepStrictEqual(step("claude", "trust", claude, moved), press("Enter") as never)
    assert.deepStrictEqual(step("codex", "update", codex, []), press("Down") as never)
    const skipped = [
      ["› 1. Update", "  1. Update"],
      ["  2. Skip", "› 2. Skip"]
    ] as const
    assert.deepStrictEqual(step("codex", "update", codex, skipped), press("Enter") as never)
  })
})
