/** The embedded broker without identities, with and without its promise that what it acknowledges is on the disk. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import * as NatsServer from "../src/broker/server/NatsServer.ts"
import { natsBinary } from "../test/support/Sm.ts"
import { temporary } from "../test/support/TmuxTest.ts"

const template = readFileSync(join(import.meta.dirname, "../nats-server.conf"), "utf8")
const PROMISE = "sync_interval: always"

export const makeBroker = Effect.fnUntraced(function* (durable: boolean) {
  if (!template.includes(PROMISE)) return yield* Effect.die(new Error(`nats-server.conf has no ${PROMISE}`))
  const dir = yield* temporary("broker")
  const { port } = yield* Effect.orDie(
    NatsServer.scoped(
      {
        binary: yield* Effect.orDie(natsBinary),
        template: durable ? template : template.replace(PROMISE, ""),
        trust: "",
        name: "bench",
        run: dir,
        state: dir,
        data: dir
      },
      () => Effect.void
    )
  )
  return `127.0.0.1:${port}`
})
