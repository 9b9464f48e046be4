/**
 * The pinned real agents in a cache: installed beside it and then moved into its place, so that an install that was cut
 * short leaves nothing half done, by one process at a time.
 */
import { execFile } from "node:child_process"
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

export interface Pin {
  /** The command to ask for its version. */
  readonly command: string
  readonly name: string
  readonly version: string
}

export interface Wanted {
  /** The cache: `<cache>/node_modules/.bin` has the commands. */
  readonly cache: string
  readonly pins: ReadonlyArray<Pin>
  readonly npm?: string
}

/** Does every command say the version that is wanted? */
const complete = async (dir: string, pins: ReadonlyArray<Pin>): Promise<boolean> => {
  const said = await Promise.all(
    pins.map(({ command, version }) =>
      run(join(dir, "node_modules/.bin", command), ["--version"], { timeout: 20_000 }).then(
        ({ stdout }) => stdout.includes(version),
        () => false
      )
    )
  )
  return said.every(Boolean)
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Takes the lock, or answers who has it. A lock whose holder is gone is nobody's. */
const take = (lock: string): "taken" | "held" => {
  try {
    const file = openSync(lock, "wx", 0o600)
    writeSync(file, String(process.pid))
    closeSync(file)
    return "taken"
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
  const holder = Number(existsSync(lock) ? readFileSync(lock, "utf8") : "")
  if (holder > 0 && !alive(holder)) rmSync(lock, { force: true })
  return "held"
}

/** What installs that were cut short have left. */
const sweep = (cache: string): void => {
  const own = `${basename(cache)}.part-`
  for (const name of readdirSync(dirname(cache)).filter((found) => found.startsWith(own))) {
    if (!alive(Number(name.slice(own.length)))) rmSync(join(dirname(cache), name), { recursive: true, force: true })
  }
}

const PATIENCE = 600_000

/** Installs what is missing; rejects with the reason when that is not possible. */
export const installPinned = async ({ cache, npm = "npm", pins }: Wanted): Promise<void> => {
  if (await complete(cache, pins)) return
  mkdirSync(dirname(cache), { recursive: true })
  const lock = `${cache}.lock`
  const deadline = Date.now() + PATIENCE
  while (take(lock) === "held") {
    if (Date.now() > deadline) throw new Error(`${lock} is held by another process`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  try {
    if (await complete(cache, pins)) return
    sweep(cache)
    const part = `${cache}.part-${process.pid}`
    mkdirSync(part, { recursive: true })
    const packages = pins.map(({ name, version }) => `${name}@${version}`)
    await run(npm, ["install", "--prefix", part, "--no-audit", "--no-fund", ...packages], { timeout: PATIENCE })
    if (!(await complete(part, pins))) throw new Error(`npm installed ${packages.join(" ")}, but they do not run`)
    rmSync(cache, { recursive: true, force: true })
    renameSync(part, cache)
  } finally {
    rmSync(`${cache}.part-${process.pid}`, { recursive: true, force: true })
    rmSync(lock, { force: true })
  }
}
