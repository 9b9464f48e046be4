/** `npm run bench`: measures what is promised, beside what the machine allows, and prints one table. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir, totalmem } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, References } from "effect"
import { actors } from "./actors.ts"
import { burst } from "./burst.ts"
import { commands } from "./commands.ts"
import { delivery } from "./delivery.ts"
import { idle } from "./idle.ts"
import { locking } from "./locks.ts"
import { full, type Plan, quick } from "./Plan.ts"
import { modes } from "./modes.ts"
import { monitor } from "./monitor.ts"
import { reminders } from "./reminders.ts"
import { sessions } from "./sessions.ts"
import { start } from "./start.ts"
import { writes } from "./writes.ts"
import { sweep } from "./Sweep.ts"
import { type Row, table } from "./Table.ts"

const groups = {
  commands,
  writes,
  delivery,
  burst,
  actors,
  sessions,
  idle,
  monitor,
  reminders,
  locks: locking,
  modes,
  start
}
const names = Object.keys(groups)

const usage = `npm run bench -- [--quick] [--only ${names.join("|")}]…`

const { quick: small, only } = (() => {
  try {
    const { values } = parseArgs({
      options: { quick: { type: "boolean", default: false }, only: { type: "string", multiple: true, default: [] } }
    })
    const unknown = values.only.filter((name) => !names.includes(name))
    if (unknown.length === 0) return values
    process.stderr.write(`there is no row ${unknown.join(", ")}\n${usage}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  }
  return process.exit(2)
})()

const plan: Plan = small ? quick : full
const say = (line: string) => Effect.sync(() => void process.stdout.write(`${line}\n`))

const version = (program: string, argument: string) =>
  execFileSync(program, [argument], { encoding: "utf8" }).trim().split("\n").at(-1)

const main = Effect.gen(function* () {
  // Homes, sockets and servers of all rows are below it, so that nothing of them can be missed at the end.
  const root = mkdtempSync(join(tmpdir(), "smb-"))
  process.env["TMPDIR"] = root
  yield* Effect.addFinalizer(() =>
    Effect.promise(async () => {
      await sweep(root)
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    })
  )
  yield* say(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}, ${version("tmux", "-V")}${small ? "; quick: not to be quoted" : ""}`
  )
  const rows: Array<Row> = []
  for (const [name, group] of Object.entries(groups)) {
    if (only.length > 0 && !only.includes(name)) continue
    const began = Date.now()
    rows.push(...(yield* group(plan)))
    yield* Effect.sync(() => void process.stderr.write(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s\n`))
  }
  yield* say(`\n${table(rows)}`)
}).pipe(Effect.scoped, Effect.provideService(References.MinimumLogLevel, "Warn"))

NodeRuntime.runMain(main)
