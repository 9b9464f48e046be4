/** Real agents that write in one repository: one after the other, whoever they are and whatever dies. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import {
  answered,
  back,
  cardOf,
  kill,
  KINDS,
  panePid,
  reaches,
  type RealSm,
  send,
  tmux,
  trace
} from "../support/Driving.ts"
import { makeOpenSmWith, makeRealSmWith, missing } from "../support/RealAgents.ts"
import { run, runSm } from "../support/Run.ts"
import { until } from "../support/Until.ts"

/** As the seed's README shows it: today's Claude Code refuses the whole file, and asks what to do. */
const SEED = JSON.stringify({
  hooks: {
    PreToolUse: [{ matcher: { tool_name: "write|edit" }, hooks: [{ type: "command", command: "sm auto-lock" }] }]
  }
})

const repositoryIn = (sm: RealSm, name: string): string => {
  const repository = join(sm.work, name)
  mkdirSync(join(repository, ".claude"), { recursive: true })
  execFileSync("git", ["-C", repository, "init", "-q"])
  return repository
}
const writes = (path: string, content: string) => `[[tool Write ${JSON.stringify({ file_path: path, content })}]]`
/** A tool that ends when the file is there. */
const awaits = (path: string) =>
  `[[tool Bash ${JSON.stringify({ command: `until test -e ${path}; do sleep 0.1; done`, timeout: 300_000 })}]]`
const spawn = (sm: RealSm, kind: string, name: string, repository: string, ...flags: ReadonlyArray<string>) =>
  Effect.andThen(sm.json("spawn", kind, "--name", name, "--cwd", repository, ...flags), reaches(sm, name, "idle", 40))
const ACCEPTS = ["--permission-mode", "acceptEdits"]

interface Standing {
  readonly leases: ReadonlyArray<{ readonly holder: { readonly name: string } }>
  readonly waiting: ReadonlyArray<{ readonly holder: { readonly name: string } }>
}
/** Who has the lock, and who waits for it. */
const locked = (sm: RealSm, holder: string, waiting: string) =>
  until(
    `${holder} has the lock, ${waiting} waits`,
    Effect.map(sm.json("locks"), (data) => {
      const names = (all: Standing["leases"]) => all.map((one) => one.holder.name).join()
      const { leases, waiting: line } = data as never as Standing
      return names(leases) === holder && names(line) === waiting ? true : undefined
    }),
    60
  )
/** When the message's turn ended, Unix ms. */
const endOf = (sm: RealSm, id: string) => Effect.map(trace(sm, id), ({ hops }) => hops.at(-1)?.at ?? Number.NaN)

