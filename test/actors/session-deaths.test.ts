import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { eventually, human, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

describe("a session and the deaths around it", () => {
  test("does not type again what was typed before the host died", ({
    agent,
    boot,
    hops,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      agent.mute = true
      // The keys arrive, and the host dies before it can say so.
      yield* panes.stopTyping("after")
      const id = yield* send("typed exactly once")
      yield* takes(1)
      yield* stop
      agent.show("ready")
      yield* boot
      yield* reaches(id, "submitted")
      yield* pass(60)
      assert.deepStrictEqual(agent.prompts, ["typed exactly once"])
      yield* reaches(id, "answered")
      assert.notInclude(yield* hops(id), "parked")
    }))

  test("types again what the agent never got before the host died", ({
    agent,
    boot,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.stopTyping("before")
      const id = yield* send("lost at first")
      yield* eventually(
        "the intent is committed and the keys are about to be pressed",
        Effect.map(panes.stopped, (stopped) => (stopped ? true : undefined))
      )
      yield* stop
      assert.deepStrictEqual(agent.prompts, [])
      yield* boot
      yield* takes(1)
      agent.finish()
      yield* reaches(id, "answered")
      assert.deepStrictEqual(agent.prompts, ["lost at first"])
    }))

  test("parks a command of the agent's own that a host's death cut short: it leaves no trace, and twice is not once", ({
    agent,
    boot,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.stopTyping("before")
      const id = yield* send("/compact", { kind: "control" })
      yield* eventually(
        "the intent is committed and the keys are about to be pressed",
        Effect.map(panes.stopped, (stopped) => (stopped ? true : undefined))
      )
      yield* stop
      yield* boot
      yield* reaches(id, "parked")
      assert.deepStrictEqual(agent.prompts, [])
    }))

  test("parks what a host's death cut short when nobody can tell whether it arrived", ({
    agent,
    boot,
    is,
    panes,
    reaches,
    send,
    spawn,
    stop,
    takes
  }) =>
    Effect.gen(function* () {
      agent.transcript = false
      agent.confirms = false
      agent.mute = true
      yield* spawn("x")
      yield* is("idle")
      yield* panes.stopTyping("after")
      const id = yield* send("who knows")
      yield* takes(1)
      yield* stop
      yield* boot
      agent.show("ready")
      yield* reaches(id, "parked")
      assert.deepStrictEqual(agent.prompts, ["who knows"])
    }))

  test("is crashed when its pane is lost; restored, it delivers what waited, in the agent's own conversation", ({
    agent,
    describe: card,
    id: session,
    is,
    panes,
    reaches,
    send,
    session: actor,
    spawn
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.kill(session)
      yield* is("crashed")
      const id = yield* send("waits for the restore")
      yield* pass(5)
      assert.strictEqual((yield* card).card.queued, 1)
      yield* moving(actor.ask("Restore", { by: human }))
      yield* reaches(id, "submitted")
      agent.finish()
      yield* reaches(id, "answered")
      assert.strictEqual(agent.launches.length, 2)
      assert.deepInclude(agent.launches[1]?.resume, { value: "conversation" })
    }))

  test("is crashed when the terminal server is gone, and names the exit code of an agent that ended", ({
    agent,
    is,
    panes,
    session: actor,
    spawn
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      yield* panes.killServer
      assert.include((yield* is("crashed")).detail, "terminal server")
      yield* moving(actor.ask("Restore", { by: human }))
      yield* is("idle")
      agent.exit(3)
      assert.include((yield* is("crashed")).detail, "exit code 3")
    }))
})
