import { describe, it } from "@effect/vitest"
import fc from "fast-check"
import { makeTurnModel, TURN_WHATS, type TurnHappening } from "../support/TurnModel.ts"

const soak = process.env["SM_SOAK"] !== undefined
/** Of a soak, each. */
const MINUTES = Number(process.env["SM_MINUTES"] ?? 5)
const happening: fc.Arbitrary<TurnHappening> = fc.record({ what: fc.constantFrom(...TURN_WHATS), one: fc.nat(100) })

describe("who asked how a turn ends", () => {
  it("is told of that turn, once, with its answer or none, however late or lost the agent's hooks are", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 100, size: "max" }), (happenings) => {
        const model = makeTurnModel()
        for (const each of happenings) model.happen(each)
        model.settle()
      }),
      soak ? { numRuns: 1_000_000, interruptAfterTimeLimit: MINUTES * 60_000 } : { numRuns: 250 }
    )
  }, 900_000)

  it("is told of a turn in the newest context, when the word of an earlier clear comes last", () => {
    const happens = (what: TurnHappening["what"], one = 0): TurnHappening => ({ what, one })
    const model = makeTurnModel()
    for (const each of [
      happens("screen is read"),
      happens("clear"),
      // The daemon dies before it has told itself, and types it again.
      happens("agent looks"),
      happens("hook is held up"),
      happens("agent looks"),
      happens("send", 97),
      happens("hook arrives"),
      happens("held up hook arrives"),
      happens("agent looks", 18),
      happens("hook arrives")
    ])
      model.happen(each)
    model.settle()
  })
})
