/** Finds a nats-server that is new enough, or gets one: each step says one line, and total failure names them all. */
import { randomBytes } from "node:crypto"
import { mkdir, readdir, rm, stat } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { Effect, Schema } from "effect"
import { check, MINIMUM, Missed, VERSION } from "./Candidate.ts"
import { fromDebian } from "./DebianPackage.ts"
import { fromRelease } from "./Release.ts"
import { alive } from "./ServerProcess.ts"

export interface Options {
  /** `broker.binary` of config.yaml. */
  readonly explicit?: string
  /** The daemon's cache directory. */
  readonly cache: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** Ms for one download. */
  readonly timeout?: number
  /** Largest download, bytes. */
  readonly limit?: number
  /** False leaves the package manager out. */
  readonly apt?: boolean
}

export class ProvisionError extends Schema.TaggedError<ProvisionError>()("ProvisionError", {
  attempts: Schema.Array(Schema.String),
  fix: Schema.String
}) {
  override get message() {
    return `no nats-server ${MINIMUM.join(".")} or later:\n${this.attempts.map((line) => `  - ${line}`).join("\n")}\n${this.fix}`
  }
}

const onPath = async (env: Options["env"], signal: AbortSignal): Promise<string> => {
  const reasons: Array<string> = []
  for (const folder of (env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const path = join(folder, "nats-server")
    try {
      await stat(path)
      await check(path, signal)
      return path
    } catch (error) {
      if (error instanceof Missed) reasons.push(error.message)
    }
  }
  throw new Missed(reasons.join("; ") || "not on PATH")
}

const fixFor = (platform: NodeJS.Platform): string =>
  platform === "darwin"
    ? "Install it with `brew install nats-server`, or set SM_NATS_SERVER to a binary."
    : `Get nats-server ${VERSION} from https://github.com/nats-io/nats-server/releases and set SM_NATS_SERVER to it, or set SM_NATS_MIRROR to a mirror of the releases.`

const WORK = /^work-(\d+)-/u

/** Removes what a killed process left behind. */
const sweep = async (cache: string): Promise<void> => {
  for (const name of await readdir(cache).catch(() => [])) {
    const pid = WORK.exec(name)?.[1]
    if (pid !== undefined && !alive(Number(pid))) await rm(join(cache, name), { recursive: true, force: true })
  }
}

interface Step {
  readonly name: string
  /** Takes a while, and files of its own. */
  readonly heavy: boolean
  readonly get: (signal: AbortSignal) => Promise<string>
}

const stepsOf = (options: Options, work: string): ReadonlyArray<Step> => {
  const { arch, cache, env, platform } = options
  const explicit = options.explicit ?? (env["SM_NATS_SERVER"] || undefined)
  const found = (path: string) => async (signal: AbortSignal) => {
    await check(path, signal)
    return path
  }
  if (explicit !== undefined) return [{ name: "configured path", heavy: false, get: found(explicit) }]
  const cached = join(cache, `nats-server-${VERSION}`)
  const release = {
    platform,
    arch,
    mirror: env["SM_NATS_MIRROR"],
    timeout: options.timeout ?? 120_000,
    limit: options.limit ?? 100_000_000
  }
  const debian: Step = {
    name: "Debian package",
    heavy: true,
    get: (signal) => fromDebian(platform, work, cached, signal)
  }
  return [
    { name: "PATH", heavy: false, get: (signal) => onPath(env, signal) },
    { name: "cache", heavy: false, get: found(cached) },
    { name: "official release", heavy: true, get: (signal) => fromRelease(release, work, cached, signal) },
    ...(options.apt === false ? [] : [debian])
  ]
}

/** Answers with the path of a checked binary. `SM_NATS_SERVER` and `explicit` are used or refused, never replaced. */
export const provision = (options: Options): Effect.Effect<string, ProvisionError> =>
  Effect.suspend(() => {
    const work = join(options.cache, `work-${process.pid}-${randomBytes(4).toString("hex")}`)
    return Effect.ensuring(
      search(options, work),
      Effect.promise(() => rm(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
    )
  })

const search = (options: Options, work: string): Effect.Effect<string, ProvisionError> =>
  Effect.gen(function* () {
    const attempts: Array<string> = []
    yield* Effect.promise(() => sweep(options.cache))
    for (const step of stepsOf(options, work)) {
      if (step.heavy) yield* Effect.logInfo(`nats-server: trying ${step.name} …`)
      const result = yield* Effect.result(
        Effect.tryPromise({
          try: async (signal) => {
            if (step.heavy) await mkdir(work, { recursive: true, mode: 0o700 })
            return step.get(signal)
          },
          catch: (error) => `${step.name}: ${error instanceof Error ? error.message : String(error)}`
        })
      )
      if (result._tag === "Success") {
        yield* Effect.logInfo(`nats-server: ${step.name}: ${result.success}`)
        return result.success
      }
      attempts.push(result.failure)
      yield* Effect.logInfo(`nats-server: ${result.failure}`)
    }
    return yield* new ProvisionError({ attempts, fix: fixFor(options.platform) })
  })
