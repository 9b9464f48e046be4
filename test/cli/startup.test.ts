/** What a command costs at its start, without a clock: which of node's own modules it makes node load. */
import { closeSync, openSync, readFileSync } from "node:fs"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { natsStub } from "../support/NatsStub.ts"
import { bare, entry } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

const probe = join(import.meta.dirname, "../support/builtins-probe.cjs")

/** Node's own modules that a process loads, and the standard streams it touches. */
const loads = (home: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const file = join(home, "loaded")
    const out = openSync(join(home, "out"), "w")
    const child = spawn(process.execPath, ["--require", probe, ...args], {
      stdio: ["ignore", out, out],
      env: { ...bare, ...env, SM_HOME: home, PROBE_FILE: file }
    })
    child.once("exit", () => {
      closeSync(out)
      const modules = readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line) => (line.startsWith("NativeModule ") ? [line.slice("NativeModule ".length)] : []))
      resume(Effect.succeed(modules))
    })
  })

/** Each costs 5 to 30 ms. */
const streams = ["process.stdin", "process.stdout", "process.stderr"]
const dear = ["tls", "https", "crypto", "http", "tty", "child_process", "readline", ...streams]
const card = {
  id: "0000000a",
  name: "x",
  provider: "fake",
  state: "idle",
  detail: "",
  workingDir: "/",
  queued: 0,
  since: 0
}
const loadedBy = (home: string, ...args: ReadonlyArray<string>) => loads(home, [entry, ...args])

describe("the start of a command", () => {
  it.live("loads none of node's dear modules for the hot verbs", () =>
    Effect.gen(function* () {
      const home = yield* temporary("startup")
      yield* natsStub(home, {
        ok: true,
        data: { me: card, others: [card], total: 2, to: card, messageId: "m", state: "accepted" }
      })
      const env = { SM_SESSION_ID: card.id }
      for (const args of [["send", "x", "hello"], ["status"], ["me"], ["hook", "claude", "Stop"]]) {
        const loaded = yield* loads(home, [entry, ...args], env)
        assert.include(loaded, "net", `${args.join(" ")} did not ask at all`)
        for (const module of dear) assert.notInclude(loaded, module, `sm ${args.join(" ")}`)
      }
    }).pipe(Effect.scoped)
  )

  it.live("loads neither TLS nor HTTP for any other command", () =>
    Effect.gen(function* () {
      const home = yield* temporary("startup")
      yield* natsStub(home, { ok: true, data: [card] })
      const cold = [
        ["--help"],
        ["help", "send"],
        ["list"],
        ["children", "x"],
        ["restore"],
        ["output", "x"],
        ["trace", "m"],
        ["attach", "--json"],
        ["dead-letters"],
        ["completion", "bash"],
        ["complete", "bash", "sm", "kill", ""],
        ["complete", "bash", "sm", "kill", "--"],
        ["spawn", "claude", "hello"],
        ["send", "x", "--frobnicate"],
        ["frobnicate"]
      ]
      for (const args of cold) {
        const loaded = yield* loadedBy(home, ...args)
        const allowed = args[0] === "attach" ? ["child_process"] : []
        for (const module of dear)
          if (!allowed.includes(module)) assert.notInclude(loaded, module, `sm ${args.join(" ")}`)
      }
    }).pipe(Effect.scoped)
  )

  it.live("asks nobody for what it knows by itself", () =>
    Effect.gen(function* () {
      const home = yield* temporary("startup")
      for (const args of [["--help"], ["--version"], ["complete", "bash", "sm", ""], ["frobnicate"]])
        assert.notInclude(yield* loadedBy(home, ...args), "net", `sm ${args.join(" ")}`)
    }).pipe(Effect.scoped)
  )

  it.live("notices a module that is loaded", () =>
    Effect.gen(function* () {
      const home = yield* temporary("startup")
      const loaded = yield* loads(home, ["-e", "require('node:tls'); process.stdout.write('x')"])
      for (const module of ["tls", "crypto", "process.stdout"]) assert.include(loaded, module)
    }).pipe(Effect.scoped)
  )
})
