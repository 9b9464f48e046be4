/** Texts larger than a command line, as first prompts and as messages of real agents. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAX_TEXT_BYTES } from "../../src/domain/Message.ts"
import { promptsOf, reaches, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

/** Numbered words, a dozen a line, in nearly so many bytes: a lost or doubled piece shows. */
const textOf = (bytes: number): string => {
  const words: Array<string> = []
  for (let length = 0; length < bytes - 40;) {
    const word = `wörd${words.length}${words.length % 12 === 11 ? "\n" : " "}`
    words.push(word)
    length += Buffer.byteLength(word)
  }
  return `${words.join("")}the end`
}

const plain = (text: string | undefined) => text?.replaceAll(/<\/?pasted_content id="[^"]*">/gu, "").trim()

describe.skipIf(missing !== undefined)("a real agent", { concurrent: true }, () => {
  it.live(
    "gets 300 KB as its first prompt and 1 MB as a message, whole and once",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const [first, second] = [textOf(300_000), textOf(MAX_TEXT_BYTES)]
        const [firstFile, secondFile] = [join(sm.work, "first"), join(sm.work, "second")]
        writeFileSync(firstFile, first)
        writeFileSync(secondFile, second)
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            const prompts = promptsOf(sm, kind)
            yield* sm.json("spawn", kind, "--prompt-file", firstFile, "--name", kind)
            yield* until(
              `${kind}'s model is asked`,
              Effect.sync(() => (prompts.length > 0 ? true : undefined)),
              40
            )
            yield* reaches(sm, kind, "idle")
            const sent = yield* sm.json("send", kind, "--file", secondFile, "--wait=answered", "--timeout", "50")
            assert.strictEqual(sent["state"], "answered")
            assert.strictEqual(prompts.length, 2)
            // Not by the assertion itself, which would print a megabyte.
            assert.isTrue(plain(prompts[0]) === first, "the first prompt is whole")
            assert.isTrue(plain(prompts[1]) === second, "the message is whole")
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
