import { describe, it } from "@effect/vitest"
import fc from "fast-check"
import { type Happening, WHATS } from "../support/Happening.ts"
import { makeModel } from "../support/SessionModel.ts"

const soak = process.env["SM_SOAK"] !== undefined
/** Of a soak, each. */
const MINUTES = Number(process.env["SM_MINUTES"] ?? 5)
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
        soak ? { numRuns: 1_000_000, interruptAfterTimeLimit: MINUTES * 60_000 } : { numRuns: 125 }
      )
    }, 900_000)
  }

  const happens = (what: Happening["what"], one: number, two = 0): Happening => ({ what, one, two })
  for (const [title, happenings] of [
    ["of whom one may not enter", [happens("accept", 10), happens("withheld", 0, 5), happens("accept", 40, 9)]],
    [
      "that come back out of their order",
      [
        happens("accept urgent", 0),
        happens("accept urgent", 0),
        happens("launched", 0),
        happens("prompt submitted", 0),
        happens("typed", 0),
        happens("withheld", 0),
        happens("withheld", 1)
      ]
    ]
  ] as const) {
    it(`keeps the order of pressing letters of one sender ${title}`, () => {
      const model = makeModel(true, "anyone")
      model.launch(false)
      for (const each of happenings) model.happen(each)
      model.settle()
    })
  }
})
