/** Characters that no terminal passes on, or that a program may drop, in messages to real agents. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { promptsOf, reaches, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

const ESC = String.fromCharCode(27)

/** As tools print it, and as other people's files have it. */
const TEXTS: ReadonlyArray<readonly [string, string]> = [
  ["colours", `${ESC}[31m✗${ESC}[0m 3 tests failed${String.fromCharCode(7)}`],
  ["a nul", `a${String.fromCharCode(0)}b and c`],
  ["a byte order mark", "\uFEFFwords behind a mark"],
  ["a command in colours", `${ESC}[1mline 1${ESC}[0m\r\nline 2\r\n`],
  ["joiners", "a family: 👩‍👩‍👧, zero\u200Bwidth, line\u2028separator, soft\u00ADhyphen"],
  ["directions", "left \u202Eright\u202C left \u2066inside\u2069"],
  ["compositions", "e\u0301 is é, ﬁ is fi, Å is Å"],
  ["a replacement", "broken \uFFFD bytes"],
  ["selectors and tags", "a heart ❤\uFE0F, private \uE000, a tag \u{E0041}, an Arabic \u061C mark"]
]

describe.skipIf(missing !== undefined)("a real agent", { concurrent: true }, () => {
  it.live(
    "confirms a text with characters that do not arrive, and gets it once",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            const prompts = promptsOf(sm, kind)
            const first = join(sm.work, `${kind}-first`)
            writeFileSync(first, `${ESC}[1mfirst${String.fromCharCode(0)} words`)
            yield* sm.json("spawn", kind, "--name", kind, "--prompt-file", first)
            yield* until(
              `${kind} answers its first prompt`,
              Effect.sync(() => (prompts.length > 0 ? true : undefined)),
              40
            )
            yield* reaches(sm, kind, "idle")
            for (const [what, text] of TEXTS) {
              const before = prompts.length
              const file = join(sm.work, kind)
              writeFileSync(file, text)
              const sent = yield* sm.json("send", kind, "--file", file, "--wait=answered", "--timeout", "15")
              assert.strictEqual(sent["state"], "answered", `${kind}: ${what}`)
              assert.strictEqual(prompts.length, before + 1, `${kind}: ${what}`)
            }
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
