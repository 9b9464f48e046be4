/** Everything a run of the tests makes is below one directory, and goes with the run, also when that is killed. */
import { spawn } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export default (): void => {
  const root = mkdtempSync(join(tmpdir(), "sm-test-"))
  process.env["TMPDIR"] = root
  const args = [join(import.meta.dirname, "janitor.ts"), String(process.pid), root]
  // Reads the end of this process off its standard input.
  const janitor = spawn(process.execPath, args, { detached: true, stdio: ["pipe", "ignore", "ignore"] })
  janitor.unref()
  // A pipe that keeps nobody alive.
  ;(janitor.stdin as unknown as { readonly unref: () => void }).unref()
}
