/** States and mail of a session as older versions stored them, lifted and read. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { upgrade } from "../../src/actors/Commit.ts"
import { encodeEnvelope } from "../../src/actors/Envelope.ts"
import { Session } from "../../src/actors/session/Session.ts"
import { State } from "../../src/actors/session/State.ts"
import { MessageId } from "../../src/domain/Ids.ts"
import { SessionCard } from "../../src/domain/Session.ts"
import { eventually, HOST, withWorld } from "../support/SessionTest.ts"

/** Written by version 2, taken from a store. */
const V2 = `{"id":"6b00ce6e","name":"claude","host":"vm","spec":{"provider":"claude","workingDir":"/tmp/work","parentId":null,
"model":null,"effort":null,"permissionMode":null,"args":["--allowedTools","Bash"],"env":{}},"phase":"working","detail":"",
"createdAt":1795554237849,"since":1795554248055,"stoppedAt":null,"agentSessionId":"ca71d695-dec3-433c-9016-f6582f9b5a77",
"transcript":"/tmp/claude/projects/-tmp-work/ca71d695-dec3-433c-9016-f6582f9b5a77.jsonl",
"pane":{"id":"%1","server":"21212 1795554237","pid":21230},"seatEnv":{"HOME":"/root"},"launching":null,
"turn":"629b9324-9d81-4385-8e3b-25a7c27094ca","queue":[],"typing":null,"flying":[],"carried":[{"id":"m0mwv6muxa0b9ngl",
"from":{"kind":"human","name":"human"},"mode":"sequential","kind":"message","at":1795554248177,"bytes":13,"tries":1}],
"interrupting":null,"seen":[["m0mwv6muxa0b9ngl","submitted"]],"signals":["0mwv6mu31-6b00ce6e-glkelv8u-0"],"actions":[]}`

/** Written by version 3: one letter is being typed, one was typed, a turn has ended. */
const LETTER = {
  id: MessageId.make("m0mwv6muxa0b9ngl"),
  from: { kind: "human", name: "human" },
  mode: "sequential",
  kind: "message",
  at: 1,
  bytes: 5,
  tries: 0
}
const v3 = (): Schema.Json =>
  Object.assign({}, JSON.parse(V2), {
    ended: { turn: "t1", carried: ["m0mwv6muxa0b9ngk"] },
    context: { used: 10, window: 100, percent: 10 },
    typing: { letter: LETTER, activation: "a1", at: 5 },
    flying: [{ letter: { ...LETTER, id: "m0mwv6muxa0b9ngm" }, at: 4 }]
  }) as Schema.Json

const CARD = `{"v":1,"id":"6b00ce6e","name":"claude","provider":"claude","state":"idle","detail":"","parentId":null,
"workingDir":"/tmp/work","host":"vm","model":null,"agentSessionId":null,"transcript":null,"queued":0,"createdAt":1,"since":1,
"stoppedAt":null}`

describe("a session stored by version 2", () => {
  it.effect("is read, with nothing known of what later versions added", () =>
    Effect.gen(function* () {
      const state = yield* Schema.decodeUnknownEffect(State)(upgrade(Session, 2, JSON.parse(V2) as Schema.Json))

      assert.isNull(state.context)
      assert.deepStrictEqual(state.ended, [])
      assert.strictEqual(state.carried[0]?.id, "m0mwv6muxa0b9ngl")
    })
  )

  it.effect("has a card that is still read", () =>
    Effect.gen(function* () {
      const card = yield* Schema.decodeEffect(Schema.fromJsonString(SessionCard))(CARD)

      assert.isNull(card.context)
    })
  )
})

/** Mail as the version before teams (state 3) posted it: nobody is named who asks, letters have fewer keys. */
const SPEC = {
  provider: "scripted",
  workingDir: "/tmp",
  parentId: null,
  model: null,
  effort: null,
  permissionMode: null,
  args: [],
  env: {}
}

describe("a session stored by version 3", () => {
  it.effect("keeps what was on its way and which turn is over", () =>
    Effect.gen(function* () {
      const state = yield* Schema.decodeUnknownEffect(State)(upgrade(Session, 3, v3()))

      assert.deepStrictEqual(
        state.typing?.letters.map(({ id }) => id),
        ["m0mwv6muxa0b9ngl"]
      )
      assert.deepInclude(state.typing, { activation: "a1", at: 5, door: "composer" })
      assert.deepStrictEqual(
        state.flying.map(({ at, letters }) => [at, String(letters[0]?.id)]),
        [[4, "m0mwv6muxa0b9ngm"]]
      )
      assert.deepStrictEqual(state.ended, [{ turn: "t1", carried: [MessageId.make("m0mwv6muxa0b9ngk")] }])
      assert.deepInclude(state, { epoch: 0, em: false, watchers: [], limited: null })
    })
  )
})

describe("mail that an older version posted and nobody had read", () => {
  it.effect("is taken, and none of it becomes a dead letter", () =>
    withWorld(({ agent, boot, broker, describe: look, id, is, stop, takes }) =>
      Effect.gen(function* () {
        let count = 0
        const post = (
          to: { readonly host: string; readonly kind: string; readonly key: string },
          lane: "urgent" | "control" | "normal",
          tag: string,
          payload: Schema.Json
        ) => {
          const mail = `old-${++count}`
          const body = encodeEnvelope({ v: 1, id: mail, tag, payload, sentAt: 1 })
          return broker.post({ to, lane, id: mail, body })
        }
        const session = { host: HOST, kind: "session", key: id }
        const registry = { host: "swarm", kind: "registry", key: "main" }
        yield* stop
        yield* broker.putText(LETTER.id, "hello")
        yield* post(registry, "normal", "Spawn", { id, name: "old", host: HOST, spec: SPEC, prompt: null })
        yield* boot
        yield* eventually("it is there", Effect.map(Effect.option(look), Option.getOrUndefined))
        yield* is("idle")
        yield* stop
        yield* post(session, "normal", "Accept", LETTER)
        yield* post(session, "control", "Rename", { name: "older" })
        yield* boot
        yield* takes(1)
        assert.deepStrictEqual(agent.prompts, ["hello"])
        assert.strictEqual((yield* is("working")).name, "older")
        yield* stop
        yield* post(session, "urgent", "Kill", { reason: "killed by human" })
        yield* boot
        yield* is("stopped")
        yield* stop
        yield* post(session, "control", "Restore", {})
        yield* boot
        yield* is("idle")
        assert.deepStrictEqual(yield* broker.deadLetters(10), [])
      })
    )
  )
})
