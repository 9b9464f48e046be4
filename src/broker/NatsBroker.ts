/** The broker port over NATS JetStream. */
import { Effect, Layer } from "effect"
import { Broker, type BrokerError } from "./Broker.ts"
import { open, type Options } from "./NatsConnection.ts"
import { natsFacts } from "./NatsFacts.ts"
import { natsMail } from "./NatsMail.ts"
import { natsRequests } from "./NatsRequests.ts"
import { natsState } from "./NatsState.ts"

export const layer = (options: Options): Layer.Layer<Broker, BrokerError> =>
  Layer.effect(
    Broker,
    Effect.map(open(options), (wire) => ({
      ...natsMail(wire),
      ...natsState(wire),
      ...natsFacts(wire),
      ...natsRequests(wire)
    }))
  )
