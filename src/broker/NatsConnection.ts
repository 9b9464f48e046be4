/** A scoped connection to NATS that never gives up, with what every part of the broker needs of it. */
import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager
} from "@nats-io/jetstream"
import {
  type Authenticator,
  connect,
  type NodeConnectionOptions,
  type NatsConnection,
  errors
} from "@nats-io/transport-node"
import { Effect, Latch, Schedule, type Scope } from "effect"
import { BrokerError } from "./Broker.ts"
import { PublishQueue } from "./PublishQueue.ts"
import { type Names, names, topology } from "./Topology.ts"
import { type Subjects, subjects } from "./Subject.ts"

export interface Options {
  readonly servers: string
  readonly authenticator?: Authenticator
  readonly user?: string
  readonly pass?: string
  /** Shown in the server's connection list. */
  readonly name: string
  readonly space: string
  /** Told, at most every some seconds, when the server is there and yet stores nothing. */
  readonly stalled?: () => void
}

export interface Wire {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
  readonly queue: PublishQueue
  readonly subject: Subjects
  readonly stream: Names
  /** Waits for the connection to be up. */
  readonly whenUp: Effect.Effect<void>
  readonly isUp: () => boolean
  /** Told at every change of the connection. */
  readonly onChange: (listener: (up: boolean) => void) => Effect.Effect<void, never, Scope.Scope>
}

/** A request whose answer the broker took with it when it was killed: it is asked again. */
const cutShort = ({ cause }: BrokerError): boolean => cause instanceof errors.TimeoutError

export const attempt = <A>(operation: string, run: () => Promise<A>): Effect.Effect<A, BrokerError> =>
  Effect.tryPromise({ try: run, catch: (cause) => new BrokerError({ operation, cause }) })

/** Connects; a failure names the address. */
const entered = (address: string, options: NodeConnectionOptions): Promise<NatsConnection> =>
  connect(options).catch((error: unknown) => {
    throw new Error(`${address}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  })

const CONNECT_MS = 3000

/** Scheduled messages and message TTLs: nats-server 2.14, API level 4. */
const LEVEL = 4

const again = <A>(effect: Effect.Effect<A, BrokerError>): Effect.Effect<A, BrokerError> =>
  Effect.retry(effect, { times: 3, while: cutShort })

/** The server, just started, could not make the stream's files: seen on a busy disk, and gone a moment later. */
const unmade = ({ cause }: BrokerError): boolean => cause instanceof JetStreamApiError && cause.status >= 500
const SOON = Schedule.spaced("500 millis")

/** Connects and declares the topology. */
export const open = (options: Options): Effect.Effect<Wire, BrokerError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* Effect.acquireRelease(
      attempt("connect", () =>
        entered(options.servers, {
          servers: options.servers,
          name: options.name,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 100,
          reconnectJitter: 50,
          pingInterval: 20_000,
          // An address that swallows packets must not hang a start.
          timeout: CONNECT_MS,
          // A server of the user's own whose password is being changed: keep trying.
          ignoreAuthErrorAbort: true,
          ...(options.authenticator === undefined ? {} : { authenticator: options.authenticator }),
          ...(options.user === undefined ? {} : { user: options.user }),
          ...(options.pass === undefined ? {} : { pass: options.pass })
        })
      ),
      (opened) => Effect.promise(() => opened.close())
    )
    const manager = yield* again(attempt("JetStream", () => jetstreamManager(connection, { timeout: 3000 })))
    const info = yield* again(attempt("account", () => manager.getAccountInfo()))
    const level = Number((info.api as { readonly level?: number }).level ?? 0)
    if (level < LEVEL) {
      const cause = new Error(
        `nats-server is too old (JetStream API level ${level}, ${LEVEL} is needed): upgrade it to 2.14 or later`
      )
      return yield* new BrokerError({ operation: "connect", cause })
    }
    const subject = subjects(options.space)
    const stream = names(options.space)
    for (const { config } of topology(subject, stream)) {
      const declaring = attempt(`declare ${config.name}`, async () => {
        try {
          await manager.streams.add(config)
        } catch (error) {
          // In use with other settings: an older or newer sm declared it.
          if ((error as { readonly code?: number }).code !== 10_058) throw error
          await manager.streams.update(config.name, config)
        }
      })
      yield* Effect.retry(again(declaring), { times: 6, while: unmade, schedule: SOON })
    }
    const queue = yield* Effect.acquireRelease(
      Effect.sync(() => new PublishQueue(connection, options.stalled ?? (() => undefined))),
      (opened) => Effect.sync(() => opened.close())
    )
    const up = Latch.makeUnsafe(true)
    const changes = new Set<(up: boolean) => void>()
    const watch = Effect.promise(async () => {
      for await (const status of connection.status()) {
        if (status.type === "disconnect") {
          up.closeUnsafe()
          queue.pause()
          for (const listener of changes) listener(false)
        } else if (status.type === "reconnect") {
          queue.resend()
          up.openUnsafe()
          for (const listener of changes) listener(true)
        }
      }
    })
    yield* Effect.forkScoped(watch)
    return {
      connection,
      client: jetstream(connection, { timeout: 5000 }),
      manager,
      queue,
      subject,
      stream,
      whenUp: up.await,
      isUp: () => up.isOpen(),
      onChange: (listener) =>
        Effect.asVoid(
          Effect.acquireRelease(
            Effect.sync(() => changes.add(listener)),
            () => Effect.sync(() => changes.delete(listener))
          )
        )
    }
  })
