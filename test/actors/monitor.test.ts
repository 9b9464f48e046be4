import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Desk } from "../../src/actors/desk/Desk.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import { MOST, over, saw } from "../../src/actors/monitor/Noticing.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import { HostId, SessionId } from "../../src/domain/Ids.ts"
import type { Notice } from "../../src/domain/Notice.ts"
import { eventually, HOST, moving, withWorld } from "../support/SessionTest.ts"

const decodeRecord = Schema.decodeSync(Schema.fromJsonString(EventRecord))
const monitor = ref(Monitor, HOST, HOST)
const open = Effect.map(moving(monitor.ask("Describe", {})), (notices) => notices.map(({ cause }) => cause))

const notice = (cause: string, more: Partial<Notice> = {}): Notice => ({
  cause,
  kind: "permission",
  severity: "attention",
  host: HostId.make(HOST),
  session: SessionId.make("1a2b3c4d"),
  name: "ann",
  text: `ann: ${cause}`,
  at: 1000,
  ...more
})

const nothing: typeof Monitor.state.Type = { open: [], told: [] }

/** What the public was told of a cause. */
const facts = (cause: string) =>
  Effect.flatMap(Broker, (broker) =>
    Effect.map(broker.facts("notice", cause), (all) => all.map(({ body }) => decodeRecord(body).event._tag))
  )
const desk = Effect.gen(function* () {
  const broker = yield* Broker
  const items = yield* moving(ref(Desk, SWARM, "human").ask("Describe", {}))
  return yield* Effect.forEach(items, ({ id }) =>
    Effect.map(broker.getText(id), (text) => Option.getOrElse(text, () => ""))
  )
})

describe("the monitor", () => {
  it("takes a cause of any length, also where it is a subject's part", () => {
    const cause = `locks unlocked guest 1 /${"測".repeat(5000)}`
    const { state } = saw(nothing, notice(cause))
    assert.isBelow(state.open[0]?.cause.length ?? Infinity, 400)
    assert.deepStrictEqual(saw(state, notice(cause)), { state, out: [] }, "twice is once")
    assert.lengthOf(over(state, cause, "over").state.open, 0)
  })

  it.effect("tells each cause once, whoever saw it and however often, over restarts", () =>
    withWorld((world) =>
      Effect.gen(function* () {
        const permission = notice("permission 1a2b3c4d 1000")
        yield* monitor.tell("Saw", permission)
        yield* monitor.tell("Saw", { ...permission, text: "seen by another", at: 1001 })
        assert.deepStrictEqual(yield* open, [permission.cause])
        yield* world.stop
        yield* world.boot
        yield* monitor.tell("Saw", { ...permission, at: 1002 })
        assert.deepStrictEqual(yield* open, [permission.cause])
        yield* monitor.tell("Over", { causes: "permission 1a2b3c4d", why: "answered" })
        yield* monitor.tell("Saw", { ...permission, at: 1003 })
        yield* monitor.tell("Over", { causes: "permission 1a2b3c4d", why: "answered" })
        assert.deepStrictEqual(yield* open, [])
        assert.deepStrictEqual(yield* facts(permission.cause), ["Noticed", "NoticeOver"])
      })
    )
  )

  it.effect("lays before the person what needs one, and what is for information only nowhere", () =>
    withWorld(() =>
      Effect.gen(function* () {
        yield* monitor.tell("Saw", notice("idle 1a2b3c4d 1", { severity: "info" }))
        yield* monitor.tell("Saw", notice("error 1a2b3c4d 2", { kind: "error" }))
        yield* monitor.tell(
          "Saw",
          notice("error 1a2b3c4d 2", { kind: "error", severity: "problem", text: "still", at: 9000 })
        )
        const news = yield* eventually(
          "both are on the desk",
          Effect.map(desk, (all) => (all.length === 2 ? all : undefined))
        )
        assert.deepStrictEqual(news, ["ann: error 1a2b3c4d 2", "still"])
        assert.deepStrictEqual(yield* facts("error 1a2b3c4d 2"), ["Noticed", "Noticed"])
        assert.deepStrictEqual(yield* open, ["idle 1a2b3c4d 1", "error 1a2b3c4d 2"])
      })
    )
  )

  it.effect("takes from before the person what only counted while it was so, and leaves there what went wrong", () =>
    withWorld(() =>
      Effect.gen(function* () {
        yield* monitor.tell("Saw", notice("error 1a2b3c4d 1", { kind: "error" }))
        yield* monitor.tell("Saw", notice("permission 1a2b3c4d 2"))
        yield* monitor.tell("Saw", notice("permission 1a2b3c4d 2", { severity: "problem", text: "still", at: 9000 }))
        const lies = (...texts: ReadonlyArray<string>) =>
          eventually(
            `${texts.join(" and ")} on the desk`,
            Effect.map(desk, (all) => (all.join() === texts.join() ? true : undefined))
          )
        yield* lies("ann: error 1a2b3c4d 1", "still")
        yield* monitor.tell("Over", { causes: "permission 1a2b3c4d", why: "answered" })
        yield* monitor.tell("Over", { causes: "error 1a2b3c4d", why: "it works" })
        yield* lies("ann: error 1a2b3c4d 1")
      })
    )
  )

  const causes = ["idle 1a2b 1", "idle 1a2b3c4d 1", "idle 1a2b3c4d 2", "hung 1a2b 1"]
  it.each([
    ["idle 1a2b", ["idle 1a2b3c4d 1", "idle 1a2b3c4d 2", "hung 1a2b 1"]],
    ["idle 1a2b ", ["idle 1a2b3c4d 1", "idle 1a2b3c4d 2", "hung 1a2b 1"]],
    ["idle 1a2b3c4d 2", ["idle 1a2b 1", "idle 1a2b3c4d 1", "hung 1a2b 1"]],
    ["idle", ["hung 1a2b 1"]],
    ["id", causes],
    ["idle 1a2b3c4d 22", causes]
  ])("ends by whole words: %s", (said, left) => {
    const state = causes.reduce((sum, cause) => saw(sum, notice(cause)).state, nothing)
    const after = over(state, said, "over").state
    assert.deepStrictEqual(
      after.open.map(({ cause }) => cause),
      left
    )
  })

  it("keeps no more than it can write, and says what it lets go", () => {
    const many = Array.from({ length: MOST + 1 }, (_, index) => notice(`idle ${index}`))
    let last = saw(nothing, notice("idle"))
    for (const one of many) last = saw(last.state, one)
    assert.strictEqual(last.state.open.length, MOST)
    const gone = last.out.flatMap((out) => (out._tag === "Publish" ? [out.event] : []))
    assert.deepStrictEqual(
      gone.map((event) => [event._tag, "id" in event ? event.id : ""]),
      [
        ["Noticed", `idle ${MOST}`],
        ["NoticeOver", "idle 0"]
      ]
    )
    assert.deepStrictEqual(saw(last.state, notice("idle 0")).out, [])
  })
})
