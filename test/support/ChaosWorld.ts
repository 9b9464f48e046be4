/** A daemon with agents of every kind for the chaos test: bosses who send, workers with doors and without, a role's members. */
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { type Identity, identityOf } from "./ChaosDiary.ts"
import { makeSmWith } from "./Sm.ts"
import { until } from "./Until.ts"

export type Way = "plain" | "door" | "steer"
export interface Member {
  readonly id: string
  readonly name: string
  readonly way: Way
}

const here = import.meta.dirname
const dirOf = (home: string): string => join(home, "chaos")
const kindOf = (home: string, way: Way): string =>
  `chaosKind(${JSON.stringify({
    way,
    program: [process.execPath, join(here, "chaos-agent.ts")],
    dir: dirOf(home),
    log: join(home, "state/daemon.log")
  })})`
export const ROLE = "worker"

export const makeChaosWorld = Effect.fnUntraced(function* (dist: string | undefined) {
  const made = yield* makeSmWith({
    ...(dist === undefined ? {} : { dist }),
    imports: { chaosKind: join(here, "ChaosKind.ts") },
    plugins: (home) => (["plain", "door", "steer"] as const).map((way) => kindOf(home, way)).join(", "),
    // Who is told of turns that answer its own messages talks in one chain without end.
    config: "policy:\n  loopLimit: 1000\n"
  })
  const { as, brokerPid, daemonPid, home, json, sm } = made
  const dir = dirOf(home)
  mkdirSync(dir, { recursive: true })
  const spawn = (way: Way, name: string, ...more: ReadonlyArray<string>) =>
    Effect.map(json("spawn", way, "--name", name, ...more), ({ id }): Member => ({ id: String(id), name, way }))
  const bosses = [yield* spawn("door", "boss0"), yield* spawn("steer", "boss1")]
  const workers = [yield* spawn("door", "door"), yield* spawn("steer", "steer"), yield* spawn("plain", "plain")]
  const members = [yield* spawn("door", "one", "--role", ROLE), yield* spawn("steer", "two", "--role", ROLE)]
  const all = [...bosses, ...workers, ...members]
  const identify = ({ id, name }: Member) =>
    until(
      `${name} runs`,
      Effect.sync((): Identity | undefined => identityOf(dir, id))
    )
  for (const member of all) yield* identify(member)

  const clientPid = (): number => {
    try {
      const said = execFileSync("tmux", ["-S", join(home, "run/tmux"), "list-clients", "-F", "#{client_pid}"], {
        stdio: ["ignore", "pipe", "ignore"]
      })
      return Number(said.toString().split("\n")[0])
    } catch {
      return 0
    }
  }
  /** Runs `sm` as this member. */
  const asMember = ({ id }: Member) => as(identityOf(dir, id)?.env ?? {})
  return { all, asMember, bosses, brokerPid, clientPid, daemonPid, dir, members, sm, workers }
})
export type ChaosWorld = Effect.Success<ReturnType<typeof makeChaosWorld>>
