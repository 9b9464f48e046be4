/** The official release for this machine, checked against the SHA256SUMS published beside it. */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { install, Missed, VERSION } from "./Candidate.ts"

const OFFICIAL = "https://github.com/nats-io/nats-server/releases/download"
const exec = promisify(execFile)

export interface Options {
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** `SM_NATS_MIRROR`. */
  readonly mirror: string | undefined
  /** Ms for one download. */
  readonly timeout: number
  /** Largest archive, bytes. */
  readonly limit: number
}

/** Bytes of a list of checksums. */
const SUMS = 1024 * 1024

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)

const download = async (url: string, timeout: number, limit: number, signal: AbortSignal): Promise<Buffer> => {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  const response = await fetch(url, { signal: ends }).catch((error: unknown) => {
    throw new Missed(`${url}: ${reasonOf(error)}`)
  })
  if (!response.ok) throw new Missed(`${url}: HTTP ${response.status}`)
  const parts: Array<Uint8Array> = []
  let size = 0
  try {
    for await (const part of response.body ?? []) {
      parts.push(part)
      size += part.length
      if (size > limit) throw new Missed(`${url}: larger than ${limit} bytes`)
    }
  } catch (error) {
    if (error instanceof Missed) throw error
    throw new Missed(`${url}: the download broke off (${reasonOf(error)})`)
  }
  return Buffer.concat(parts)
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

/** Puts the release's binary at `to`, through the folder `work`. */
export const fromRelease = async (options: Options, work: string, to: string, signal: AbortSignal): Promise<string> => {
  const arch = ARCH[options.arch]
  if (arch === undefined || !["linux", "darwin", "freebsd"].includes(options.platform))
    throw new Missed(`no release for ${options.platform} ${options.arch}`)
  const base = `${(options.mirror || OFFICIAL).replace(/\/$/u, "")}/v${VERSION}`
  const name = `nats-server-v${VERSION}-${options.platform}-${arch}`
  const { limit, timeout } = options
  const sums = (await download(`${base}/SHA256SUMS`, Math.min(timeout, 15_000), SUMS, signal)).toString("utf8")
  const expected = sums
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/u))
    .find(([, file]) => file === `${name}.tar.gz`)?.[0]
  if (expected === undefined) throw new Missed(`${base}/SHA256SUMS does not list ${name}.tar.gz`)
  const archive = await download(`${base}/${name}.tar.gz`, timeout, limit, signal)
  const actual = createHash("sha256").update(archive).digest("hex")
  if (actual !== expected.toLowerCase())
    throw new Missed(
      `${base}/${name}.tar.gz has the wrong SHA-256 (${actual.slice(0, 12)}…, published ${expected.slice(0, 12)}…)`
    )
  const file = join(work, "release.tar.gz")
  await writeFile(file, archive)
  await exec("tar", ["-xzf", file, "-C", work], { timeout: 60_000, signal }).catch((error: Error) => {
    throw new Missed(`${name}.tar.gz cannot be unpacked: ${error.message.trim().split("\n").at(-1)}`)
  })
  return install(join(work, name, "nats-server"), to, signal)
}
