/** What rules answer, and that `*` in what allows a command never reaches a second one. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import fc from "fast-check"
import { approvalIdOf } from "../../src/domain/Approval.ts"
import { ApprovalPolicy } from "../../src/domain/ApprovalPolicy.ts"
import { type ApprovalRule, ruling } from "../../src/domain/ApprovalRule.ts"
import { globMatches, literal, type Reach } from "../../src/domain/CommandGlob.ts"
import { HostId } from "../../src/domain/Ids.ts"

describe("a glob over what is asked for", () => {
  const cases: ReadonlyArray<readonly [string, string, Reach, boolean]> = [
    ["npm test", "npm test", "shell", true],
    ["npm test", "npm test ", "shell", false],
    ["npm test", "xnpm test", "shell", false],
    ["npm test *", "npm test -- one 'two three'", "shell", true],
    ["npm test *", "npm test", "shell", false],
    ["npm *", "npm test; rm -rf .", "shell", false],
    ["npm *", "npm test && rm -rf .", "shell", false],
    ["npm *", "npm test & rm x", "shell", false],
    ["npm *", "npm test | sh", "shell", false],
    ["npm *", "npm test $(rm x)", "shell", false],
    ["npm *", "npm test `rm x`", "shell", false],
    ["npm *", "npm test $HOME", "shell", false],
    ["npm *", "npm test > /etc/passwd", "shell", false],
    ["npm *", "npm test < secret", "shell", false],
    ["npm *", "npm test\nrm x", "shell", false],
    ["npm *", "npm test\rrm x", "shell", false],
    ["npm *", "npm test \\\nrm x", "shell", false],
    ["npm tes?", "npm test", "shell", true],
    ["npm test?rm x", "npm test;rm x", "shell", false],
    ["npm test; npm *", "npm test; npm run lint", "shell", true],
    ["npm test**", "npm test; rm -rf .", "shell", true],
    ["ls /a/*", "ls /a/b/c", "shell", true],
    ["*", "", "shell", true],
    ["?", "", "shell", false],
    ["**", "anything; at all", "shell", true],
    ["/a/*.ts", "/a/b.ts", "path", true],
    ["/a/*.ts", "/a/b/c.ts", "path", false],
    ["/a/**", "/a/b/c.ts", "path", true],
    [String.raw`echo \*`, "echo *", "shell", true],
    [String.raw`echo \*`, "echo x", "shell", false],
    ["git push*--force*", "cd x && git push -u --force; ls", "anything", false],
    ["*git push*--force*", "cd x && git push -u --force; ls", "anything", true]
  ]
  for (const [glob, text, reach, matches] of cases)
    it(`${glob} ${matches ? "matches" : "does not match"} ${JSON.stringify(text)} (${reach})`, () => {
      assert.strictEqual(globMatches(glob, text, reach), matches)
    })

  it("agrees with the same thing written as a regular expression, and takes any text literally when asked", () => {
    const alphabet = fc.string({ unit: fc.constantFrom("a", "b", ";", "*", "?", "\\", "/"), maxLength: 8 })
    const regexOf = (glob: string, one: string): RegExp => {
      const source = glob.replaceAll(/\\(.)|\*\*|\*|\?|(.)/gsu, (found, escaped: string | undefined, other: string) => {
        if (found === "**") return "[^]*"
        if (found === "*") return `${one}*`
        if (found === "?") return one
        return `\\u{${((escaped ?? other) || found).codePointAt(0)?.toString(16)}}`
      })
      return new RegExp(`^(?:${source})$`, "u")
    }
    fc.assert(
      fc.property(alphabet, alphabet, (glob, text) => {
        assert.strictEqual(globMatches(glob, text, "shell"), regexOf(glob, String.raw`[^;&|$\x60<>()\n\r]`).test(text))
        assert.strictEqual(globMatches(glob, text, "path"), regexOf(glob, String.raw`[^/\n\r]`).test(text))
        assert.isTrue(globMatches(literal(text), text, "shell"))
      }),
      { numRuns: 3000 }
    )
  })

  it("takes time that grows with both lengths only", () => {
    assert.isFalse(globMatches("*a".repeat(400), `${"a".repeat(3900)}b`, "shell"))
  })
})

const host = HostId.make("h")
const rule = (more: Partial<ApprovalRule>): ApprovalRule => ({
  effect: "allow",
  tool: "Bash",
  glob: "npm test*",
  repo: null,
  role: null,
  until: null,
  ...more
})
const asked = {
  host,
  kind: "permission",
  repo: "/r/.git",
  role: "engineer",
  subject: "npm test",
  tool: "Bash"
} as const

describe("a rule", () => {
  const cases: ReadonlyArray<readonly [string, Partial<ApprovalRule>, Partial<Parameters<typeof ruling>[1]>, boolean]> =
    [
      ["holds for what it matches", {}, {}, true],
      ["not for another tool", { tool: "Write" }, {}, false],
      ["for its role", { role: "engineer" }, {}, true],
      ["not for another role", { role: "reviewer" }, {}, false],
      ["not for a session without a role", { role: "engineer" }, { role: null }, false],
      ["in its repository", { repo: { host, root: "/r/.git" } }, {}, true],
      ["not in another", { repo: { host, root: "/q/.git" } }, {}, false],
      ["not on another host", { repo: { host: HostId.make("g"), root: "/r/.git" } }, {}, false],
      ["until its time is over", { until: 1001 }, {}, true],
      ["not after that", { until: 1000 }, {}, false],
      ["not where nobody knows exactly what is asked for", { glob: "**" }, { subject: null }, false],
      ["not for a question", { glob: "**" }, { kind: "question" }, false]
    ]
  for (const [title, made, what, holds] of cases)
    it(title, () => assert.strictEqual(ruling([rule(made)], { ...asked, ...what }, 1000) !== undefined, holds))

  it("that denies goes before those that allow, and reaches over operators", () => {
    const allows = rule({ glob: "**" })
    const denies = rule({ effect: "deny", glob: "*--force*" })
    const found = (subject: string) => ruling([allows, denies], { ...asked, subject }, 0)?.effect
    assert.deepStrictEqual([found("git push"), found("ls; git push --force | tee x")], ["allow", "deny"])
  })
})

describe("the policy of approvals", () => {
  const decode = Schema.decodeUnknownSync(ApprovalPolicy, { onExcessProperty: "error" })

  it("has defaults, and takes a rule that has either allow or deny", () => {
    assert.deepInclude(decode({}), {
      escalate: [120, 600, 1800],
      expire: null,
      expire_as: "deny",
      hold: 580,
      rules: []
    })
    assert.deepStrictEqual(decode({ rules: [{ allow: "npm test" }] }).rules, [{ allow: "npm test", tool: "Bash" }])
    for (const odd of [{}, { allow: "a", deny: "b" }, { allow: "a", repo: "relative" }, { allow: "a", for: "2h" }])
      assert.throws(() => decode({ rules: [odd] }))
  })
})

describe("an approval's id", () => {
  it("follows from the report, and differs from that of another", () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => approvalIdOf(`0mwu2gs${at}-00000001-abc${at * 7}`))
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.strictEqual(approvalIdOf("x"), approvalIdOf("x"))
  })
})
