import { assert, describe, it } from "@effect/vitest"
import { SessionPhase } from "../../src/domain/Session.ts"
import { outlook } from "../../src/gateway/Outlook.ts"

const speaks = { capabilities: { confirms: true, turns: true, clears: true }, unknownAfter: 90 }
const mute = { capabilities: { confirms: false, turns: false, clears: false }, unknownAfter: 90 }

describe("what would change a session's state", () => {
  it("is told of every state, and never that it stays", () => {
    for (const phase of SessionPhase.literals) {
      const states = outlook(phase, speaks).map(({ state }) => state)
      assert.isNotEmpty(states)
      assert.notInclude(states, phase)
    }
  })

  it("speaks of hooks only where the agent's kind has them", () => {
    const words = (basis: typeof speaks) => JSON.stringify(outlook("working", basis))
    assert.include(words(speaks), "its hook of the turn's end")
    assert.notInclude(words(mute), "turn's end")
    assert.include(words(mute), "90 s without a hook")
  })
})
