import { assert, describe, it } from "@effect/vitest"
import { commandOfParent, commandOfPerson } from "../../src/gateway/Control.ts"

/** The text, and whether it is a command from a person and from a parent. */
const TABLE: ReadonlyArray<readonly [string, boolean, boolean]> = [
  ["/compact", true, true],
  ["/model opus", true, true],
  ["/my-plugin:review now", true, true],
  ["/compact \n", true, true],
  ["/etc/hosts is wrong", false, false],
  ["/etc/hosts", false, false],
  ["/ is full", false, false],
  ["see /compact", false, false],
  ["!ls", true, false],
  ["!important: stop", true, false],
  ["/compact\nand then this", true, false],
  ["", false, false]
]

describe("a command of the agent's own", () => {
  it("is what begins with a slash and one word; a path is none", () => {
    for (const [text, person, parent] of TABLE)
      assert.deepStrictEqual([commandOfPerson(text), commandOfParent(text)], [person, parent], JSON.stringify(text))
  })
})
