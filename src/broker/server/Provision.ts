/** Finds a nats-server that is new enough, or gets one: each step says one line, and total failure names them all. */
import { execFile } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { chmod, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import { Effect, Schema } from "effect"

/** The release that is downloaded; anything from `MINIMUM` on is used when it is there already. */
export const VERSION = "2.15.1"
/** Scheduled messages, message TTLs and consumer reset (docs/adr/0002). */
export const MINIMUM = [2, 14] as const
const OFFICIAL = "https://github.com/nats-io/nats-server/releases/download"

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

/** Why a step did not give a binary. */
class Missed extends Error {}

const exec = promisify(execFile)

/** Version of a binary; fails when it does not run or is too old. */
const check = async (path: string): Promise<string> => {
  const { stdout } = await exec(path, ["--version"], { timeout: 10_000 }).catch((error: NodeJS.ErrnoException) => {
    throw new Missed(
      error.code === "ENOENT" ? `${path} does not exist` : `${path} does not run: ${error.message.split("\n")[0]}`
    )
  })
  const found = /v?(\d+)\.(\d+)\.\d+/u.exec(stdout)
  if (found === null) throw new Missed(`${path} is not a nats-server`)
  const [major, minor] = [Number(found[1]), Number(found[2])]
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1]))
    throw new Missed(`${path} is ${found[0]}, older than ${MINIMUM.join(".")}`)
  return found[0]
}

const onPath = async (env: Options["env"]): Promise<string> => {
  const reasons: Array<string> = []
  for (const folder of (env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const path = join(folder, "nats-server")
    try {
      await stat(path)
      await check(path)
      return path
    } catch (error) {
      if (error instanceof Missed) reasons.push(error.message)
    }
  }
  throw new Missed(reasons.join("; ") || "not on PATH")
}

/** Puts a checked binary into the cache in one step: two at once both end with a whole one. */
const install = async (from: string, to: string): Promise<string> => {
  await chmod(from, 0o755)
  await check(from)
  const fresh = `${to}.${randomBytes(4).toString("hex")}`
  await copyFile(from, fresh)
  await chmod(fresh, 0o755)
  await rename(fresh, to)
  return to
}

const download = async (url: string, timeout: number): Promise<Buffer> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) }).catch((error: unknown) => {
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)
    throw new Missed(`${url}: ${reason}`)
  })
  if (!response.ok) throw new Missed(`${url}: HTTP ${response.status}`)
  return Buffer.from(
    await response.arrayBuffer().catch((error: unknown) => {
      throw new Missed(`${url}: the download broke off (${error instanceof Error ? error.message : String(error)})`)
    })
  )
}

const ARCH: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm7",
  ia32: "386",
  riscv64: "riscv64",
  s390x: "s390x",
  ppc64: "ppc64le"
}

/** The archive of the official release, checked against the SHA256SUMS published beside it. */
const fromRelease = async (options: Options, work: string, to: string): Promise<string> => {
  const arch = ARCH[options.arch]
  if (arch === undefined || !["linux", "darwin", "freebsd"].includes(options.platform))
    throw new Missed(`no release for ${options.platform} ${options.arch}`)
  const base = `${(options.env["SM_NATS_MIRROR"] || OFFICIAL).replace(/\/$/u, "")}/v${VERSION}`
  const name = `nats-server-v${VERSION}-${options.platform}-${arch}`
  const timeout = options.timeout ?? 120_000
  const sums = (await download(`${base}/SHA256SUMS`, Math.min(timeout, 15_000))).toString("utf8")
  const expected = sums
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/u))
    .find(([, file]) => file === `${name}.tar.gz`)?.[0]
  if (expected === undefined) throw new Missed(`${base}/SHA256SUMS does not list ${name}.tar.gz`)
  const archive = await download(`${base}/${name}.tar.gz`, timeout)
  const actual = createHash("sha256").update(archive).digest("hex")
  if (actual !== expected.toLowerCase())
    throw new Missed(
      `${base}/${name}.tar.gz has the wrong SHA-256 (${actual.slice(0, 12)}…, published ${expected.slice(0, 12)}…)`
    )
  const file = join(work, "release.tar.gz")
  await writeFile(file, archive)
  await exec("tar", ["-xzf", file, "-C", work], { timeout: 60_000 })
  return install(join(work, name, "nats-server"), to)
}

