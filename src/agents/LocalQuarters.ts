/** Sessions' directories below the state directory, with an identity and an environment of their own. */
import { mkdir, rm, writeFile } from "node:fs/promises"
import { delimiter, dirname, join } from "node:path"
import { Effect, Layer } from "effect"
import { AgentError } from "./Agent.ts"
import { scrub } from "./Environment.ts"
import { HOOK_SECRET, type Occupant, Quarters } from "./Quarters.ts"

export interface Options {
  /** `<state>/sessions`. */
  readonly root: string
  /** The folder that holds the `sm` of this installation, put first on the agents' PATH. */
  readonly bin: string
  readonly sm: readonly [string, ...ReadonlyArray<string>]
  /** The daemon's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** From config.yaml. */
  readonly extra: Readonly<Record<string, string>>
  readonly broker: string
  readonly spool: string
  /** For hooks over HTTP. */
  readonly door?: { readonly url: string; readonly secretOf: (sessionId: string) => string }
  /** The credential file's text for a session. */
  readonly credential: (sessionId: string) => Effect.Effect<string>
}

export const layer = (options: Options): Layer.Layer<Quarters> =>
  Layer.succeed(Quarters, {
    sm: options.sm,
    ...(options.door === undefined ? {} : { door: options.door.url }),
    plain: (env) => scrub({ ...options.env, ...options.extra, ...env }),
    prepare: Effect.fn("Quarters.prepare")(function* (occupant: Occupant) {
      const dir = join(options.root, occupant.id)
      const credentials = join(dir, "credential.json")
      const text = yield* options.credential(occupant.id)
      yield* Effect.tryPromise({
        try: async () => {
          await mkdir(dir, { recursive: true, mode: 0o700 })
          await rm(credentials, { force: true })
          await writeFile(credentials, text, { mode: 0o600 })
        },
        catch: (error) =>
          new AgentError({
            provider: occupant.provider,
            problem: `its directory cannot be made: ${String(error)}`,
            fix: `check ${options.root}`
          })
      })
      const own = scrub(options.env)
      const env = {
        ...own,
        ...options.extra,
        ...occupant.env,
        SM_SESSION_ID: occupant.id,
        SM_SESSION_NAME: occupant.name,
        ...(occupant.parentId === null ? {} : { SM_PARENT_ID: occupant.parentId }),
        CLAUDE_SESSION_MANAGER_ID: occupant.id,
        SM_CREDENTIALS: credentials,
        SM_BROKER: options.broker,
        SM_SPOOL: options.spool,
        ...(options.door === undefined ? {} : { [HOOK_SECRET]: options.door.secretOf(occupant.id) })
      }
      const path = occupant.env["PATH"] ?? options.extra["PATH"] ?? own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
      return { dir, env: { ...env, PATH: `${options.bin}${delimiter}${path}` } }
    }),
    furnish: Effect.fn("Quarters.furnish")(function* (dir: string, files: Readonly<Record<string, string>>) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(dir, name)
        yield* Effect.tryPromise({
          try: async () => {
            await mkdir(dirname(path), { recursive: true, mode: 0o700 })
            await rm(path, { force: true })
            await writeFile(path, text, { mode: 0o600 })
          },
          catch: (error) =>
            new AgentError({
              provider: "sm",
              problem: `${path} cannot be written: ${String(error)}`,
              fix: "check the disk and the directory's mode"
            })
        })
      }
    })
  })