describe.skipIf(missing !== undefined)("agents that write in one repository", { concurrent: true }, () => {
  it.live(
    "of either kind do it one turn after the other, also when the daemon is killed while one waits, and with the seed's settings; one that is killed holds up nobody",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSmWith("locks: { wait: 240 }\n")
        const repository = repositoryIn(sm, "shared")
        writeFileSync(join(repository, ".claude/settings.json"), SEED)
        const [file, go] = [join(repository, "file.txt"), join(sm.work, "go")]
        const shells = [...ACCEPTS, "--", "--allowedTools", "Bash"]
        yield* Effect.all(
          [
            spawn(sm, "claude", "first", repository, ...shells),
            spawn(sm, "claude", "second", repository, ...shells),
            spawn(sm, "codex", "codex", repository, "--permission-mode", "never", "--model", "gpt-6.1-sol")
          ],
          { concurrency: 3 }
        )
        const one = yield* send(sm, "first", `${writes(file, "first, begun")} ${awaits(go)} [[text done]]`)
        yield* locked(sm, "first", "")
        const reads = `[[tool Read ${JSON.stringify({ file_path: file })}]]`
        const two = yield* send(sm, "second", `${reads} ${writes(file, "second")} [[text done]]`)
        yield* locked(sm, "first", "second")
        yield* kill(sm.daemonPid())
        yield* back(sm)
        yield* locked(sm, "first", "second")
        assert.strictEqual(readFileSync(file, "utf8"), "first, begun")
        writeFileSync(go, "")
        yield* answered(sm, one)
        yield* answered(sm, two)
        assert.strictEqual(readFileSync(file, "utf8"), "second")
        assert.isAbove(statSync(file).mtimeMs, yield* endOf(sm, one))
        yield* locked(sm, "", "")

        yield* send(sm, "first", `${writes(join(repository, "new.txt"), "first")} [[sleep 300]] [[text never]]`)
        yield* locked(sm, "first", "")
        const patch = `*** Begin Patch\n*** Add File: made.txt\n+codex\n*** End Patch\n`
        const three = yield* send(
          sm,
          "codex",
          `[[custom apply_patch ${JSON.stringify({ input: patch })}]] [[text done]]`
        )
        yield* locked(sm, "first", "codex")
        assert.isFalse(existsSync(join(repository, "made.txt")))
        yield* kill(yield* panePid(sm, "first"))
        yield* answered(sm, three)
        assert.strictEqual(readFileSync(join(repository, "made.txt"), "utf8"), "codex\n")
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "over HTTP too, and not at all while nobody answers",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSmWith("locks: { http: true, wait: 4 }\n")
        const repository = repositoryIn(sm, "http")
        const [mine, theirs] = [join(repository, "mine.txt"), join(repository, "theirs.txt")]
        yield* Effect.all(
          [spawn(sm, "claude", "first", repository, ...ACCEPTS), spawn(sm, "claude", "second", repository, ...ACCEPTS)],
          { concurrency: 2 }
        )
        yield* send(sm, "first", `${writes(mine, "first")} [[sleep 300]] [[text never]]`)
        yield* locked(sm, "first", "")
        const refused = yield* send(sm, "second", `${writes(theirs, "second")} [[text done]]`)
        yield* locked(sm, "first", "second")
        yield* answered(sm, refused)
        assert.isFalse(existsSync(theirs))
        const told = sm.anthropic.requests.find((body) => body.includes("Not written: first ("))
        assert.include(told ?? "", "It ends with its turn.")

        yield* kill(yield* panePid(sm, "first"))
        yield* locked(sm, "", "")
        const port = readFileSync(join(sm.home, "run/hooks.port"), "utf8")
        const pane = `=sm-${(yield* cardOf(sm, "second"))?.id}:`
        yield* sm.sm("down")
        tmux(sm, "send-keys", "-t", pane, "-l", `${writes(theirs, "unasked")} [[text over]]`)
        tmux(sm, "send-keys", "-t", pane, "Enter")
        yield* until(
          "the turn is over",
          Effect.sync(() => (tmux(sm, "capture-pane", "-p", "-t", pane).includes("● over") ? true : undefined)),
          30
        )
        assert.isFalse(existsSync(theirs), "fail-closed")
        yield* sm.sm("up", "--detach")
        assert.strictEqual(readFileSync(join(sm.home, "run/hooks.port"), "utf8"), port)
        yield* reaches(sm, "second", "idle")
        yield* answered(sm, yield* send(sm, "second", `${writes(theirs, "asked")} [[text done]]`))
        assert.strictEqual(readFileSync(theirs, "utf8"), "asked")
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "may be agents that sm did not spawn, once sm hooks has been there",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeOpenSmWith("locks: { wait: 240 }\n")
        const repository = repositoryIn(sm, "guests")
        const env = { ...sm.env, SM_HOME: sm.home, IS_SANDBOX: "1" }
        const here = (...args: ReadonlyArray<string>) => runSm(args, { env, cwd: repository })
        yield* here("hooks", "install")
        assert.strictEqual((yield* here("lock", "a person's work")).code, 0)
        const patch = "*** Begin Patch\n*** Add File: codex.txt\n+codex\n*** End Patch\n"
        const commands = {
          claude: [
            "-p",
            "--permission-mode",
            "acceptEdits",
            `${writes(join(repository, "claude.txt"), "claude")} [[text done]]`
          ],
          codex: [
            "exec",
            "--dangerously-bypass-hook-trust",
            "-m",
            "gpt-6.1-sol",
            "-s",
            "workspace-write",
            "-C",
            repository,
            `[[custom apply_patch ${JSON.stringify({ input: patch })}]] [[text done]]`
          ]
        }
        for (const kind of KINDS) {
          const guest = yield* Effect.forkChild(run(kind, commands[kind], { env, cwd: repository }))
          yield* locked(sm, "human", `${kind} in ${repository}`)
          assert.isFalse(existsSync(join(repository, `${kind}.txt`)))
          yield* here("unlock")
          assert.strictEqual((yield* Fiber.join(guest)).code, 0)
          assert.include(readFileSync(join(repository, `${kind}.txt`), "utf8"), kind)
          yield* locked(sm, "", "")
          yield* here("lock", "again")
        }
      }).pipe(Effect.scoped),
    180_000
  )
})
