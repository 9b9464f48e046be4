/** A person at the pane of a real agent, while messages come in. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  answered,
  ends,
  HOPS,
  inPane,
  press,
  promptsOf,
  reaches,
  send,
  showsText,
  trace,
  withBoth
} from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const root = join(import.meta.dirname, "../..")

describe.skipIf(missing !== undefined)("a person at a real agent's pane", { concurrent: true }, () => {
  it.live(
    "writes a draft in peace: messages wait until it is sent or gone",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "--name", kind)
            yield* reaches(sm, kind, "idle")
            const write = (text: string) => press(sm, kind, "-l", text)

            yield* write("half a")
            yield* showsText(sm, kind, "half a")
            const first = yield* send(sm, kind, "[[text one]]")
            yield* reaches(sm, kind, "human-composing")
            yield* write(" thought")
            yield* showsText(sm, kind, "half a thought")
            assert.strictEqual((yield* trace(sm, first)).status, "accepted")
            yield* press(sm, kind, "Enter")
            assert.strictEqual((yield* answered(sm, first)).answer, "one")

            yield* write("never sent")
            yield* showsText(sm, kind, "never sent")
            const second = yield* send(sm, kind, "[[text two]]")
            yield* reaches(sm, kind, "human-composing")
            yield* press(sm, kind, "C-u")
            assert.strictEqual((yield* answered(sm, second)).answer, "two")

            assert.deepStrictEqual(promptsOf(sm, kind), ["half a thought", "[[text one]]", "[[text two]]"])
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "may send commands of the agent's own: each is typed once and holds nothing up",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "[[text ready]]", "--name", kind)
            yield* reaches(sm, kind, "idle")
            const unknown = yield* send(sm, kind, "/nonsense")
            if (kind === "codex") {
              yield* ends(sm, unknown, "parked")
              const told = yield* answered(sm, yield* send(sm, kind, "/status"))
              assert.strictEqual(told.hops.filter(({ status }) => status === "injected").length, 1)
            } else {
              yield* answered(sm, unknown)
              const help = yield* send(sm, kind, "/help")
              yield* reaches(sm, kind, "waiting-permission")
              const waits = yield* send(sm, kind, "[[text after the help]]")
              assert.strictEqual((yield* trace(sm, waits)).status, "accepted")
              yield* press(sm, kind, "Escape")
              assert.deepStrictEqual(
                (yield* answered(sm, help)).hops.map(({ status }) => status),
                HOPS
              )
              yield* answered(sm, waits)
            }
            assert.strictEqual((yield* answered(sm, yield* send(sm, kind, "[[text after]]"))).answer, "after")
            assert.strictEqual(promptsOf(sm, kind).at(-1), "[[text after]]")
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "attaches from inside another tmux, and the pane has its size back when they leave",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* sm.json("spawn", "claude", "--name", "ann")
        yield* reaches(sm, "ann", "idle")
        const socket = join(yield* temporary("outer"), "tmux")
        const outer = (...args: ReadonlyArray<string>) => execFileSync("tmux", ["-S", socket, ...args]).toString()
        yield* Effect.addFinalizer(() => Effect.sync(() => outer("kill-server")))
        const attach = `${process.execPath} ${join(root, "dist/sm.cjs")} attach ann; echo left; exec cat`
        outer("new-session", "-d", "-x", "100", "-y", "30", "-e", `SM_HOME=${sm.home}`, `sh -c '${attach}'`)
        const size = inPane(sm, "ann", "display-message", "-p", "#{window_width}x#{window_height}")
        const sized = (wanted: string) =>
          until(
            `the pane is ${wanted}`,
            Effect.map(size, (found) => (found.trim() === wanted ? true : undefined))
          )
        yield* sized("100x29")
        outer("send-keys", "-l", "typed from far away")
        yield* showsText(sm, "ann", "typed from far away")
        outer("send-keys", "C-]", "d")
        yield* until(
          "they have left",
          Effect.sync(() => (outer("capture-pane", "-p").includes("left") ? true : undefined))
        )
        yield* sized("200x50")
      }).pipe(Effect.scoped),
    180_000
  )
})
