/** The composition root: the only file that names every implementation. */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Clock, Effect, FiberSet, Layer, Option, Schema } from "effect"
import * as ActorSystem from "./actors/ActorSystem.ts"
import { Agenda } from "./actors/agenda/Agenda.ts"
import * as AgendaBehavior from "./actors/agenda/AgendaBehavior.ts"
import { Approvals } from "./actors/approvals/Approvals.ts"
import * as ApprovalsBehavior from "./actors/approvals/ApprovalsBehavior.ts"
import { Desk } from "./actors/desk/Desk.ts"
import * as DeskBehavior from "./actors/desk/DeskBehavior.ts"
import { Monitor } from "./actors/monitor/Monitor.ts"
import * as MonitorBehavior from "./actors/monitor/MonitorBehavior.ts"
import { Locks } from "./actors/locks/Locks.ts"
import * as LocksBehavior from "./actors/locks/LocksBehavior.ts"
import { Pool } from "./actors/pool/Pool.ts"
import * as PoolBehavior from "./actors/pool/PoolBehavior.ts"
import { Registry } from "./actors/registry/Registry.ts"
import * as RegistryBehavior from "./actors/registry/RegistryBehavior.ts"
import { Session } from "./actors/session/Session.ts"
import * as SessionBehavior from "./actors/session/SessionBehavior.ts"
import { Worktrees } from "./actors/worktrees/Worktrees.ts"
import * as WorktreesBehavior from "./actors/worktrees/WorktreesBehavior.ts"
import { awaken } from "./Awakening.ts"
import * as LocalQuarters from "./agents/LocalQuarters.ts"
import * as Roster from "./agents/Roster.ts"
import * as Directory from "./broker/Directory.ts"
import * as NatsBroker from "./broker/NatsBroker.ts"
import { hold } from "./broker/server/InstanceLock.ts"
import { keep } from "./broker/server/KeptFile.ts"
import * as NatsServer from "./broker/server/NatsServer.ts"
import { provision } from "./broker/server/Provision.ts"
import * as Trust from "./broker/server/Trust.ts"
import { HostId } from "./domain/Ids.ts"
import { monitorDefaults, Monitoring } from "./domain/MonitorPolicy.ts"
import * as LockPolicy from "./domain/LockPolicy.ts"
import { approvalDefaults, ApprovalRules } from "./domain/ApprovalPolicy.ts"
import { defaults, Rules } from "./domain/Policy.ts"
import type { Check } from "./gateway/Api.ts"
import * as Feed from "./gateway/Feed.ts"
import * as HookDoor from "./gateway/hooks/HookDoor.ts"
import * as Gateway from "./gateway/Gateway.ts"
import * as Repository from "./gateway/Repository.ts"
import * as Spool from "./gateway/hooks/Spool.ts"
import * as LocalGit from "./git/LocalGit.ts"
import * as HookFiles from "./HookFiles.ts"
import type { Home } from "./Home.ts"
import * as PluginHost from "./plugins/PluginHost.ts"
import * as PluginLoader from "./plugins/PluginLoader.ts"
import shippedPlugins from "../plugins.config.ts"
import { screenFiles } from "./ScreenFiles.ts"
import * as Settings from "./Settings.ts"
import * as Tmux from "./terminal/Tmux.ts"
import { watch } from "./Watch.ts"

export interface Options {
  readonly home: Home
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** The folder of the package: nats-server.conf, templates/ and bin/ are there. */
  readonly root: string
  /** The command of `sm`. */
  readonly sm: readonly [string, ...ReadonlyArray<string>]
  /** Asks the process to stop, or to stop so that its supervisor starts it again. */
  readonly shutdown: Effect.Effect<void>
  readonly restart: Effect.Effect<void>
}

const SPACE = "main"
const HostFile = Schema.fromJsonString(Schema.Struct({ v: Schema.Literal(1), host: HostId }))
const decodeHost = Schema.decodeOption(HostFile)
const encodeHost = Schema.encodeSync(HostFile)

/** Where clients find the broker. */
const brokerFile = (host: string, port: number) => `${JSON.stringify({ v: 1, host, port, space: SPACE })}\n`

/** The host's name: as configured, else as it was called at the first start. */
const hostName = Effect.fnUntraced(function* (home: Home, configured: HostId | undefined) {
  if (configured !== undefined) return configured
  const path = join(home.state, "host.json")
  const known = decodeHost(yield* Effect.promise(() => readFile(path, "utf8").catch(() => "")))
  if (Option.isSome(known)) return known.value.host
  const host = HostId.make(Settings.defaultHost())
  yield* Effect.promise(() => Trust.writePrivate(path, encodeHost({ v: 1, host })))
  return host
})

