import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Broker } from "../../src/broker/Broker.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import type { Sender } from "../../src/domain/Message.ts"
import { pass, type World, withWorld } from "../support/SessionTest.ts"

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Broker>) =>
  it.effect(title, () => withWorld(body))

const boss: Sender = { kind: "session", id: SessionId.make("0000000b"), name: "boss" }

describe("a command of the agent's own", () => {
  test("is typed bare and alone, whoever sent it, though others wait before and behind it", ({
    agent,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      yield* spawn("x")
      yield* is("idle")
      const busy = yield* send("busy", { from: boss })
      yield* takes(1)
      const before = yield* send("before", { from: boss })
      const command = yield* send("/compact", { from: boss, kind: "control" })
      const behind = yield* send("behind", { from: boss })
      for (const count of [2, 3, 4]) {
        agent.finish()
        yield* takes(count)
      }
      agent.finish()
      yield* reaches(behind, "answered")
      const framed = (id: string, text: string) => `[Input from: boss (0000000b) via sm send · ${id}]\n${text}`
      assert.deepStrictEqual(agent.prompts, [
        framed(busy, "busy"),
        framed(before, "before"),
        "/compact",
        framed(behind, "behind")
      ])
      yield* reaches(command, "answered")
    }))

  test("that leaves no trace has done its work once it left the composer and the agent is idle; it is typed once", ({
    agent,
    evidence,
    hops,
    is,
    reaches,
    send,
    spawn,
    takes
  }) =>
    Effect.gen(function* () {
      agent.transcript = false
      agent.mute = true
      yield* spawn("x")
      yield* is("idle")
      const id = yield* send("/model opus", { kind: "control" })
      yield* takes(1)
      agent.show("ready")
      yield* reaches(id, "answered")
      yield* pass(60)
      assert.deepStrictEqual(agent.prompts, ["/model opus"])
      assert.deepStrictEqual(yield* hops(id), ["accepted", "injected", "submitted", "answered"])
      assert.include((yield* evidence(id)).at(-1), "a command of the agent's own")
      yield* is("idle")
    }))

  test("that stands in the composer and is not taken is parked", ({ agent, is, reaches, send, spawn }) =>
    Effect.gen(function* () {
      agent.deaf = true
      yield* spawn("x")
      yield* is("idle")
      const id = yield* send("/nonsense", { kind: "control" })
      yield* reaches(id, "parked")
      assert.deepStrictEqual(agent.prompts, [])
    }))
})
