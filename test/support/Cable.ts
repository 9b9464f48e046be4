/** A TCP cable to a server that a test can cut, or make swallow what the server sends. */
import { connect, createServer, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

export const cable = (port: number) =>
  Effect.gen(function* () {
    const ends = new Set<Socket>()
    let swallowing = false
    let plugged = true
    const server = createServer((near) => {
      if (!plugged) return void near.destroy()
      const far = connect(port, "127.0.0.1")
      for (const socket of [near, far]) {
        ends.add(socket)
        socket.on("error", () => undefined)
        socket.on("close", () => {
          ends.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.on("data", (data) => far.write(data))
      far.on("data", (data) => {
        if (!swallowing) near.write(data)
      })
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
      () =>
        Effect.promise(() => {
          for (const socket of ends) socket.destroy()
          return new Promise<void>((resolve) => server.close(() => resolve()))
        })
    )
    return {
      port: (server.address() as AddressInfo).port,
      /** The server's words are lost from now on, though the connection looks alive. */
      swallow: Effect.sync(() => void (swallowing = true)),
      /** Ends the connections; new ones are whole. */
      cut: Effect.sync(() => {
        swallowing = false
        for (const socket of ends) socket.destroy()
      }),
      /** Ends the connections and lets none through until it is plugged in again. */
      unplug: Effect.sync(() => {
        plugged = false
        for (const socket of ends) socket.destroy()
      }),
      plug: Effect.sync(() => void (plugged = true))
    }
  })
