import { layer as MemoryBroker } from "../../../src/broker/MemoryBroker.ts"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { emptyState } from "../../../src/actors/session/EmptyState.ts"
import { cardOf } from "../../../src/actors/session/Move.ts"
import * as Directory from "../../../src/broker/Directory.ts"
import type { SessionCard } from "../../../src/domain/Session.ts"
import { saying } from "../../../src/gateway/hooks/Saying.ts"
import { whoAmI } from "../../../src/gateway/hooks/WhoAmI.ts"

const card = (id: string, name: string, more: Partial<SessionCard> = {}): SessionCard => ({
  ...cardOf({ ...emptyState(id), name, host: "h", phase: "idle" }),
  ...more
})
const em = card("000000e1", "em", { em: true, state: "working" })
const worker = card("00000001", "worker", {
  role: "engineer",
  task: "fix the login page",
  parentId: em.id,
  queued: 2
})
const scout = card("00000002", "scout", { role: "scout", parentId: worker.id, task: "look at src" })
const plain = card("00000003", "plain", { parentId: worker.id, state: "working" })

describe("an agent that begins anew", () => {
  it("is told its name, role, parent, task, children, mail and how to use sm", () => {
    const lines = whoAmI(worker, em, [scout, plain], false).split("\n")
    assert.deepStrictEqual(lines.slice(0, 7), [
      "[sm] You are session worker (00000001), engineer.",
      "Your parent is em (000000e1), working.",
      "Your task: fix the login page",
      "Your children, which you spawned and may clear, dispatch and kill:",
      "- scout (00000002), scout, idle: look at src",
      "- plain (00000003), working",
      "2 messages wait for you, and will be typed here when you are idle."
    ])
    assert.lengthOf(lines, 10)
    assert.include(lines.slice(7).join(), "sm send")
  })

  it("is told what it is and no more: an EM without parent, children, mail", () => {
    const lines = whoAmI(em, undefined, [], false).split("\n")
    assert.include(lines[0], "You are session em (000000e1), an engineering manager (EM)")
    assert.strictEqual(lines[1], "You have no parent session: a person started you.")
    assert.lengthOf(lines, 5)
  })

  it("is not told of the task that was cleared with its context, nor of each of many children", () => {
    const many = Array.from({ length: 23 }, (_, index) => card(`000000${String(index + 10)}`, `c${index}`))
    const text = whoAmI(worker, em, many, true)
    assert.notInclude(text, "fix the login page")
    assert.include(text, "- c19 (")
    assert.notInclude(text, "- c20 (")
    assert.include(text, "- and 3 more: sm children")
  })

  it.effect("is told after a clear, a compaction and a resume, and at nothing else", () =>
    Effect.gen(function* () {
      const said = (source: "startup" | "resume" | "clear" | "compact" | "other") =>
        saying(worker, [{ _tag: "Started", source }])
      for (const source of ["clear", "compact", "resume"] as const) {
        const say = yield* said(source)
        assert.include(say?.context, "You are session worker", source)
        assert.strictEqual(say?.context?.includes("fix the login page"), source !== "clear", source)
      }
      for (const source of ["startup", "other"] as const) assert.isUndefined(yield* said(source), source)
      assert.isUndefined(yield* saying(worker, [{ _tag: "Interrupted", turn: "" }]))
    }).pipe(
      Effect.provide(MemoryBroker),
      Effect.provideService(Directory.Directory, {
        all: Effect.succeed([em, worker, scout, plain]),
        find: (id) => Effect.succeed(Option.fromUndefinedOr([em, worker].find((other) => other.id === id))),
        until: () => Effect.never,
        changes: Stream.never
      })
    )
  )
})
