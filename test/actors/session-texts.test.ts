import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { pass, withWorld } from "../support/SessionTest.ts"

const COLOURED = "\u001b[31mred\u001b[0m\r\nand\u0007 plain"
const CLEAN = "[31mred[0m\nand plain"

describe("a text with control characters", () => {
  it.effect("is known again in what the agent took, and typed once", () =>
    withWorld(({ agent, hops, is, reaches, send, spawn, takes }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        const id = yield* send(COLOURED)
        yield* takes(1)
        yield* reaches(id, "submitted")
        agent.finish()
        yield* pass(120)
        assert.deepStrictEqual(agent.prompts, [CLEAN])
        assert.deepStrictEqual(yield* hops(id), ["accepted", "injected", "submitted", "answered"])
      })
    )
  )

  it.effect("is found in the transcript when no hook tells of it", () =>
    withWorld(({ agent, is, reaches, send, spawn, takes }) =>
      Effect.gen(function* () {
        yield* spawn("x")
        yield* is("idle")
        agent.mute = true
        const id = yield* send(COLOURED)
        yield* takes(1)
        agent.show("ready")
        yield* pass(60)
        assert.deepStrictEqual(agent.prompts, [CLEAN])
        yield* reaches(id, "answered")
      })
    )
  )

  it.effect("is as clean on the command line", () =>
    withWorld(({ agent, reaches, spawn, takes }) =>
      Effect.gen(function* () {
        agent.promptOnArgv = true
        const id = yield* spawn("x", COLOURED)
        yield* takes(1)
        assert.deepStrictEqual(
          agent.launches.map(({ prompt }) => Option.getOrNull(prompt)),
          [CLEAN]
        )
        yield* reaches(id ?? "", "submitted")
      })
    )
  )
})
