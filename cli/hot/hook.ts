/**
 * `sm hook <kind> <event>`: an agent reports. It exits 0 whatever happens, for an agent takes other codes for orders;
 * what the daemon cannot take now waits in the spool.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { ask, home } from "../Client.ts"

const spool = (report: { readonly id: string }): void => {
  mkdirSync(home.spool, { recursive: true, mode: 0o700 })
  const path = `${home.spool}/${report.id}`
  writeFileSync(`${path}.tmp`, JSON.stringify(report), { mode: 0o600 })
  renameSync(`${path}.tmp`, `${path}.json`)
}

export const hook = async (args: ReadonlyArray<string>): Promise<number> => {
  const session = process.env["SM_SESSION_ID"]
  const [provider = "", event = ""] = args
  // Started by hand, outside of any session: nobody to report for.
  if (session === undefined || event === "") return 0
  let payload: unknown = {}
  try {
    payload = JSON.parse(readFileSync(0, "utf8") || "{}")
  } catch {
    // A payload that is no JSON still says which event it was.
  }
  const at = Date.now()
  const id = `${at.toString(36).padStart(9, "0")}-${session}-${process.pid.toString(36)}${Math.floor(Math.random() * 36 ** 5).toString(36)}`
  const report = { id, at, provider, event, payload, session }
  try {
    const reply = await ask("signal", report, { repeatable: true, deadline: 2000, patience: 300 })
    if (
      !reply.ok &&
      (reply.error.code === "unavailable" || reply.error.code === "timeout" || reply.error.code === "internal")
    )
      spool(report)
  } catch {
    spool(report)
  }
  return 0
}
