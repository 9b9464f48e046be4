/** The broker dies, and before it is back another program has taken its port. */
import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSm } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(undefined))
    server.listen(port, "127.0.0.1", () => resolve(server))
  })

const portOf = (home: string): number =>
  (JSON.parse(readFileSync(join(home, "run/broker.json"), "utf8")) as { readonly port: number }).port

describe("a taken port", () => {
  it.live("moves the broker, and the daemon and its sessions with it", () =>
    Effect.gen(function* () {
      const { brokerPid, home, json, taken } = yield* makeSm
      yield* json("spawn", "fake", "--name", "ann")
      const port = portOf(home)

      // Whoever is first gets the port: the broker now and then, then it is killed again.
      const thief = yield* until(
        "the port is taken",
        Effect.promise(async () => {
          process.kill(brokerPid(), "SIGKILL")
          for (const end = Date.now() + 100; Date.now() < end;) {
            const server = await listen(port)
            if (server !== undefined) return server
          }
          return undefined
        })
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => thief.close()))

      const moved = yield* until(
        "the broker is elsewhere",
        Effect.sync(() => (portOf(home) === port ? undefined : portOf(home)))
      )
      assert.notStrictEqual(moved, port)
      const sent = yield* until(
        "the daemon is back",
        Effect.catchCause(json("send", "ann", "after the move", "--wait=submitted"), () => Effect.undefined)
      )
      assert.strictEqual(sent["state"] as never, "submitted")
      assert.deepStrictEqual(taken(), ["after the move"])
    }).pipe(Effect.scoped)
  )
})
