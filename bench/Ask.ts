/** A person's connection to a measured daemon: asks verbs and hears facts, without a process for each. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { connect } from "@nats-io/transport-node"
import { Effect } from "effect"
import type { Reply } from "../src/gateway/Api.ts"
import type { EventRecord } from "../src/domain/Event.ts"

interface Place {
  readonly host: string
  readonly port: number
}

const json = <A>(path: string): A => JSON.parse(readFileSync(path, "utf8")) as A

export type Card = { readonly id: string; readonly name: string; readonly state: string }

/** Open until the scope's end. */
export const openAsk = Effect.fnUntraced(function* (home: string) {
  const { host, port } = json<Place>(join(home, "run/broker.json"))
  const { jwt } = json<{ readonly jwt: string }>(join(home, "state/credentials/human.json"))
  const connection = yield* Effect.acquireRelease(
    Effect.promise(() =>
      connect({
        servers: `${host}:${port}`,
        authenticator: () => ({ jwt, nkey: "", sig: "" }),
        inboxPrefix: "_INBOX_human",
        maxReconnectAttempts: -1,
        reconnectTimeWait: 50
      })
    ),
    (opened) => Effect.promise(() => opened.close())
  )
  const listeners = new Set<(record: EventRecord) => void>()
  connection.subscribe("sm.evt.>", {
    callback: (_, message) => {
      const record = message.json<EventRecord>()
      for (const listener of listeners) listener(record)
    }
  })

  const request = async <A>(verb: string, input: unknown, timeout = 60_000): Promise<A> => {
    const answer = await connection.request(`sm.rq.${verb}.human`, JSON.stringify(input), { timeout })
    const reply = answer.json<Reply>()
    if (!reply.ok) throw new Error(`${verb}: ${reply.error.message}`)
    // Whoever asks knows what the verb answers with.
    return reply.data as A
  }
  /** Resolves with the first fact that `choose` takes; subscribe before causing it. */
  const fact = (choose: (record: EventRecord) => boolean): Promise<EventRecord> =>
    new Promise((resolve) => {
      const listener = (record: EventRecord) => {
        if (!choose(record)) return
        listeners.delete(listener)
        resolve(record)
      }
      listeners.add(listener)
    })
  /** Resolves when this message is answered. */
  const answered = (id: string) =>
    fact(({ event }) => event._tag === "MessageMoved" && event.id === id && event.status === "answered")
  return { request, fact, answered }
})
export type Ask = Effect.Success<ReturnType<typeof openAsk>>
