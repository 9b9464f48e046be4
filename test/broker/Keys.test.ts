import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hold } from "../../src/broker/server/InstanceLock.ts"
import * as Trust from "../../src/broker/server/Trust.ts"
import { temporary } from "../support/TmuxTest.ts"

describe("the instance lock", () => {
  it.live("is held by one, and free when its holder is gone", () =>
    Effect.gen(function* () {
      const path = join(yield* temporary("lock"), "daemon.lock")
      const error = yield* Effect.scoped(Effect.andThen(hold(path), Effect.flip(hold(path))))
      assert.strictEqual(error._tag, "AlreadyRunning")
      yield* Effect.scoped(hold(path))
    }).pipe(Effect.scoped)
  )

  it.live("does not take another trouble for another daemon", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("lock")
      const path = join(dir, "daemon.lock")
      writeFileSync(path, "not a lock ".repeat(100))
      assert.match((yield* Effect.flip(Effect.scoped(hold(path)))).message, /cannot be locked: .*not a database/u)
      mkdirSync(join(dir, "folder"))
      assert.match((yield* Effect.flip(Effect.scoped(hold(join(dir, "folder"))))).message, /cannot be locked/u)
    }).pipe(Effect.scoped)
  )
})

describe("the keys", () => {
  it.live("are made once, and refused when one character is wrong", () =>
    Effect.gen(function* () {
      const path = join(yield* temporary("trust"), "deep", "trust.json")
      const { configuration } = yield* Trust.load(path)
      assert.strictEqual((yield* Trust.load(path)).configuration, configuration)
      const whole = readFileSync(path, "utf8")
      const seed = /"daemon":"(\w+)"/u.exec(whole)?.[1] ?? ""
      const wrong = seed.slice(0, 20) + (seed[20] === "A" ? "B" : "A") + seed.slice(21)
      for (const text of ["", "{", whole.slice(0, -20), whole.replace(seed, wrong), whole.replace(seed, "SAAA")]) {
        writeFileSync(path, text)
        assert.match(
          (yield* Effect.flip(Trust.load(path))).message,
          /trust\.json: the key file is damaged\. Put a copy/u
        )
        assert.strictEqual(readFileSync(path, "utf8"), text)
      }
    }).pipe(Effect.scoped)
  )
})
