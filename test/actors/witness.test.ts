import { assert, describe, it } from "@effect/vitest"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import type { Sight } from "../../src/actors/session/Sight.ts"
import { makeWitness } from "../../src/actors/session/Witness.ts"
import type { AgentAdapter } from "../../src/agents/Agent.ts"

const adapter = { capabilities: { confirms: true, turns: true, clears: true } } as AgentAdapter
const ready: Sight = {
  observation: { activity: "idle", detail: "", draft: null, rule: "ready" },
  structured: false,
  dead: false,
  bare: false,
  humanActive: false,
  leftover: false,
  farewell: ""
}

describe("a witness", () => {
  it("looks again after what it reported: a hook that is taken up together with it may say the opposite, and nothing be drawn", () => {
    const reports: Array<unknown> = []
    const witness = makeWitness((tag, payload) => void reports.push([tag, payload]))
    const working = { ...emptyState("0000000a"), phase: "working" as const }
    witness.note(working, adapter, ready, 1, 0)
    witness.note(working, adapter, ready, 1, 4000)
    const because = { source: "screen", by: "rule ready" }
    assert.deepStrictEqual(reports, [["Observed", { activity: "idle", detail: "", because }]])
    assert.isTrue(witness.needsSight(working, 1, 6000), "it is said to work still, or again")
    assert.isDefined(witness.due(working, 1, 4001))
    witness.note(working, adapter, ready, 1, 6000)
    witness.note(working, adapter, ready, 1, 10_000)
    assert.lengthOf(reports, 2)
  })
})
