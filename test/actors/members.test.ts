import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { withWorld } from "../support/SessionTest.ts"

describe("two sessions of one host", () => {
  it.effect("are told how each other's turns ended", () =>
    withWorld((ann) =>
      Effect.gen(function* () {
        const ben = yield* ann.another
        yield* ann.spawn("ann")
        yield* ben.spawn("ben")
        const asked = yield* ben.send("are you there?", {
          from: ann.sender(),
          more: { notify: { delivery: false, stop: true } }
        })
        yield* ben.takes(1)
        assert.include(ben.agent.prompts[0], "[Input from: ann (00000001)")
        ben.agent.finish("here I am")
        yield* ann.reaches(asked, "answered")
        yield* ann.takes(1)
        assert.match(ann.agent.prompts[0] ?? "", /^\[sm · m[0-9a-z]{15}\] ben \(00000002\) stopped:\nhere I am$/u)
      })
    )
  )
})