const makeDirectory = (path: string) =>
  Effect.tryPromise({
    try: () => mkdir(path, { recursive: true, mode: 0o700 }),
    catch: (error) =>
      new Settings.SettingsError({ path, reason: `${String(error)}; SM_HOME names a directory of your choice` })
  })

/** An `sm` for the agents' PATH that needs nothing of theirs. */
const installLauncher = async (bin: string, sm: ReadonlyArray<string>): Promise<void> => {
  const word = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
  await mkdir(bin, { recursive: true, mode: 0o700 })
  await writeFile(join(bin, "sm"), `#!/bin/sh\nexec ${sm.map(word).join(" ")} "$@"\n`, { mode: 0o700 })
  await chmod(join(bin, "sm"), 0o700)
}

/** A broker that is there: where, how the daemon enters, and what its clients are given. */
interface Access {
  readonly host: string
  readonly port: number
  readonly connection: Pick<Parameters<typeof NatsBroker.layer>[0], "authenticator" | "user" | "pass" | "stalled">
  readonly credential: (role: "session" | "human", name: string) => Effect.Effect<string>
  readonly check: Effect.Effect<typeof Check.Type>
}

const embedded = Effect.fnUntraced(function* (options: Options, settings: Settings.Config, host: string) {
  const { home } = options
  const binary = yield* provision({
    ...(settings.broker?.binary === undefined ? {} : { explicit: settings.broker.binary }),
    cache: home.cache,
    env: options.env,
    platform: process.platform,
    arch: process.arch
  })
  const trust = yield* Trust.load(join(home.state, "credentials", "trust.json"))
  const template = yield* Effect.promise(() => readFile(join(options.root, "nats-server.conf"), "utf8"))
  const server = yield* NatsServer.scoped(
    {
      binary,
      template,
      trust: trust.configuration,
      name: `sm-${host}`,
      run: home.run,
      state: home.state,
      data: home.data
    },
    // Every connection knows the old port: a fresh start is the honest way.
    (port) =>
      Effect.andThen(
        Effect.logError(`the broker had to move to port ${port}; the daemon starts again`),
        options.restart
      )
  )
  const { jwt } = yield* trust.mint("daemon", "daemon")
  const fork = yield* FiberSet.makeRuntime<never>()
  const access: Access = {
    host: "127.0.0.1",
    port: server.port,
    connection: { authenticator: () => ({ jwt, nkey: "", sig: "" }), stalled: () => fork(server.heal) },
    credential: (role, name) => Effect.map(trust.mint(role, name), (credential) => `${JSON.stringify(credential)}\n`),
    check: Effect.map(server.pid, (pid) => ({
      name: "broker",
      state: "ok" as const,
      detail: `nats-server pid ${pid}, 127.0.0.1:${server.port}`,
      fix: ""
    }))
  }
  return access
})

/**
 * A NATS of the user's own. Its accounts are the user's to set up: here every client enters with the daemon's user, so
 * agents are told apart by the subject they ask on, and not by the broker.
 */
const external = Effect.fnUntraced(function* (url: string) {
  const parsed = yield* Effect.try({
    try: () => {
      const { hostname, password, port, protocol, username } = new URL(url.includes("://") ? url : `nats://${url}`)
      // A password must not go in the clear where the address says that it does not.
      if (protocol !== "nats:") throw new Error("only nats:// is supported, which is plain TCP")
      const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
      return { hostname, port: Number(port || "4222"), identity: user === "" ? {} : { user, pass } }
    },
    catch: (error) =>
      new Settings.SettingsError({
        path: "config.yaml",
        reason: `broker.url ${url.replace(/\/\/.*@/u, "//…@")} cannot be used: ${error instanceof Error ? error.message : String(error)}`
      })
  })
  const { hostname, identity, port } = parsed
  const access: Access = {
    host: hostname,
    port,
    connection: identity,
    credential: (_, name) => Effect.succeed(`${JSON.stringify({ v: 1, name, ...identity })}\n`),
    check: Effect.succeed({ name: "broker", state: "ok", detail: `external, ${hostname}:${port}`, fix: "" })
  }
  return access
})

