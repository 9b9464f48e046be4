/** A host of a swarm with the lock manager, as a process of its own: port of the broker, name. */
import { Effect, Layer } from "effect"
import * as ActorSystem from "../../src/actors/ActorSystem.ts"
import { Locks } from "../../src/actors/locks/Locks.ts"
import { behavior } from "../../src/actors/locks/LocksBehavior.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"

const [port = "", name = ""] = process.argv.slice(2)
const broker = NatsBroker.layer({ servers: `127.0.0.1:${port}`, name, space: "main" })
const system = Layer.unwrap(
  Effect.map(ActorSystem.register(Locks, behavior), (registration) =>
    ActorSystem.layer({ host: name, swarm: true, lease: 2000 }, [registration])
  )
)
await Effect.runPromise(
  Effect.scoped(Layer.build(Layer.provideMerge(system, broker)).pipe(Effect.andThen(Effect.never)))
)
