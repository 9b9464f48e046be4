/** The one consumer of a host's mail: all unsettled mail in stream order, then what arrives. */
import { AckPolicy, type JsMsg } from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Effect, Random } from "effect"
import type { BrokerError } from "./Broker.ts"
import { consuming } from "./Consuming.ts"
import type { Wire } from "./NatsConnection.ts"

/** Unsettled mail comes again to a new consumer; until then never, in practice. */
const ACK_WAIT = nanos(3_600_000)

/**
 * A consumer of its own at every claim and every reconnect: what an earlier one had sent into a broken connection would
 * come again only after the ack wait, so that later mail overtook it; and a host that hangs would still be given mail.
 * The stream is a work queue, which refuses a second consumer: deleting the earlier one is what takes the mail over.
 */
export const hostMail = (
  wire: Wire,
  host: string,
  receive: (message: JsMsg, stream: string) => void
): Effect.Effect<never, BrokerError> =>
  Effect.gen(function* () {
    const { client, manager, stream, subject } = wire
    const prefix = `host-${Buffer.from(host).toString("hex")}`
    const mine = `${prefix}-${(yield* Random.nextIntBetween(0, 36 ** 9)).toString(36)}`
    let claims = 0
    return yield* consuming(wire, "claim mail", async (receiving) => {
      const { created } = await manager.streams.info(stream.mail)
      for await (const earlier of manager.consumers.list(stream.mail)) {
        // Two that claim at once: the other may have deleted it.
        if (earlier.name === prefix || earlier.name.startsWith(`${prefix}-`))
          await manager.consumers.delete(stream.mail, earlier.name).catch(() => false)
      }
      const name = `${mine}-${++claims}`
      await manager.consumers.add(stream.mail, {
        durable_name: name,
        filter_subject: subject.mailOfHost(host),
        ack_policy: AckPolicy.Explicit,
        max_ack_pending: -1,
        ack_wait: ACK_WAIT
      })
      const consumer = await client.consumers.get(stream.mail, name)
      return consumer.consume({
        max_messages: 500,
        abort_on_missing_resource: true,
        callback: receiving((message) => receive(message, String(created)))
      })
    })
  })
