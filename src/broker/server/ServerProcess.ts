/** The processes that run with one configuration file: asked of the system, since a note may be missing, damaged or old. */
import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { promisify } from "node:util"

const STOP_MS = 5000
const exec = promisify(execFile)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
  // Where nobody reaps orphans (a container without init) a dead server stays a zombie for ever.
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !readFileSync(stat, "latin1").includes(") Z ")
}

/** Arguments by process. `/proc` first: a slim container has no `ps`. */
const commands = async (pid?: number): Promise<ReadonlyArray<readonly [number, string]>> => {
  if (existsSync("/proc/self/cmdline")) {
    const pids = pid === undefined ? (await readdir("/proc")).filter((name) => /^\d+$/u.test(name)).map(Number) : [pid]
    return Promise.all(
      pids.map(async (each) => {
        const line = await readFile(`/proc/${each}/cmdline`, "utf8").catch(() => "")
        return [each, line.replace(/\0$/u, "").replaceAll("\0", " ")] as const
      })
    )
  }
  const { stdout } = await exec(
    "ps",
    ["-ww", "-o", "pid=,args=", ...(pid === undefined ? ["-A"] : ["-p", String(pid)])],
    {
      maxBuffer: 16 * 1024 * 1024
    }
  ).catch(() => ({ stdout: "" }))
  return stdout.split("\n").flatMap((line) => {
    const [, found, args] = /^\s*(\d+)\s+(.*)$/u.exec(line) ?? []
    return found === undefined || args === undefined ? [] : [[Number(found), args] as const]
  })
}

/** A process id may have been given to another program since: only one that was started with our file counts. */
export const runsWith = async (pid: number, config: string): Promise<boolean> =>
  alive(pid) && (await commands(pid)).some(([, args]) => args.endsWith(` -c ${config}`))

/** Every process started with this file, also one that is just being started. */
export const allWith = async (config: string): Promise<ReadonlyArray<number>> =>
  (await commands()).filter(([pid, args]) => pid !== process.pid && args.endsWith(` ${config}`)).map(([pid]) => pid)

/** Ends a process and returns when it is gone. Nothing that a server acknowledged is lost by a kill. */
export const stop = async (pid: number): Promise<void> => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return
      throw error
    }
    for (const deadline = Date.now() + STOP_MS; alive(pid) && Date.now() < deadline;) await pause(5)
    if (!alive(pid)) return
  }
}
