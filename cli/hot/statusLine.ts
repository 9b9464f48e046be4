/**
 * `sm hook claude StatusLine [command]`: how full the context is. Called after every turn, so only a change is reported,
 * and nothing is spooled: what did not get through is told next time. Shows what the user's own command prints.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { standardInput } from "../StandardInput.ts"
import { dirname } from "node:path"
import { ask } from "../Client.ts"
import { home } from "../home.ts"

interface Line {
  readonly session_id?: string
  readonly model?: { readonly id?: string }
  readonly cost?: { readonly total_cost_usd?: number }
  readonly context_window?: {
    readonly total_input_tokens?: number
    readonly context_window_size?: number
    readonly used_percentage?: number | null
  }
}

/** The user's command, with the same input and the same output; answers with its exit code. */
const chain = async (command: string, input: string): Promise<number> => {
  const { spawn } = await import("node:child_process")
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["pipe", "inherit", "inherit"] })
    child.on("error", () => resolve(0))
    child.on("close", (code) => resolve(code ?? 0))
    // It need not read.
    child.stdin.on("error", () => undefined)
    child.stdin.end(input)
  })
}

const report = async (provider: string, input: string, session: string): Promise<void> => {
  const { context_window: context, cost, model, session_id } = JSON.parse(input) as Line
  if (typeof context?.used_percentage !== "number") return
  const { context_window_size: window, total_input_tokens: used, used_percentage: percent } = context
  const known = `${dirname(home.credentials)}/context.json`
  const shown = JSON.stringify([session_id, used, window, percent, model?.id])
  try {
    if (readFileSync(known, "utf8") === shown) return
  } catch {
    // Nothing was told yet.
  }
  const payload = {
    session_id,
    model: { id: model?.id },
    cost: { total_cost_usd: cost?.total_cost_usd },
    context_window: context
  }
  const at = Date.now()
  const id = `${at.toString(36).padStart(9, "0")}-${session}-${process.pid.toString(36)}line`
  const signal = { id, at, provider, event: "StatusLine", payload, session }
  const reply = await ask("signal", signal, { repeatable: true, deadline: 2000, patience: 0 })
  if (reply.ok) writeFileSync(known, shown, { mode: 0o600 })
}

export const statusLine = async (args: ReadonlyArray<string>, session: string | undefined): Promise<number> => {
  const [provider = "", , command] = args
  const input = standardInput()
  const told = session === undefined ? Promise.resolve() : report(provider, input, session).catch(() => undefined)
  const code = command === undefined ? 0 : await chain(command, input)
  await told
  return code
}