/** Everything, from the lock to the gateway. Ready when it is built. */
export const layer = (options: Options) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { home } = options
      yield* Effect.forEach([home.state, home.data, home.run, home.cache, home.config, home.spool], makeDirectory)
      yield* hold(join(home.state, "daemon.lock"))
      const startedAt = yield* Clock.currentTimeMillis
      const settings = yield* Settings.load(home.config)
      const plugins = yield* PluginLoader.load(home.config, shippedPlugins)
      const host = yield* hostName(home, settings.host)
      const access =
        settings.broker?.url === undefined
          ? yield* embedded(options, settings, host)
          : yield* external(settings.broker.url)
      const human = yield* access.credential("human", "human")
      const bin = join(home.state, "bin")
      yield* Effect.promise(async () => {
        await installLauncher(bin, options.sm)
      })
      const lockPolicy = settings.locks ?? LockPolicy.defaults
      const door = yield* HookFiles.layOut(home, lockPolicy)
      yield* keep(home.broker, brokerFile(access.host, access.port))
      yield* keep(join(home.state, "credentials", "human.json"), human)

      const broker = NatsBroker.layer({
        servers: `${access.host}:${access.port}`,
        name: `sm daemon ${host}`,
        space: SPACE,
        ...access.connection
      })
      const quarters = LocalQuarters.layer({
        root: join(home.state, "sessions"),
        bin,
        sm: options.sm,
        env: options.env,
        extra: settings.env ?? {},
        broker: home.broker,
        spool: home.spool,
        ...(door === undefined ? {} : { door }),
        credential: (id) => access.credential("session", id)
      })
      const terminal = Tmux.layer({ socket: join(home.run, "tmux"), dir: join(home.run, "panes") })
      const plugged = PluginHost.layer(plugins).pipe(Layer.provideMerge(Roster.layer))
      const trees = join(home.data, "worktrees")
      yield* makeDirectory(trees)
      const git = LocalGit.layer({ root: trees, env: options.env })
      const ports = Layer.mergeAll(broker, quarters, terminal, plugged, git)
      const actors = Layer.unwrap(
        Effect.gen(function* () {
          const registrations = [
            yield* ActorSystem.register(Session, SessionBehavior.behavior),
            yield* ActorSystem.register(Registry, RegistryBehavior.behavior),
            yield* ActorSystem.register(Agenda, AgendaBehavior.behavior),
            yield* ActorSystem.register(Pool, PoolBehavior.behavior),
            yield* ActorSystem.register(Approvals, ApprovalsBehavior.behavior),
            yield* ActorSystem.register(Desk, DeskBehavior.behavior),
            yield* ActorSystem.register(Monitor, MonitorBehavior.behavior),
            yield* ActorSystem.register(Locks, LocksBehavior.behavior),
            yield* ActorSystem.register(Worktrees, WorktreesBehavior.behavior)
          ]
          return ActorSystem.layer({ host, swarm: true }, registrations)
        })
      )
      const projections = Layer.mergeAll(Directory.layer, Feed.layer, Repository.layer)
      const gateway = Layer.unwrap(
        Effect.map(PluginHost.PluginHost, ({ states }) =>
          Gateway.layer({
            version: options.version,
            host,
            hostId: host,
            startedAt,
            templates: {
              user: join(home.config, "dispatch_templates.yaml"),
              shipped: join(options.root, "templates", "dispatch.yaml")
            },
            what: settings.what ?? {},
            shutdown: options.shutdown,
            checks: Effect.map(access.check, (check) => [
              check,
              ...states.map((plugin) => ({
                name: `plugin ${plugin.name}`,
                state: plugin.state === "running" ? ("ok" as const) : ("fail" as const),
                detail: plugin.detail,
                fix: plugin.state === "running" ? "" : "correct plugins.config.ts, then sm down and sm up"
              }))
            ])
          })
        )
      )
      const loops = Layer.effectDiscard(
        Effect.gen(function* () {
          yield* Spool.drain(home.spool, host)
          yield* Effect.forkScoped(Spool.drainForever(home.spool, host))
          yield* Effect.forkScoped(watch(host))
          yield* Effect.forkScoped(screenFiles(join(home.config, "screens"), host))
          yield* awaken(host, settings.restore === "auto")
        })
      )
      return Layer.mergeAll(gateway, loops, door === undefined ? Layer.empty : HookDoor.layer(door)).pipe(
        Layer.provideMerge(actors),
        Layer.provideMerge(projections),
        Layer.provideMerge(ports),
        Layer.provide(Layer.succeed(Rules, settings.policy ?? defaults)),
        Layer.provide(Layer.succeed(Monitoring, settings.monitor ?? monitorDefaults)),
        Layer.provide(Layer.succeed(LockPolicy.LockRules, lockPolicy)),
        Layer.provide(Layer.succeed(ApprovalRules, settings.approvals ?? approvalDefaults))
      )
    })
  )
