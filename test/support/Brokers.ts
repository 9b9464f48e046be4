/** The two brokers that pass one contract: in memory, and JetStream on a server of the test's own. */
import { connect } from "@nats-io/transport-node"
import { Context, Effect, Layer } from "effect"
import type { Broker, BrokerError } from "../../src/broker/Broker.ts"
import * as MemoryBroker from "../../src/broker/MemoryBroker.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import { subjects } from "../../src/broker/Subject.ts"
import { plainNats } from "./PlainNats.ts"

/** What a client asks with. */
export class Asker extends Context.Service<
  Asker,
  { readonly request: (verb: string, caller: string, body: string) => Effect.Effect<string> }
>()("test/Asker") {}

const SPACE = "t 1.*>"

/** A plain nats-server for the test, gone with it. */
export const NatsTest: Layer.Layer<Broker | Asker, BrokerError> = Layer.unwrap(
  Effect.gen(function* () {
    const server = yield* plainNats()
    const servers = `127.0.0.1:${server.port()}`
    const asker = Layer.effect(
      Asker,
      Effect.gen(function* () {
        const raw = yield* Effect.acquireRelease(
          Effect.promise(() => connect({ servers })),
          (opened) => Effect.promise(() => opened.close())
        )
        const { requests } = subjects(SPACE)
        return {
          request: (verb, caller, body) =>
            Effect.promise(async () =>
              (await raw.request(`${requests}.${verb}.${caller}`, body, { timeout: 10_000 })).string()
            )
        }
      })
    )
    return Layer.merge(NatsBroker.layer({ servers, name: "test", space: SPACE }), asker)
  })
)

export const MemoryTest: Layer.Layer<Broker | Asker> = Layer.effect(
  Asker,
  Effect.map(MemoryBroker.MemoryClient, ({ request }) => ({ request }))
).pipe(Layer.provideMerge(MemoryBroker.layer))
