import { describe, it } from "@effect/vitest"
import fc from "fast-check"
import { makeTurnModel, TURN_WHATS, type TurnHappening } from "../support/TurnModel.ts"

const soak = process.env["SM_SOAK"] !== undefined
const happening: fc.Arbitrary<TurnHappening> = fc.record({ what: fc.constantFrom(...TURN_WHATS), one: fc.nat(100) })

describe("who asked how a turn ends", () => {
  it("is told of that turn, once, with its answer or none, however late or lost the agent's hooks are", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 100, size: "max" }), (happenings) => {
        const model = makeTurnModel()
        for (const each of happenings) model.happen(each)
        model.settle()
      }),
      { numRuns: soak ? 50_000 : 250 }
    )
  }, 900_000)
})
