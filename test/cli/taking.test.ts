/** `sm lock` and the end of its wait. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { natsStub } from "../support/NatsStub.ts"
import { runSm } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

const lease = {
  ticket: "l00000000000000a",
  host: "h",
  workspace: "/w",
  path: null,
  holder: { _tag: "Person", name: "human" },
  reason: "why",
  fence: 7,
  since: 0,
  until: 0,
  ttl: 0,
  auto: false
}

describe("a wait for a lock", () => {
  it.live("that ends as the lock is given has it", () =>
    Effect.gen(function* () {
      const home = yield* temporary("taking")
      const data = { lease: null, behind: [], why: "ann has it" }
      const waits = { ok: true, data: { ...data, outcome: "waits" } }
      const stub = yield* natsStub(
        home,
        waits,
        { ok: true, data: { outcome: "granted" } },
        { ok: true, data: { ...data, lease, outcome: "granted" } }
      )
      const { code, stdout } = yield* runSm(["lock", "why"], { env: { SM_HOME: home } })
      assert.include(stdout, "fence 7")
      assert.strictEqual(code, 0)
      assert.lengthOf(stub.asked(), 3)
    }).pipe(Effect.scoped)
  )

  it.live("that is given up is over", () =>
    Effect.gen(function* () {
      const home = yield* temporary("taking")
      const waits = { ok: true, data: { outcome: "waits", lease: null, behind: [], why: "ann has it" } }
      const stub = yield* natsStub(home, waits, { ok: true, data: { outcome: "over" } })
      const { code, stderr } = yield* runSm(["lock", "why"], { env: { SM_HOME: home } })
      assert.include(stderr, "ann has it")
      assert.strictEqual(code, 4)
      assert.lengthOf(stub.asked(), 2)
    }).pipe(Effect.scoped)
  )
})
