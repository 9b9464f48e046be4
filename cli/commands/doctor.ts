/** `sm doctor`: what is well, and what to do about the rest. */
import { join } from "node:path"
import { ExitCode } from "../ExitCode.ts"
import { health } from "../Health.ts"
import { home } from "../home.ts"
import { done, refusal } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"

export class Doctor extends SmCommand {
  static override paths = pathsOf("doctor")
  static override usage = usageOf("doctor", {
    details: "Exits 1 when a check fails, 3 when the daemon does not answer.",
    examples: [["In a script", "sm doctor --json || sm up --detach"]]
  })
  override async execute() {
    const found = await health()
    if (found === undefined) {
      const hint = `sm up --detach; its log is ${join(home.state, "daemon.log")}`
      return refusal({ code: "unavailable", message: "the daemon is not running", hint }, this.json)
    }
    const { checks, host, pid, rss, sessions, version } = found
    done(
      found,
      this.json,
      [
        `sm ${version} on ${host}, pid ${pid}, ${sessions} sessions, ${Math.round(rss / 1_048_576)} MB`,
        table(
          ["STATE", "WHAT", "DETAIL"],
          checks.map(({ detail, fix, name, state }) => [state, name, fix === "" ? detail : `${detail} — ${fix}`])
        )
      ].join("\n")
    )
    return checks.some(({ state }) => state === "fail") ? ExitCode.refused : ExitCode.ok
  }
}
