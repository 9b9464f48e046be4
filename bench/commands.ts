/** Commands as whole processes against a bare Node, turn and turn about. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { makeArena } from "./Arena.ts"
import type { Plan } from "./Plan.ts"
import { median, now } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

const bundle = join(import.meta.dirname, "../dist/sm.cjs")

interface Command {
  readonly what: string
  readonly args: ReadonlyArray<string>
  readonly limit: number
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** One process to its end; ms. */
const run = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv, input = ""): number => {
  const began = now()
  const { status, stderr } = spawnSync(process.execPath, args, { env, input })
  const took = now() - began
  if (status !== 0) throw new Error(`node ${args.join(" ")} exits ${status}: ${stderr.toString()}`)
  return took
}

/** The time of a Node that does nothing. */
export const bareNode = (): number => run(["-e", "0"], process.env)

export const commands = Effect.fnUntraced(function* (plan: Plan) {
  const { allIdle, home, spawn } = yield* makeArena
  const session = yield* spawn("shell", "target")
  yield* allIdle(1)
  const agent = {
    SM_SESSION_ID: session.id,
    SM_CREDENTIALS: join(home, "state/sessions", session.id, "credential.json")
  }
  const list: ReadonlyArray<Command> = [
    { what: "sm send", args: ["send", "target", ":"], limit: 1.5 },
    { what: "sm status", args: ["status"], limit: 1.5 },
    {
      what: "sm hook (a tool use)",
      args: ["hook", "shell", "PostToolUse"],
      limit: 1.5,
      env: agent,
      input: JSON.stringify({ tool_name: "Bash", tool_input: { command: "ls" } })
    },
    { what: "sm list", args: ["list"], limit: 2 },
    { what: "sm --help", args: ["--help"], limit: 2 }
  ]
  const times = list.map(() => ({ bare: new Array<number>(), own: new Array<number>() }))
  const base = { ...process.env, SM_HOME: home }
  // The first round fills caches and is not counted.
  for (let round = -1; round < plan.rounds; round++) {
    for (const [index, { args, env, input }] of list.entries()) {
      const bare = bareNode()
      const own = run([bundle, ...args], { ...base, ...env }, input)
      if (round < 0) continue
      times[index]?.bare.push(bare)
      times[index]?.own.push(own)
      // What the command set off in the daemon is not the next command's.
      yield* Effect.sleep("20 millis")
    }
  }
  return list.map(({ limit, what }, index): Row => {
    const { bare, own } = times[index] ?? { bare: [], own: [] }
    const ratio = median(own.map((time, round) => time / (bare[round] ?? Number.NaN)))
    return {
      what,
      measured: ms(median(own)),
      ceiling: `${ms(median(bare))}: node -e 0`,
      ratio,
      target: `≤ ${limit} ×`,
      met: ratio <= limit
    }
  })
}, Effect.scoped)
