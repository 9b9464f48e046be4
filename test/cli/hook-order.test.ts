import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { natsStub } from "../support/NatsStub.ts"
import { runSm } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

describe("sm hook", () => {
  it.live("never lets a report overtake one of its session that waits in the spool", () =>
    Effect.gen(function* () {
      const home = yield* temporary("hook")
      const spool = join(home, "state/spool")
      yield* natsStub(home, { ok: true, data: {} })
      mkdirSync(spool, { recursive: true })
      const stop = (session: string) =>
        runSm(["hook", "fake", "Stop"], {
          env: { SM_HOME: home, SM_SESSION_ID: session },
          input: JSON.stringify({ turn_id: "t", tool_response: "megabytes" })
        })

      writeFileSync(join(spool, "000000000-aaaa0001-x.json"), "{}")
      yield* stop("aaaa0002")
      assert.lengthOf(readdirSync(spool), 1, "another session's reports are no concern")
      yield* stop("aaaa0001")
      const behind = readdirSync(spool).filter((name) => !name.startsWith("000000000"))
      assert.lengthOf(behind, 1)
      const text = readFileSync(join(spool, behind[0] ?? ""), "utf8")
      assert.include(text, '"turn_id":"t"')
      assert.notInclude(text, "megabytes")
      for (const name of readdirSync(spool)) rmSync(join(spool, name))
      yield* stop("aaaa0001")
      assert.deepStrictEqual(readdirSync(spool), [])
    }).pipe(Effect.scoped)
  )
})
