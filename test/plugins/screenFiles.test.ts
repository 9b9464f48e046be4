import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { ActorSystem } from "../../src/actors/ActorSystem.ts"
import * as Roster from "../../src/agents/Roster.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { Directory } from "../../src/broker/Directory.ts"
import { HostId } from "../../src/domain/Ids.ts"
import { adapter } from "../../src/plugins/claude/index.ts"
import { screenFiles } from "../../src/ScreenFiles.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const HOST = HostId.make("h")
const OWN = "v: 1\nrules: [{ name: always, activity: busy }]\n"
const screen = { text: "x", title: "", cursor: { x: 0, y: 0 }, faint: false, dead: false, humanActive: false }

interface Told {
  readonly tag: string
  readonly payload: { readonly text?: string; readonly causes?: string; readonly cause?: string }
}

/** The loop over a directory, with a session of Claude's kind that works and one that is stopped. */
const world = Effect.gen(function* () {
  const dir = join(yield* temporary("screens"), "screens")
  const told: Array<Told> = []
  const pokes: Array<string> = []
  const cards = [
    { id: "00000001", provider: "claude", host: HOST, state: "working" },
    { id: "00000002", provider: "claude", host: HOST, state: "stopped" },
    { id: "00000003", provider: "codex", host: HOST, state: "working" }
  ]
  const kind = adapter({})
  // Only what the loop asks of them.
  const fakes = Layer.mergeAll(
    Layer.succeed(Broker, {
      post: ({ body }: { readonly body: string }) =>
        Effect.sync(() => (told.push(JSON.parse(body) as Told), { seq: 1, duplicate: false }))
    } as never),
    Layer.succeed(Directory, { all: Effect.succeed(cards), changes: Stream.empty } as never),
    Layer.succeed(ActorSystem, {
      poke: ({ key }: { readonly key: string }) => Effect.sync(() => pokes.push(key))
    } as never),
    Roster.layer
  )
  const context = yield* Layer.build(fakes)
  yield* Effect.provide(
    Effect.flatMap(Roster.Roster, (roster) => roster.register(kind)),
    context
  )
  const rule = () => kind.read(screen).rule
  const reads = (name: string) =>
    until(
      `it is read by ${name}`,
      Effect.sync(() => (rule() === name ? true : undefined))
    )
  const says = (what: string, holds: (all: ReadonlyArray<Told>) => boolean) =>
    until(
      what,
      Effect.sync(() => (holds(told) ? true : undefined))
    )
  const start = Effect.forkScoped(Effect.provide(screenFiles(dir, HOST), context))
  const write = (text: string, name = "claude.yaml") => {
    // As editors do it.
    writeFileSync(join(dir, "new"), text)
    renameSync(join(dir, "new"), join(dir, name))
  }
  return { dir, kind, pokes, reads, rule, says, start, told, write }
})

describe("people's own rules about screens", () => {
  it.live("are there from the start, and change with their file while all goes on", () =>
    Effect.gen(function* () {
      const { dir, kind, pokes, reads, says, start, told, write } = yield* world
      mkdirSync(dir)
      write(OWN)
      yield* start
      yield* reads("always")
      assert.strictEqual(kind.rules?.own(), join(dir, "claude.yaml"))
      yield* says("it looks again", () => pokes.length > 0)
      assert.deepStrictEqual(pokes, ["00000001"], "who lives and is of that kind looks again")
      write(OWN.replace("always", "ever"))
      yield* reads("ever")
      rmSync(join(dir, "claude.yaml"))
      yield* reads("nothing-yet")
      assert.isUndefined(kind.rules?.own())
      assert.notInclude(
        told.map(({ tag }) => tag),
        "Saw"
      )
    }).pipe(Effect.scoped)
  )

  it.live("that are wrong are told of once, and change nothing; so are those of a kind that is not known", () =>
    Effect.gen(function* () {
      const { dir, reads, rule, says, start, told, write } = yield* world
      yield* start
      yield* until(
        "it listens",
        Effect.sync(() => (existsSync(dir) ? true : undefined))
      )
      write(OWN)
      yield* reads("always")
      write("v: 1\nrules: [{ name: always, activity: lazy }]\n")
      yield* says("it is told", (all) => all.some(({ tag }) => tag === "Saw"))
      write("v: 1\n", "gemini.yaml")
      yield* says("that too", (all) => all.filter(({ tag }) => tag === "Saw").length === 2)
      const [bad, unknown] = told.filter(({ tag }) => tag === "Saw").map(({ payload }) => payload)
      assert.match(
        bad?.text ?? "",
        /claude\.yaml is not used, and the rules for claude's screens stay as they were: Expected .*"activity"/u
      )
      assert.match(bad?.cause ?? "", /^screens claude \d+$/u)
      assert.match(unknown?.text ?? "", /there is no kind gemini/u)
      assert.strictEqual(rule(), "always")
      write(OWN.replace("always", "mended"))
      yield* reads("mended")
      yield* says("it is over", (all) => all.at(-1)?.payload.causes === "screens claude")
    }).pipe(Effect.scoped)
  )

  it.live("are found again in a directory that was taken away and made anew", () =>
    Effect.gen(function* () {
      const { dir, reads, start, write } = yield* world
      mkdirSync(dir)
      write(OWN)
      yield* start
      yield* reads("always")
      rmSync(dir, { recursive: true })
      yield* reads("nothing-yet")
      yield* until(
        "it is there again",
        Effect.sync(() => (existsSync(dir) ? true : undefined))
      )
      write(OWN)
      yield* reads("always")
    }).pipe(Effect.scoped)
  )
})
