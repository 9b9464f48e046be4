/** Hands this terminal to the program that shows a session's pane, until the person leaves it. */
import { spawn } from "node:child_process"
import { ExitCode } from "./ExitCode.ts"
import type { Failure } from "./Reply.ts"

/** Its exit code, or why it could not be started. */
export const lookInside = ([program = "tmux", ...args]: ReadonlyArray<string>): Promise<number | Failure> => {
  // Inside another tmux its variable would make this one refuse; the server is a different one.
  const env = { ...process.env }
  delete env["TMUX"]
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "inherit", env })
    child.once("error", (error) =>
      resolve({ code: "unavailable", message: `${program} cannot be started: ${error.message}`, hint: "sm doctor" })
    )
    child.once("close", (code) => resolve(code === 0 ? ExitCode.ok : ExitCode.refused))
  })
}
