import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { HostId, SessionId } from "../../src/domain/Ids.ts"
import type { Notice, Severity } from "../../src/domain/Notice.ts"
import { SessionCard } from "../../src/domain/Session.ts"
import { cardOf } from "../../src/actors/session/Move.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { dismissNotices, notices } from "../../src/gateway/NoticeVerbs.ts"
import { HOST, moving, withWorld } from "../support/SessionTest.ts"

const encodeCard = Schema.encodeSync(Schema.fromJsonString(SessionCard))
const monitor = ref(Monitor, HOST, HOST)
const saw = (severity: Severity, at: number, of: Pick<Notice, "session" | "name"> = { session: null, name: null }) =>
  monitor.tell("Saw", {
    cause: `${severity} ${at}`,
    kind: "system",
    severity,
    host: HOST,
    ...of,
    text: severity,
    at
  })

describe("what a person should know", () => {
  it.effect("is told of every host, the most severe first, and which host does not answer", () =>
    withWorld((world) =>
      Effect.gen(function* () {
        yield* saw("info", 1)
        yield* saw("critical", 4)
        yield* saw("attention", 3)
        yield* saw("attention", 2)
        const far = cardOf({ ...emptyState("0000000f"), name: "far", host: "far" })
        yield* world.broker.putCard("session.0000000f", encodeCard(far))
        const answer = yield* Effect.gen(function* () {
          yield* moving((yield* Directory.Directory).until("0000000f", () => true))
          return yield* moving(notices({}, HOST))
        }).pipe(Effect.provide(Directory.layer))
        assert.deepStrictEqual(
          answer.notices.map(({ cause }) => cause),
          ["critical 4", "attention 2", "attention 3", "info 1"]
        )
        assert.deepStrictEqual(answer.silent, [HostId.make("far")])
      })
    )
  )

  it.effect("of one session is shown alone, and over once the person says so", () =>
    withWorld(() =>
      Effect.gen(function* () {
        const ann = { session: SessionId.make("0000000a"), name: "ann" }
        yield* saw("attention", 1, ann)
        yield* saw("critical", 2)
        const shown = (session?: string) =>
          Effect.map(moving(notices(session === undefined ? {} : { session }, HOST)), (told) =>
            told.notices.map(({ cause }) => cause)
          )
        assert.deepStrictEqual(yield* shown("ann"), ["attention 1"])
        assert.deepStrictEqual(yield* shown("0000000a"), ["attention 1"])
        const unknown = yield* Effect.flip(shown("ben"))
        assert.strictEqual(unknown.message, "there is no session ben", "it does not look as if all were well with it")
        assert.lengthOf((yield* moving(dismissNotices({ session: "ann" }, HOST))).notices, 1)
        assert.deepStrictEqual(yield* shown(), ["critical 2"])
        yield* saw("attention", 1, ann)
        assert.deepStrictEqual(yield* shown(), ["critical 2"])
      }).pipe(Effect.provide(Directory.layer))
    )
  )
})
