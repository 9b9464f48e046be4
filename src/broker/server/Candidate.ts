/** A file that may be a nats-server: what it says of itself, and how it gets into the cache. */
import { execFile } from "node:child_process"
import { chmod, rename } from "node:fs/promises"
import { promisify } from "node:util"

/** The release that is downloaded; anything from `MINIMUM` on is used when it is there already. */
export const VERSION = "2.15.1"
/** Scheduled messages and message TTLs (docs/adr/0002). */
export const MINIMUM = [2, 14] as const

/** Why a step did not give a binary. */
export class Missed extends Error {}

const exec = promisify(execFile)

/** Version of a binary; fails when it does not run or is too old. */
export const check = async (path: string, signal: AbortSignal): Promise<string> => {
  const { stdout } = await exec(path, ["--version"], { timeout: 10_000, signal }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Missed(
        error.code === "ENOENT" ? `${path} does not exist` : `${path} does not run: ${error.message.split("\n")[0]}`
      )
    }
  )
  const found = /nats-server\D*(\d+)\.(\d+)\.\d+/u.exec(stdout)
  if (found === null) throw new Missed(`${path} is not a nats-server`)
  const [major, minor] = [Number(found[1]), Number(found[2])]
  const version = found[0].replace(/^\D+/u, "")
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1]))
    throw new Missed(`${path} is ${version}, older than ${MINIMUM.join(".")}`)
  return version
}

/** Moves a checked binary to its place in one step: two at once both end with a whole one. */
export const install = async (from: string, to: string, signal: AbortSignal): Promise<string> => {
  await chmod(from, 0o755)
  await check(from, signal)
  await rename(from, to)
  return to
}
