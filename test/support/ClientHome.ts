/** What `sm` reads to find a daemon and to know who asks, below a home, for a server of a test's own. */
import { mkdirSync, writeFileSync } from "node:fs"
import type { Server } from "node:net"
import { join } from "node:path"

export const clientHome = (home: string, server: Server): void => {
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  mkdirSync(join(home, "run"), { recursive: true })
  mkdirSync(join(home, "state/credentials"), { recursive: true })
  writeFileSync(join(home, "run/broker.json"), JSON.stringify({ v: 1, host: "127.0.0.1", port, space: "main" }))
  writeFileSync(join(home, "state/credentials/human.json"), JSON.stringify({ v: 1, name: "human", jwt: "none" }))
}
