/**
 * A door for hooks over HTTP, on loopback only: an agent that can post its hooks itself is spared a process for each. It
 * answers what the verb `signal` answers, to whoever knows the secret of a session.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { join } from "node:path"
import { Clock, Deferred, Effect, FiberSet, Layer, Schema } from "effect"
import { SessionId } from "../../domain/Ids.ts"
import { identify } from "../Caller.ts"
import { signal } from "./SignalVerbs.ts"

/** Bytes of a payload: it has all that a tool writes. */
const LARGEST = 16 * 1024 * 1024
const PLACE = /^\/([a-z][a-z0-9-]{0,31})\/([A-Za-z]{1,40})$/u
const BEARER = /^Bearer ([0-9a-f]{8})\.([0-9a-f]{64})$/u

interface Knock {
  readonly session: SessionId
  readonly kind: string
  readonly event: string
  readonly payload: Schema.Json
}

/** What is answered: a status, and a body of JSON. */
type Answer = readonly [status: number, body: string]
type Handler = (knock: Knock) => Promise<Answer>

const isSession = Schema.is(SessionId)
const decodePayload = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

/** The body, unless it is longer than it may be. */
const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > LARGEST) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const refused = (why: string): string => JSON.stringify({ error: why })

/** What is asked, or why it is not heard. `host`: as whom this server must be addressed, or a page in a browser might. */
const read = async (
  request: IncomingMessage,
  host: string,
  secretOf: (session: string) => string
): Promise<Knock | Answer> => {
  if (request.headers.host !== host) return [421, refused("addressed as another")]
  if (request.method !== "POST") return [405, refused("only POST")]
  if (!/^application\/json\b/u.test(request.headers["content-type"] ?? "")) return [415, refused("only JSON")]
  const [, session = "", given = ""] = BEARER.exec(request.headers.authorization ?? "") ?? []
  const right = secretOf(session).slice(session.length + 1)
  if (!isSession(session) || !timingSafeEqual(Buffer.from(given), Buffer.from(right)))
    return [401, refused("no session of this daemon")]
  const [, kind, event] = PLACE.exec(request.url ?? "") ?? []
  if (kind === undefined || event === undefined) return [404, refused("/<kind>/<event>")]
  const body = await bodyOf(request)
  if (body === undefined) return [413, refused("too long")]
  try {
    return { session, kind, event, payload: decodePayload(body) }
  } catch {
    return [400, refused("not JSON")]
  }
}

const listen = (server: Server, port: number) =>
  Effect.callback<number, Error>((resume) => {
    const failed = (error: Error): void => resume(Effect.fail(error))
    server.once("error", failed)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", failed)
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const kept = (path: string) => Effect.promise(() => readFile(path, "utf8").catch(() => ""))

export interface Door {
  readonly url: string
  /** What opens it for a session. */
  readonly secretOf: (session: string) => string
  readonly serve: (handler: Handler) => Effect.Effect<void>
}

/** Opens it, on the port of the last time: agents know it from their start. `write` keeps a private file. */
export const open = Effect.fnUntraced(function* (
  { run, state }: { readonly run: string; readonly state: string },
  write: (path: string, text: string) => Promise<void>
) {
  const keyPath = join(state, "credentials", "hooks.key")
  const portPath = join(run, "hooks.port")
  const known = (yield* kept(keyPath)).trim()
  const key = /^[0-9a-f]{64}$/u.test(known) ? known : randomBytes(32).toString("hex")
  if (key !== known) yield* Effect.promise(() => write(keyPath, key))
  const secretOf = (session: string): string => `${session}.${createHmac("sha256", key).update(session).digest("hex")}`
  const ready = yield* Deferred.make<Handler>()
  const fork = yield* FiberSet.makeRuntimePromise<never, Handler>()
  let host = ""
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const knock = await read(request, host, secretOf)
    const handler = "session" in knock ? await fork(Deferred.await(ready)) : undefined
    const [status, body] = "session" in knock ? ((await handler?.(knock)) ?? [503, refused("not now")]) : knock
    response.writeHead(status, { "content-type": "application/json" }).end(body)
  }
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createServer((request, response) => {
        serve(request, response).catch((error: unknown) => {
          // The agent takes it for a hook that failed, and its own rule for that holds.
          response.writeHead(500, { "content-type": "application/json" }).end(refused(String(error)))
        })
      })
    ),
    (opened) =>
      Effect.callback<void>((resume) => {
        opened.closeAllConnections()
        opened.close(() => resume(Effect.void))
      })
  )
  // A write may wait longer than node gives a request.
  server.requestTimeout = 0
  const wanted = Number((yield* kept(portPath)).trim())
  const before = Number.isInteger(wanted) && wanted > 0 && wanted < 65_536 ? wanted : 0
  const port = yield* listen(server, before).pipe(
    Effect.catch((error) =>
      before === 0
        ? Effect.die(error)
        : Effect.andThen(
            Effect.logWarning(`hooks: port ${before} is taken; agents that know it must be restored to write again`),
            Effect.orDie(listen(server, 0))
          )
    )
  )
  host = `127.0.0.1:${port}`
  if (port !== before) yield* Effect.promise(() => write(portPath, String(port)))
  const door: Door = {
    url: `http://${host}`,
    secretOf,
    serve: (handler) => Effect.asVoid(Deferred.succeed(ready, handler))
  }
  return door
})

/** A report over the door; a write waits until it may go, or may not. */
const answer = ({ event, kind, payload, session }: Knock, id: string) =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const caller = yield* identify(session)
    for (;;) {
      const { again, say } = yield* signal(
        { id: `${at}-${id}`, at, provider: kind, event, payload, gate: true },
        caller
      )
      if (!again) return [200, say ?? "{}"] as const
    }
  }).pipe(
    Effect.catch((error) => Effect.succeed([503, refused(error.message)] as const)),
    Effect.catchDefect((defect) =>
      Effect.as(Effect.logError("hooks: a report died", defect), [500, refused(String(defect))] as const)
    )
  )

type Needs = Effect.Services<ReturnType<typeof answer>>

export const layer = (door: Door): Layer.Layer<never, never, Needs> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const run = yield* FiberSet.makeRuntimePromise<Needs, Answer>()
      yield* door.serve((knock) => run(answer(knock, randomBytes(8).toString("hex"))))
    })
  )
