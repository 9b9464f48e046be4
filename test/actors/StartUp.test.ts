import { assert, describe, it } from "@effect/vitest"
import { makeStartUp } from "../../src/actors/session/StartUp.ts"
import type { Observation } from "../../src/agents/Agent.ts"

const press = (key: "Enter" | "Down") => [{ _tag: "Press" as const, keys: [key] }]
const question = (key: "Enter" | "Down"): Observation => ({
  activity: "dialog",
  detail: "trust?",
  draft: null,
  answer: press(key)
})

describe("start-up questions", () => {
  it("are given time to appear, and each step is pressed once however late its effect is drawn", () => {
    const next = makeStartUp()
    assert.deepStrictEqual(next(question("Down"), 0), { wait: 100 })
    assert.deepStrictEqual(next(question("Down"), 600), { press: press("Down") })
    for (let now = 700; now < 6600; now += 100) assert.property(next(question("Down"), now), "wait")
    assert.property(next(question("Enter"), 6600), "wait")
    assert.deepStrictEqual(next(question("Enter"), 7200), { press: press("Enter") })
  })

  it("press the same key again at once where it has moved the choice", () => {
    const next = makeStartUp()
    const at = (step: string): Observation => ({ ...question("Down"), step })
    next(at("1. Fix"), 0)
    assert.deepStrictEqual(next(at("1. Fix"), 600), { press: press("Down") })
    assert.property(next(at("1. Fix"), 700), "wait")
    assert.property(next(at("2. Exit"), 800), "wait")
    assert.deepStrictEqual(next(at("2. Exit"), 1400), { press: press("Down") })
  })

  it("are answered again when the key was lost for good", () => {
    const next = makeStartUp()
    next(question("Enter"), 0)
    next(question("Enter"), 600)
    assert.deepStrictEqual(next(question("Enter"), 6600), { press: press("Enter") })
  })

  it("are nobody's concern when there are none", () => {
    assert.isUndefined(makeStartUp()({ activity: "idle", detail: "", draft: null }, 0))
  })
})
