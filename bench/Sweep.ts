/** Ends whatever was started below a directory of ours: a run that is cut short leaves half-started daemons behind. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

const PAUSE = 50

/** Processes whose arguments or environment name the directory, this one and its parents aside. */
const below = async (dir: string): Promise<ReadonlyArray<number>> => {
  const { stdout } = await promisify(execFile)("ps", ["axeww", "-o", "pid=,stat=,command="], {
    maxBuffer: 64 * 1024 * 1024
  })
  return stdout.split("\n").flatMap((line) => {
    const [pid = "", stat = "Z"] = line.trim().split(/\s+/u)
    return line.includes(dir) && !stat.startsWith("Z") && Number(pid) !== process.pid ? [Number(pid)] : []
  })
}

export const sweep = async (dir: string): Promise<void> => {
  for (let round = 0; round < 40; round++) {
    const left = await below(dir)
    if (left.length === 0) return
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL")
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}
