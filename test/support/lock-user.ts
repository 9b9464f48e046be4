/** A user of leases as a process of its own: port of the broker, name, file of the lines. Until it is ended. */
import { appendFileSync } from "node:fs"
import { Effect } from "effect"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import { use } from "./LockUser.ts"

const [port = "", name = "", file = ""] = process.argv.slice(2)
const broker = NatsBroker.layer({ servers: `127.0.0.1:${port}`, name, space: "main" })
const user = use({
  name,
  ttl: 500,
  rounds: Infinity,
  write: (line) => appendFileSync(file, `${JSON.stringify(line)}\n`)
})
await Effect.runPromise(Effect.provide(user, broker))
