import { assert, describe, it } from "@effect/vitest"
import { faintBehind } from "../../src/terminal/Faint.ts"

const ESC = String.fromCharCode(27)
const styled = (text: string) => text.replaceAll("^", `${ESC}[`)

describe("the text behind the cursor", () => {
  for (const [what, text, expected] of [
    ["a placeholder of Claude Code", "^39m❯ ^7mR^0;2m^39m^49mesend your message^0m^39m^49m", true],
    ["a draft", "^39m❯ ^7mR^0m^39m^49mesend your message", true],
    ["a draft beside colours", "^36mtitle^39m\n❯ ^7mh^0m^39m^49mello", false],
    ["a placeholder beside colours", "^36mtitle^39m\n❯ ^7mh^0;2mello^0m", true],
    ["a draft beside a colour by number", "^38;5;2mtitle^39m\n❯ hello", false],
    ["a program that shows all alike", "title\n❯ ^7mR^0m^39m^49mesend your message", true]
  ] as const) {
    it(`${what} is ${expected ? "faint, or nobody can tell" : "plain"}`, () => {
      const row = text.includes("\n") ? 1 : 0
      assert.strictEqual(faintBehind(styled(text), 2, row), expected)
    })
  }
})
