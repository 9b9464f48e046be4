import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { read as claude } from "../../src/plugins/claude/screen.ts"
import { read as codex } from "../../src/plugins/codex/screen.ts"
import claudeRules from "../../src/plugins/claude/screen.rules.json" with { type: "json" }
import codexRules from "../../src/plugins/codex/screen.rules.json" with { type: "json" }
import { readerOf } from "../../src/plugins/sdk/screenReader.ts"
import { corrected, decodeRules } from "../../src/plugins/sdk/screenRules.ts"
import { recorded } from "../support/screens/RecordedScreen.ts"

const KINDS = {
  claude: { read: claude, set: decodeRules(claudeRules) },
  codex: { read: codex, set: decodeRules(codexRules) }
}
/** Recorded, also as they would be in a pane that outlives its agent, and where the terminal tells no title. */
const seen = (kind: string) =>
  recorded(kind).flatMap(({ screen }) => [screen, { ...screen, dead: false }, { ...screen, title: "" }])

/** Screens that last too short to be recorded; screenRules.test.ts has made-up ones. */
const UNRECORDED: Readonly<Record<string, ReadonlyArray<string>>> = {
  claude: ["no-composer", "nothing-yet"],
  codex: ["clear-refused", "no-composer", "nothing-yet"]
}

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

for (const [kind, { read, set }] of Object.entries(KINDS)) {
  describe(`the screens of ${kind}`, () => {
    for (const { agent = set.recorded, expect, name, screen } of recorded(kind)) {
      it(`${name} is ${expect.activity}`, () => {
        const { activity, answer, draft } = read(screen, agent)
        assert.deepStrictEqual({ activity, draft, answer: answer !== undefined }, expect)
      })
    }

    it("prove every shipped rule: where those before it that say the same are switched off, it decides one of them", () => {
      const unproven = set.rules.filter((rule, place) => {
        const before = set.rules.slice(0, place).filter(({ activity }) => activity === rule.activity)
        const off = before.map(({ name }) => ({ name, off: true }))
        const alone = readerOf(Result.getOrThrow(corrected(set, { v: 1, rules: off })))
        return !seen(kind).some((screen) => {
          const found = alone(screen)
          if (rule.marks === undefined) return found.rule === rule.name
          return rule.marks === "queued" ? found.queued === true : found.refused === true
        })
      })
      assert.deepStrictEqual(
        unproven.map(({ name }) => name),
        UNRECORDED[kind]
      )
    })
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
