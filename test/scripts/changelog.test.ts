import { assert, describe, it } from "vitest"
import { insert, next, parse } from "../../scripts/changelog.ts"

const file = (bump: string, text: string) => `---\n"@session-manager/sm": ${bump}\n---\n\n${text}\n`
const change = (bump: "major" | "minor" | "patch", text = "A thing.") => parse("x.md", file(bump, text))

describe("the changelog", () => {
  it("reads a changeset, and names one that it cannot read", () => {
    assert.deepStrictEqual(parse("x.md", file("minor", "New.\nTwo lines.")), {
      bump: "minor",
      text: "New.\nTwo lines."
    })
    assert.throws(() => parse("odd.md", "New."), /odd\.md/u)
    assert.throws(() => parse("odd.md", file("huge", "New.")), /odd\.md/u)
    assert.throws(() => parse("odd.md", file("minor", "")), /odd\.md/u)
  })

  it.each([
    ["1.2.3", ["patch"], "1.2.4"],
    ["1.2.3", ["patch", "minor"], "1.3.0"],
    ["1.2.3", ["minor", "major"], "2.0.0"],
    ["0.2.3", ["major"], "0.3.0"]
  ] as const)("raises %s by %j to %s", (version, bumps, raised) => {
    assert.strictEqual(
      next(
        version,
        bumps.map((bump) => change(bump))
      ),
      raised
    )
  })

  it("puts the new section above the older ones, what matters most first", () => {
    const first = insert("# Changelog\n\nUnreleased changes are in `.changeset/`.\n", "0.1.0", [
      change("patch", "One.")
    ])
    const second = insert(first, "0.2.0", [change("patch", "Repaired."), change("minor", "Added.\nAnd more.")])

    assert.strictEqual(
      second,
      "# Changelog\n\nUnreleased changes are in `.changeset/`.\n\n" +
        "## 0.2.0\n\n- Added.\n  And more.\n- Repaired.\n\n## 0.1.0\n\n- One.\n"
    )
  })
})
