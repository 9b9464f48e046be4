/** The embedded server as the daemon runs it, in a home of the test's own: each `run` is one daemon's life. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Clock, type Duration, Effect, Exit, Layer, Scope } from "effect"
import { Broker } from "../../src/broker/Broker.ts"
import * as NatsBroker from "../../src/broker/NatsBroker.ts"
import * as NatsServer from "../../src/broker/server/NatsServer.ts"
import * as Trust from "../../src/broker/server/Trust.ts"
import { natsBinary } from "./Sm.ts"
import { temporary } from "./TmuxTest.ts"

export interface Options {
  /** A folder below the temporary one: odd names. */
  readonly below?: string
  readonly template?: (shipped: string) => string
  /** Where the store is: a small disk. */
  readonly data?: string
}

/** A clock that stops for those who sleep by it. */
const mortal = (clock: Clock.Clock, life: { readonly killed: boolean }): Clock.Clock => {
  const mine: Clock.Clock = Object.create(clock)
  return Object.assign(mine, {
    sleep: (duration: Duration.Duration) =>
      Effect.andThen(
        clock.sleep(duration),
        Effect.suspend(() => (life.killed ? Effect.never : Effect.void))
      )
  })
}

export const embedded = Effect.fnUntraced(function* (options: Options = {}) {
  const binary = yield* Effect.orDie(natsBinary)
  const home = join(yield* temporary("embedded"), options.below ?? ".")
  const shipped = readFileSync(join(import.meta.dirname, "../../nats-server.conf"), "utf8")
  const path = { run: join(home, "run"), state: join(home, "state"), data: options.data ?? join(home, "data") }
  const trustFile = join(path.state, "credentials", "trust.json")
  const moved: Array<number> = []
  const pids = new Set<number>()
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const pid of pids) {
        try {
          process.kill(pid, "SIGKILL")
        } catch {
          // It has ended, as it should.
        }
      }
    })
  )

  const run = Effect.gen(function* () {
    const trust = yield* Trust.load(trustFile)
    const template = options.template?.(shipped) ?? shipped
    const scope = yield* Scope.make()
    const life = { killed: false }
    const healing = Effect.runForkWith(yield* Effect.context<never>())
    const server = yield* NatsServer.scoped(
      { binary, template, trust: trust.configuration, name: "sm-test", ...path },
      (port) => Effect.sync(() => void moved.push(port))
    ).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.updateService(Clock.Clock, (clock) => mortal(clock, life))
    )
    pids.add(yield* server.pid)
    const { jwt } = yield* trust.mint("daemon", "daemon")
    const built = Layer.buildWithScope(
      Layer.fresh(
        NatsBroker.layer({
          servers: `127.0.0.1:${server.port}`,
          name: "test",
          space: "main",
          authenticator: () => ({ jwt, nkey: "", sig: "" }),
          stalled: () => void healing(server.heal)
        })
      ),
      scope
    )
    return {
      ...server,
      trust,
      /** The daemon's connection. */
      connect: Effect.flatMap(built, (context) => Effect.provide(Broker, context)),
      /** As if the daemon were killed: it looks after nothing any more, and the server runs on. */
      kill: Effect.sync(() => void (life.killed = true)),
      end: Scope.close(scope, Exit.void)
    }
  })
  return {
    home,
    path,
    trustFile,
    moved,
    run,
    noted: join(path.run, "nats.json"),
    config: join(path.state, "nats.conf")
  }
})
