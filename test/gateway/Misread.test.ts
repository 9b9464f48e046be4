import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { type Verb, verbs } from "../../src/gateway/Api.ts"
import { misread } from "../../src/gateway/Misread.ts"

/** The refusal of an input that cannot be read. */
const refusal = (verb: Verb, input: unknown) => {
  const schema = verbs[verb].input as unknown as Schema.Codec<unknown, unknown>
  const decoded = Schema.decodeEffect(Schema.fromJsonString(Schema.toCodecJson(schema)))(JSON.stringify(input))
  return Effect.map(Effect.flip(decoded), (error) => {
    const { hint, message } = misread(verb, error)
    return [message, hint]
  })
}

const id = "a message's id is `m` and 15 letters or digits"
const table: ReadonlyArray<readonly [Verb, unknown, string, string]> = [
  ["send", { to: "", text: "x" }, "to is empty", "sm help send"],
  ["send", { to: "a", text: "x", key: "" }, "key is empty", "sm help send"],
  ["send", { to: "a", text: "x", messageId: "m1" }, id, "sm help send"],
  ["send", { to: "a", text: 1 }, "text: expected string", "sm help send"],
  ["unsend", { messageId: "nope" }, id, "sm help unsend"],
  ["markRead", { ids: ["nope"] }, id, "sm help inbox"],
  ["dropDeadLetter", { seq: 1.5 }, "seq: expected an integer", "sm help dead-letters"],
  ["setTask", { text: " " }, "the text is empty", "sm help task"],
  ["output", { session: "a", lines: 0 }, "lines: expected a value between 1 and 3000", "sm help output"]
]

describe("an input that cannot be read", () => {
  for (const [verb, input, message, hint] of table)
    it.effect(`${verb} ${JSON.stringify(input)}`, () =>
      Effect.map(refusal(verb, input), (said) => assert.deepStrictEqual(said, [message, hint]))
    )
})