/** Debian's own package from a newer suite, through the machine's mirror and keyring, without touching the system. */
const fromApt = async (options: Options, work: string, to: string): Promise<string> => {
  if (options.platform !== "linux") throw new Missed("not a Debian")
  const targets = await exec("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(SUITE)",
    "Created-By: Packages",
    "Component: main"
  ]).catch(() => {
    throw new Missed("not a Debian or Ubuntu (no apt-get)")
  })
  const uri = targets.stdout
    .split("\n")
    .map((line) => line.split(" "))
    .find(
      ([repository, suite]) =>
        repository !== undefined &&
        /debian/u.test(repository) &&
        !/security|updates|backports/u.test(`${repository} ${suite}`)
    )?.[0]
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
  if (uri === undefined) throw new Missed("apt has no Debian mirror configured")
  if ((await stat(keyring).catch(() => undefined)) === undefined)
    throw new Missed(`${keyring} is missing (apt-get install debian-archive-keyring)`)
  const { stdout: architecture } = await exec("dpkg", ["--print-architecture"])
  for (const folder of ["lists/partial", "cache/archives/partial", "etc/parts", "state"])
    await mkdir(join(work, folder), { recursive: true })
  await writeFile(join(work, "state/status"), "")
  await writeFile(
    join(work, "etc/sources.list"),
    `deb [arch=${architecture.trim()} signed-by=${keyring}] ${uri} forky main\n`
  )
  const settings: Readonly<Record<string, string>> = {
    "Dir::State": work,
    "Dir::State::Lists": join(work, "lists"),
    "Dir::State::status": join(work, "state/status"),
    "Dir::Cache": join(work, "cache"),
    "Dir::Etc::sourcelist": join(work, "etc/sources.list"),
    "Dir::Etc::sourceparts": join(work, "etc/parts"),
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": join(work, "etc/parts"),
    "Acquire::Languages": "none",
    "APT::Sandbox::User": "",
    "APT::Update::Error-Mode": "any"
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])
  const apt = async (...args: ReadonlyArray<string>) => {
    await exec("apt-get", [...flags, "-q", ...args], { cwd: work, timeout: 180_000 }).catch((error: Error) => {
      throw new Missed(`apt-get ${args[0]}: ${error.message.trim().split("\n").at(-1)}`)
    })
  }
  await apt("update")
  await apt("download", "nats-server")
  const packed = (await readdir(work)).find((file) => file.startsWith("nats-server_") && file.endsWith(".deb"))
  if (packed === undefined) throw new Missed("the mirror's newer suite has no nats-server")
  await exec("dpkg-deb", ["-x", join(work, packed), join(work, "root")])
  return install(join(work, "root/usr/sbin/nats-server"), to)
}

const fixFor = (platform: NodeJS.Platform): string =>
  platform === "darwin"
    ? "Install it with `brew install nats-server`, or set SM_NATS_SERVER to a binary."
    : `Get nats-server ${VERSION} from https://github.com/nats-io/nats-server/releases and set SM_NATS_SERVER to it, or set SM_NATS_MIRROR to a mirror of the releases.`

/** Answers with the path of a checked binary. `SM_NATS_SERVER` and `explicit` are used or refused, never replaced. */
export const provision = (options: Options): Effect.Effect<string, ProvisionError> =>
  Effect.suspend(() => {
    const work = join(options.cache, `work-${randomBytes(4).toString("hex")}`)
    return Effect.ensuring(
      search(options, work),
      Effect.promise(() => rm(work, { recursive: true, force: true }))
    )
  })

const search = (options: Options, work: string): Effect.Effect<string, ProvisionError> =>
  Effect.gen(function* () {
    const attempts: Array<string> = []
    const explicit = options.explicit ?? options.env["SM_NATS_SERVER"]
    const cached = join(options.cache, `nats-server-${VERSION}`)
    const found = (path: string) => check(path).then(() => path)
    const steps: ReadonlyArray<{
      readonly name: string
      readonly heavy: boolean
      readonly get: () => Promise<string>
    }> =
      explicit === undefined
        ? [
            { name: "PATH", heavy: false, get: () => onPath(options.env) },
            { name: "cache", heavy: false, get: () => found(cached) },
            { name: "official release", heavy: true, get: () => fromRelease(options, join(work, "release"), cached) },
            ...(options.apt === false
              ? []
              : [{ name: "Debian package", heavy: true, get: () => fromApt(options, join(work, "apt"), cached) }])
          ]
        : [{ name: "configured path", heavy: false, get: () => found(explicit) }]
    for (const step of steps) {
      if (step.heavy) yield* Effect.logInfo(`nats-server: trying ${step.name} …`)
      const result = yield* Effect.result(
        Effect.tryPromise({
          try: async () => {
            if (step.heavy)
              await mkdir(join(work, step.name === "Debian package" ? "apt" : "release"), {
                recursive: true,
                mode: 0o700
              })
            return step.get()
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
