import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { human, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }

describe("a handoff", () => {
  test("waits for the end of the turn, clears, and goes on from the file, ahead of what waits", (world) =>
    Effect.gen(function* () {
      const { agent, describe: look, id, is, reaches, send, session, spawn, takes } = world
      yield* spawn("x")
      const work = yield* send("work")
      yield* takes(1)
      yield* is("working")
      const other = yield* send("other", { from: ann, mode: "important" })
      const by: Sender = { kind: "session", id, name: "x" }
      yield* moving(session.ask("Handoff", { by, file: "/w/first.md" }))
      yield* moving(session.ask("Handoff", { by, file: "/w/handoff.md" }))
      yield* pass(10)
      assert.deepStrictEqual([agent.prompts, agent.clears, agent.interrupts], [["work"], 0, 0])
      agent.finish()
      yield* reaches(work, "answered")
      yield* takes(2)
      assert.deepStrictEqual([agent.clears, agent.interrupts], [1, 0])
      assert.match(
        agent.prompts[1] ?? "",
        /^\[sm handoff · m\w{15}\] Read \/w\/handoff\.md and continue from where you left off\./u
      )
      assert.deepInclude((yield* look).card, {
        id,
        name: SessionName.make("x"),
        epoch: 1,
        agentSessionId: "conversation-1"
      })
      agent.finish()
      yield* takes(3)
      agent.finish()
      yield* reaches(other, "answered")
      yield* pass(10)
      assert.strictEqual(agent.clears, 1, "once")
    }))

  test("survives the host's death before the turn is over", (world) =>
    Effect.gen(function* () {
      const { agent, boot, id, is, send, session, spawn, stop, takes } = world
      yield* spawn("x")
      yield* send("work")
      yield* takes(1)
      yield* is("working")
      yield* moving(session.ask("Handoff", { by: { kind: "session", id, name: "x" }, file: "/w/h.md" }))
      yield* stop
      agent.finish()
      yield* boot
      yield* takes(2)
      assert.deepStrictEqual(agent.clears, 1)
      assert.include(agent.prompts[1], "Read /w/h.md and continue")
    }))

  test("is the agent's own to ask for", ({ is, session, spawn }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      for (const by of [ann, human]) {
        const refused = yield* Effect.flip(moving(session.ask("Handoff", { by, file: "/w/h.md" })))
        assert.strictEqual(refused._tag, "NotAllowed")
      }
    }))
})
