/** Who may do what on the embedded broker: keys made once, roles as scoped templates, one token per identity. */
import { randomBytes } from "node:crypto"
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { Clock, Effect, Option, Schema } from "effect"
import { createKey, fromSeed, token } from "./NKey.ts"

const Seeds = Schema.Struct({
  operator: Schema.String,
  system: Schema.String,
  core: Schema.String,
  agents: Schema.String,
  daemon: Schema.String,
  agent: Schema.String,
  human: Schema.String
})
const TrustFile = Schema.fromJsonString(Schema.Struct({ v: Schema.Literal(1), seeds: Seeds }))
const decode = Schema.decodeEffect(TrustFile)
const encode = Schema.encodeSync(TrustFile)

export class TrustError extends Schema.TaggedError<TrustError>()("TrustError", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

/** A client's credential file. */
export interface Credential {
  readonly v: 1
  readonly name: string
  readonly jwt: string
}

export interface Trust {
  /** The part of the server's configuration that says whom to trust. */
  readonly configuration: string
  /** Mints a token. A `session` may only ask as itself; a `human` as `human`; the daemon may do everything. */
  readonly mint: (role: "daemon" | "session" | "human", name: string) => Effect.Effect<Credential>
}

const unlimited = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }

/** Clients ask, hear answers in their own inbox, and watch public facts. Nothing else, and never JetStream. */
const client = {
  subs: 40,
  data: -1,
  payload: -1,
  bearer_token: true,
  allowed_connection_types: ["STANDARD"],
  pub: { allow: ["sm.rq.*.{{name()}}"] },
  sub: { allow: ["_INBOX_{{name()}}.>", "sm.evt.>"] }
}

const build = (seeds: typeof Seeds.Type): Trust => {
  const key = {
    operator: fromSeed(seeds.operator),
    system: fromSeed(seeds.system),
    core: fromSeed(seeds.core),
    agents: fromSeed(seeds.agents),
    daemon: fromSeed(seeds.daemon),
    agent: fromSeed(seeds.agent),
    human: fromSeed(seeds.human)
  }
  const scope = (signer: keyof typeof key, template: object) => ({
    kind: "user_scope",
    key: key[signer].publicKey,
    role: signer,
    template
  })
  // Unchanging claims, so that the configuration is the same at every start.
  const account = (name: string, sub: string, body: object) =>
    token({ sub, name, nats: { type: "account", version: 2, ...body } }, key.operator, 1)
  const requests = { name: "requests", subject: "sm.rq.>", type: "service" }
  const events = { name: "events", subject: "sm.evt.>", type: "stream" }
  const accounts: ReadonlyArray<readonly [string, string]> = [
    [key.system.publicKey, account("SYS", key.system.publicKey, { limits: unlimited })],
    [
      key.core.publicKey,
      account("SM", key.core.publicKey, {
        limits: { ...unlimited, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
        signing_keys: [
          scope("daemon", {
            subs: -1,
            data: -1,
            payload: -1,
            bearer_token: true,
            pub: { allow: [">"] },
            sub: { allow: [">"] }
          })
        ],
        exports: [{ ...requests, response_type: "Singleton" }, events]
      })
    ],
    [
      key.agents.publicKey,
      account("AGENTS", key.agents.publicKey, {
        limits: unlimited,
        imports: [
          { ...requests, account: key.core.publicKey, share: true },
          { ...events, account: key.core.publicKey }
        ],
        signing_keys: [scope("agent", client), scope("human", client)]
      })
    ]
  ]
  const operator = token(
    {
      sub: key.operator.publicKey,
      name: "sm",
      nats: { type: "operator", version: 2, system_account: key.system.publicKey }
    },
    key.operator,
    1
  )
  const preload = accounts.map(([name, jwt]) => `  ${name}: ${jwt}`).join("\n")
  const roles = {
    daemon: { signer: key.daemon, issuer: key.core },
    session: { signer: key.agent, issuer: key.agents },
    human: { signer: key.human, issuer: key.agents }
  }
  return {
    configuration: `operator: ${operator}\nsystem_account: ${key.system.publicKey}\nresolver: MEMORY\nresolver_preload: {\n${preload}\n}\n`,
    mint: (role, name) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const { issuer, signer } = roles[role]
        const nats = { type: "user", version: 2, issuer_account: issuer.publicKey }
        return {
          v: 1,
          name,
          jwt: token({ sub: createKey("user").publicKey, name, nats }, signer, Math.floor(now / 1000))
        }
      })
  }
}

/** Writes so that a reader sees the old file or the whole new one, also after a power loss. Mode 0600. */
export const writePrivate = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.${randomBytes(4).toString("hex")}`
  try {
    await writeFile(fresh, text, { mode: 0o600, flush: true })
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

/** Reads the keys, or makes them at the first start. A damaged file is refused, never replaced: it would lock out agents. */
export const load = Effect.fn("Trust.load")(function* (path: string) {
  const found = yield* Effect.tryPromise({
    try: () =>
      readFile(path, "utf8").then(Option.some, (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return Option.none<string>()
        throw error
      }),
    catch: (error) => new TrustError({ path, reason: String(error) })
  })
  if (Option.isSome(found)) {
    const damaged = new TrustError({
      path,
      reason:
        "the key file is damaged. Put a copy of it back if there is one. Without it sm can only start anew: remove it, " +
        "and new keys are made, which do not open what the old ones kept (sessions, messages)"
    })
    const { seeds } = yield* Effect.mapError(decode(found.value), () => damaged)
    return yield* Effect.try({ try: () => build(seeds), catch: () => damaged })
  }
  const seeds = {
    operator: createKey("operator").seed,
    system: createKey("account").seed,
    core: createKey("account").seed,
    agents: createKey("account").seed,
    daemon: createKey("account").seed,
    agent: createKey("account").seed,
    human: createKey("account").seed
  }
  yield* Effect.tryPromise({
    try: () => writePrivate(path, encode({ v: 1, seeds })),
    catch: (error) => new TrustError({ path, reason: String(error) })
  })
  return build(seeds)
})
