/** States of a session as older versions stored them, lifted and read. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { upgrade } from "../../src/actors/Commit.ts"
import { Session } from "../../src/actors/session/Session.ts"
import { State } from "../../src/actors/session/State.ts"
import { SessionCard } from "../../src/domain/Session.ts"

/** Written by version 2, taken from a store. */
const V2 = `{"id":"6b00ce6e","name":"claude","host":"vm","spec":{"provider":"claude","workingDir":"/tmp/work","parentId":null,
"model":null,"effort":null,"permissionMode":null,"args":["--allowedTools","Bash"],"env":{}},"phase":"working","detail":"",
"createdAt":1795554237849,"since":1795554248055,"stoppedAt":null,"agentSessionId":"ca71d695-dec3-433c-9016-f6582f9b5a77",
"transcript":"/tmp/claude/projects/-tmp-work/ca71d695-dec3-433c-9016-f6582f9b5a77.jsonl",
"pane":{"id":"%1","server":"21212 1795554237","pid":21230},"seatEnv":{"HOME":"/root"},"launching":null,
"turn":"629b9324-9d81-4385-8e3b-25a7c27094ca","queue":[],"typing":null,"flying":[],"carried":[{"id":"m0mwv6muxa0b9ngl",
"from":{"kind":"human","name":"human"},"mode":"sequential","kind":"message","at":1795554248177,"bytes":13,"tries":1}],
"interrupting":null,"seen":[["m0mwv6muxa0b9ngl","submitted"]],"signals":["0mwv6mu31-6b00ce6e-glkelv8u-0"],"actions":[]}`

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
