/** A daemon for one measurement: the bundled `sm` with a home of its own, its sessions, and what can be read of it. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { connect } from "@nats-io/transport-node"
import { Effect } from "effect"
import * as Trust from "../src/broker/server/Trust.ts"
import { makeSmWith } from "../test/support/Sm.ts"
import { until } from "../test/support/Until.ts"
import { type Card, openAsk } from "./Ask.ts"
import { makeProbe } from "./Probe.ts"

const arenaWith = Effect.fnUntraced(function* (env: Readonly<Record<string, string>>) {
  const sm = yield* makeSmWith({ env })
  const ask = yield* openAsk(sm.home)

  const cards = Effect.promise(() => ask.request<ReadonlyArray<Card>>("list", {}, 2000).catch(() => []))
  /** What agents write of every text that reaches them. */
  const arrivals = join(sm.home, "arrivals")

  const spawn = (kind: "fake" | "shell", name: string, env: Readonly<Record<string, string>> = {}) =>
    Effect.promise(() =>
      ask.request<Card>("spawn", {
        provider: kind,
        name,
        cwd: sm.work,
        env: { FAKE_ARRIVALS: arrivals, ...env }
      })
    )
  const allIdle = (count: number) =>
    until(
      `${count} sessions are idle`,
      Effect.map(cards, (found) => (found.filter((card) => card.state === "idle").length >= count ? true : undefined)),
      120
    )
  /** Spawns `names`, at most eight at once. */
  const people = (kind: "fake" | "shell", names: ReadonlyArray<string>, env?: Readonly<Record<string, string>>) =>
    Effect.forEach(names, (name) => spawn(kind, name, env), { concurrency: 8 })

  let shells = 0
  /** As many shells as `size`, and nobody at work. */
  const grown = (size: number) =>
    Effect.gen(function* () {
      const names = Array.from({ length: size - shells }, (_, index) => `s${shells + index}`)
      yield* people("shell", names)
      shells = size
      yield* allIdle(size)
    })

  /** A connection to the daemon's broker that may do everything. */
  const root = Effect.gen(function* () {
    const trust = yield* Effect.orDie(Trust.load(join(sm.home, "state/credentials/trust.json")))
    const { jwt } = yield* trust.mint("daemon", "bench")
    const { port } = JSON.parse(readFileSync(join(sm.home, "run/nats.json"), "utf8")) as { readonly port: number }
    return yield* Effect.acquireRelease(
      Effect.promise(() =>
        connect({ servers: `127.0.0.1:${port}`, authenticator: () => ({ jwt, nkey: "", sig: "" }) })
      ),
      (opened) => Effect.promise(() => opened.close())
    )
  })
  const tmuxPid = () =>
    Number(
      execFileSync("tmux", ["-S", join(sm.home, "run/tmux"), "display-message", "-p", "#{pid}"], { encoding: "utf8" })
    )
  return { ...sm, tmuxPid, ask, cards, arrivals, spawn, people, allIdle, grown, root }
})

export const makeArena = arenaWith({})
export type Arena = Effect.Success<typeof makeArena>

/** One whose event loop is watched, which costs it a percent of a processor. */
export const makeWatchedArena = Effect.gen(function* () {
  const probe = yield* makeProbe
  const arena = yield* arenaWith(probe.environment("daemon"))
  return {
    ...arena,
    /** The longest stall of the daemon's event loop since this was last asked. */
    stall: Effect.suspend(() => probe.longest("daemon", arena.daemonPid())),
    /** The same of a process that does nothing meanwhile. */
    bystander: (yield* probe.bystander).stall
  }
})
