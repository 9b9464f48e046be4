/** What globs have in common, against all small paths there are and against node's own globs. */
import { matchesGlob } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { covers, fits, meets } from "../../src/domain/Glob.ts"

const name = fc
  .array(fc.constantFrom("a", "b", "*", "?"), { minLength: 1, maxLength: 2 })
  .map((letters) => letters.join(""))
const segment = fc.oneof({ weight: 3, arbitrary: name }, { weight: 1, arbitrary: fc.constant("**") })
const glob = fc.array(segment, { minLength: 1, maxLength: 2 }).map((segments) => segments.join("/"))

/** `c` is named by no pattern. */
const letters = ["a", "b", "c"]
const names = [...letters, ...letters.flatMap((one) => letters.map((two) => `${one}${two}`))]
const deeper = (paths: ReadonlyArray<string>) => paths.flatMap((path) => names.map((next) => `${path}/${next}`))
const paths = [...names, ...deeper(names), ...deeper(deeper(names))]

const matched = new Map<string, ReadonlySet<string>>()
const matching = (pattern: string): ReadonlySet<string> => {
  const known = matched.get(pattern) ?? new Set(paths.filter((path) => fits(pattern, path)))
  matched.set(pattern, known)
  return known
}

describe("a glob", () => {
  it("matches what node's own does", () => {
    const path = fc.constantFrom(...paths)
    fc.assert(
      fc.property(glob, path, (pattern, one) => {
        // Of a plain path also what is below it.
        const below = !/[*?]/u.test(pattern) && matchesGlob(one, `${pattern}/**`)
        assert.strictEqual(fits(pattern, one), below || matchesGlob(one, pattern), `${pattern} ${one}`)
      }),
      { numRuns: 2000 }
    )
  })

  it("has a path in common with another, or all of its paths, exactly when there is one, or none that it lacks", () => {
    fc.assert(
      fc.property(glob, glob, (one, two) => {
        const [mine, yours] = [matching(one), matching(two)]
        const common = [...mine].some((path) => yours.has(path))
        assert.strictEqual(meets(one, two), common, `${one} meets ${two}`)
        assert.strictEqual(meets(two, one), common, `${two} meets ${one}`)
        const all = [...yours].every((path) => mine.has(path))
        assert.strictEqual(covers(one, two), all, `${one} covers ${two}`)
      }),
      { numRuns: 150 }
    )
  })

  it.each([
    ["src/**", "src/a/b.ts", true],
    ["src/**", "src", true],
    ["src/**", "srcs/a", false],
    ["src", "src/a/b.ts", true],
    ["src", "src/**", true],
    ["src", "srcs", false],
    ["src/a", "*", false],
    ["**/*.md", "docs/**", true],
    ["*.md", "docs/**", false],
    ["**/test/**", "src/**/x.ts", true],
    ["ä?.txt", "äß.txt", true],
    ["a.b", "aab", false],
    ["**", "x", true],
    [`${"*a".repeat(40)}`, `${"*b".repeat(40)}`, false]
  ])("%s and %s: %s", (one, two, common) => {
    assert.strictEqual(meets(one, two), common)
  })

  it("that nobody can look through is taken to meet, and not to cover", () => {
    const endless = `*a${"?".repeat(60)}`
    assert.isFalse(covers(endless, `*b*${"?".repeat(60)}`))
    assert.isTrue(covers("**", endless))
  })
})
