import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Broker } from "../../src/broker/Broker.ts"
import { layer as MemoryBroker } from "../../src/broker/MemoryBroker.ts"
import { deadLetters, dropDeadLetter, replayDeadLetter } from "../../src/gateway/SystemVerbs.ts"

const to = { host: "h", kind: "k", key: "one" }
const letter = (id: string) => ({ to, lane: "normal" as const, id, body: `{"tag":"Do","id":"${id}"}` })

describe("dead letters", () => {
  it.effect("can be listed, posted again once, and dropped", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      yield* broker.post(letter("a"))
      for (const id of ["a", "b"]) yield* broker.bury(letter(id), `${id} was bad`, 5)
      const [first, second] = yield* deadLetters
      assert.deepInclude(first, { address: "k.one", tag: "Do", reason: "a was bad", at: 5 })

      yield* replayDeadLetter({ seq: first?.seq ?? 0 })
      const again = yield* Effect.flip(replayDeadLetter({ seq: first?.seq ?? 0 }))
      assert.strictEqual((again as { readonly code?: string }).code, "not-found")
      // Its old id is remembered as handled: it goes out under a new one.
      assert.deepStrictEqual(
        (yield* broker.peek(to, 10)).map(({ body }) => body),
        [letter("a").body, letter("a").body]
      )

      yield* dropDeadLetter({ seq: second?.seq ?? 0 })
      assert.deepStrictEqual(yield* deadLetters, [])
      assert.strictEqual((yield* broker.peek(to, 10)).length, 2)
    }).pipe(Effect.provide(MemoryBroker))
  )
})
