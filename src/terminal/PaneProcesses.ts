/** The processes of a pane: its program leads a session of the kernel, and all of that session belongs to it. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

/** Processes of the pane's session that outlive its hang-up are ended. */
export const endProcesses = async (leader: number): Promise<void> => {
  const members = async () => {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,sess="])
    return stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/u).map(Number))
      .flatMap(([pid, session]) => (session === leader && pid !== undefined ? [pid] : []))
  }
  for (let round = 0; round < 20; round++) {
    const left = await members()
    if (left.length === 0) return
    if (round > 8) {
      for (const pid of left) {
        try {
          process.kill(pid, "SIGKILL")
        } catch (error) {
          if ((error as { readonly code?: string }).code !== "ESRCH") throw error
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
