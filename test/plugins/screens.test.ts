import { assert, describe, it } from "@effect/vitest"
import { read as claude } from "../../src/plugins/claude/screen.ts"
import { read as codex } from "../../src/plugins/codex/screen.ts"
import { recorded } from "../support/screens/RecordedScreen.ts"

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
