import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { human, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => ReturnType<Parameters<typeof withWorld>[0]>) =>
  it.effect(title, () => withWorld(body, { lease: 86_400_000 }))

const because = ({ describe: look }: World) =>
  Effect.map(look, ({ evidence }) => (evidence === null ? undefined : [evidence.source, evidence.by]))

describe("what decided a session's state", () => {
  test("is told, whatever it was: an order, the screen, a hook, silence, the pane", (world) =>
    Effect.gen(function* () {
      const { agent, is, panes, send, session, spawn, takes } = world
      agent.opening = "garbled"
      yield* spawn("x")
      assert.deepStrictEqual(yield* because(world), ["order", "spawned"])
      agent.show("ready")
      yield* is("idle")
      assert.deepStrictEqual(yield* because(world), ["screen", "rule scripted-ready"])
      yield* send("work")
      yield* takes(1)
      yield* is("working")
      assert.deepStrictEqual(yield* because(world), ["hook", "PromptSubmitted"])
      agent.show("dialog")
      yield* is("waiting-permission")
      assert.deepStrictEqual(yield* because(world), ["screen", "rule scripted-dialog"])
      yield* world.say({ _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "ls" })
      agent.show("working")
      yield* is("working")
      assert.deepStrictEqual(yield* because(world), ["hook", "ToolStarted Bash"])
      agent.show("garbled")
      yield* TestClock.adjust("115 seconds")
      yield* is("unknown")
      assert.strictEqual((yield* because(world))?.[0], "silence")
      yield* panes.kill(world.id)
      yield* is("crashed")
      assert.strictEqual((yield* because(world))?.[0], "terminal")
      yield* Effect.forkChild(session.ask("Restore", { by: human }))
      yield* is("starting")
      assert.deepStrictEqual(yield* because(world), ["order", "restored"])
    }))

  test("is told with its time, and is not changed by what only says the same again", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("x", "work")
      yield* world.takes(1)
      const { since } = yield* world.is("working")
      yield* TestClock.adjust("30 seconds")
      yield* world.say({ _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "ls" })
      const { evidence, heard } = yield* world.describe
      assert.deepStrictEqual(evidence, { source: "hook", by: "PromptSubmitted", at: since })
      assert.deepStrictEqual(
        heard.map(({ what }) => what),
        ["PromptSubmitted", "ToolStarted Bash"]
      )
      assert.isAtLeast((heard[1]?.at ?? 0) - (heard[0]?.at ?? 0), 29_000)
    }))
})
