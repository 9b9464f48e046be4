import { describe, it } from "@effect/vitest"
import fc from "fast-check"
import { type Happening, WHATS } from "../support/Happening.ts"
import { makeModel } from "../support/SessionModel.ts"

const soak = process.env["SM_SOAK"] !== undefined
const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(...WHATS),
  one: fc.nat(40),
  two: fc.nat(40)
})

describe("the session's state machine", () => {
  for (const [confirms, sides, kind] of [
    [true, "nobody", ""],
    [true, "agents", " (an agent with a door for agents' words)"],
    [true, "anyone", " (an agent that takes words while it works)"],
    [false, "nobody", " (an agent that confirms nothing)"]
  ] as const) {
    it(`keeps every letter in one place, in order, and brings it to an end${kind}`, () => {
      fc.assert(
        fc.property(fc.boolean(), fc.array(happening, { maxLength: 80, size: "max" }), (prompt, happenings) => {
          const model = makeModel(confirms, sides)
          model.launch(prompt)
          for (const each of happenings) model.happen(each)
          model.settle()
        }),
        { numRuns: soak ? 50_000 : 150 }
      )
    }, 900_000)
  }
})
