import { statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSm } from "../support/Sm.ts"
import { until } from "../support/Until.ts"

describe("sm, as its user has it", () => {
  it.live("spawns, sends, answers, traces, renames, kills and restores", () =>
    Effect.gen(function* () {
      const { json, sm, taken } = yield* makeSm
      const session = yield* json("spawn", "fake", "first words", "--name", "one")
      assert.strictEqual(session["name"], "one")
      const sent = yield* json("send", "one", "hello 'there';", "--wait=answered", "--timeout", "30")
      assert.strictEqual(sent["state"], "answered")
      assert.deepStrictEqual(taken(), ["first words", "hello 'there';"])
      const trace = yield* json("trace", sent["messageId"] ?? "")
      assert.deepStrictEqual(
        (trace["hops"] as never as Array<{ status: string }>).map((hop) => hop.status),
        ["accepted", "injected", "submitted", "answered"]
      )
      assert.include(trace["answer"] as never as string, "hello 'there';")

      const unknown = yield* sm("send", "onee", "x")
      assert.strictEqual(unknown.code, 1)
      assert.include(unknown.stderr, "did you mean one?")
      assert.strictEqual((yield* sm("spawn", "fake", "--name", "one")).code, 1)
      assert.strictEqual((yield* sm("frobnicate")).code, 2)

      yield* json("name", "one", "uno")
      assert.strictEqual((yield* json("kill", "uno"))["state"], "stopped")
      assert.strictEqual((yield* sm("send", "uno", "too late")).code, 1)
      yield* json("restore", "uno")
      yield* json("send", "uno", "again", "--wait=answered", "--timeout", "30")
      assert.strictEqual(taken().at(-1), "again")
    }).pipe(Effect.scoped)
  )

  it.live("answers a retry under the same id with what became of the message, and types it once", () =>
    Effect.gen(function* () {
      const { json, sm, taken } = yield* makeSm
      yield* json("spawn", "fake", "--name", "one")
      const id = "m0000000000000aa"
      const again = Effect.all([
        sm("send", "one", "hello", "--message-id", id),
        json("send", "one", "hello", "--message-id", id)
      ])
      const began = Date.now()
      yield* again
      yield* json("send", "one", "hello", "--message-id", id, "--wait=answered")
      const [, later] = yield* again
      assert.deepStrictEqual([later["messageId"], later["state"]], [id as never, "answered" as never])
      // The daemon's own patience with an answer that does not come is ten seconds.
      assert.isBelow(Date.now() - began, 8000)
      assert.deepStrictEqual(taken(), ["hello"])
      assert.strictEqual((yield* sm("send", "one", "other words", "--message-id", id)).code, 2)
      yield* json("spawn", "fake", "--name", "two")
      const astray = yield* sm("send", "two", "hello", "--message-id", id)
      assert.deepStrictEqual([astray.code, taken()], [2, ["hello"]])
      assert.include(astray.stderr, "belongs to another message")
    }).pipe(Effect.scoped)
  )

  it.live("says of a message that it is stored when only the waiting for it fails", () =>
    Effect.gen(function* () {
      const { json, sm, taken } = yield* makeSm
      yield* json("spawn", "fake", "--name", "one")
      const id = "m0000000000000ab"
      const waiting = sm("send", "one", "[[work 60000]]", "--message-id", id, "--wait=answered", "--json")
      const down = Effect.andThen(
        until(
          "it is taken",
          Effect.sync(() => (taken().length > 0 ? true : undefined))
        ),
        sm("down")
      )
      const [{ code, stdout }] = yield* Effect.all([waiting, down], { concurrency: 2 })
      assert.strictEqual(code, 3)
      assert.match(stdout, /"unavailable","message":"m0000000000000ab is stored, .*sm trace m0000000000000ab/u)
    }).pipe(Effect.scoped)
  )

  it.live("waits on for the answer over the death of the daemon", () =>
    Effect.gen(function* () {
      const { daemonPid, json, sm, taken } = yield* makeSm
      yield* json("spawn", "fake", "--name", "one")
      const waiting = json("send", "one", "[[work 2500]]", "--wait=answered", "--timeout", "40")
      const death = Effect.gen(function* () {
        yield* until(
          "it is taken",
          Effect.sync(() => (taken().length > 0 ? true : undefined))
        )
        process.kill(daemonPid(), "SIGKILL")
        return yield* sm("up", "--detach")
      })
      const [answered, up] = yield* Effect.all([waiting, death], { concurrency: 2 })
      assert.strictEqual(up.code, 0, up.stderr)
      assert.deepStrictEqual([answered["state"], taken()], ["answered", ["[[work 2500]]"]] as never)
    }).pipe(Effect.scoped)
  )

  it.live("sends to several, shows what waits and takes it back", () =>
    Effect.gen(function* () {
      const { json, sm } = yield* makeSm
      yield* json("spawn", "fake", "[[work 60000]]", "--name", "one")
      yield* json("spawn", "fake", "--name", "two")
      const nobody = yield* sm("send", "one,twoo", "hello")
      assert.deepStrictEqual([nobody.code, nobody.stdout], [1, ""])
      const sent = yield* sm("send", "one,two", "hello", "--important", "--key", "k")
      assert.match(sent.stdout, /^sent to one .*: m\w{15} accepted\nsent to two .*: m\w{15} accepted\n$/u)
      const both = yield* json("send", "one,two", "hello", "--key", "k", "--wait=answered", "--timeout", "2")
      const states = (both as never as Array<{ state: string; messageId: string }>).map(({ state }) => state)
      assert.deepStrictEqual(states, ["accepted", "answered"])
      const { stdout } = yield* sm("queue", "one")
      assert.match(stdout, /in its turn {2}human .*\nm\w{15} {2}waiting {2}human {2}sequential .* k {2}- {2}hello\n$/u)
      const id = (both as never as Array<{ messageId: string }>)[0]?.messageId ?? ""
      const back = yield* sm("unsend", id)
      assert.include(back.stdout, `${id} to one`)
      const late = yield* sm("send", "one", "hello", "--message-id", id, "--wait")
      assert.strictEqual(late.code, 1)
      assert.include(late.stdout, "withdrawn: taken back by human")
      const wrong = yield* sm("send", "one", "x", "--urgent", "--important")
      assert.deepStrictEqual([wrong.code, wrong.stderr.includes("exclude each other")], [2, true])
      const person = yield* sm("send", "one", "x", "--notify-on-stop")
      assert.include(person.stderr, "a person has no mailbox")
    }).pipe(Effect.scoped)
  )

  it.live("leaves nothing behind of a spawn that failed, not even its name", () =>
    Effect.gen(function* () {
      const { json, sm } = yield* makeSm
      const failed = yield* sm("spawn", "absent", "hello", "--name", "one")
      assert.strictEqual(failed.code, 3)
      assert.include(failed.stderr, "no-such-program is not on PATH")
      assert.deepStrictEqual(yield* json("list"), [] as never)
      assert.strictEqual((yield* json("spawn", "fake", "--name", "one"))["name"], "one")
    }).pipe(Effect.scoped)
  )

  it.live("keeps secrets to their owner", () =>
    Effect.gen(function* () {
      const { home } = yield* makeSm
      for (const file of ["state/credentials/trust.json", "state/credentials/human.json", "state/nats.conf"]) {
        assert.strictEqual(statSync(join(home, file)).mode & 0o777, 0o600, file)
      }
    }).pipe(Effect.scoped)
  )

  it.live("lets an agent act only as itself", () =>
    Effect.gen(function* () {
      const { home, json, sm } = yield* makeSm
      const parent = yield* json("spawn", "shell", "--name", "boss")
      const other = yield* json("spawn", "shell", "--name", "other")
      yield* json(
        "send",
        "boss",
        `sm kill other > ${home}/kill.out 2>&1; sm me --json > ${home}/me.out; sm send other 'echo from parent'`,
        "--wait=submitted",
        "--timeout",
        "1"
      )
      const seen = yield* until(
        "the message of the agent arrives",
        Effect.map(sm("output", "other"), ({ stdout }) => (stdout.includes("via sm send") ? stdout : undefined))
      )
      assert.include(seen, `[Input from: boss (${parent["id"]}) via sm send`)
      const { readFileSync } = yield* Effect.promise(() => import("node:fs"))
      assert.include(readFileSync(`${home}/kill.out`, "utf8"), "only the parent of other")
      assert.include(readFileSync(`${home}/me.out`, "utf8"), parent["id"] as never as string)
      assert.notStrictEqual(parent["id"], other["id"])
    }).pipe(Effect.scoped)
  )

  it.live("notices within a second that an agent is gone, and delivers what waited after a restore", () =>
    Effect.gen(function* () {
      const { json, taken } = yield* makeSm
      yield* json("spawn", "fake", "--name", "mortal")
      yield* json("send", "mortal", "[[work 60000]] long", "--wait=submitted", "--timeout", "20")
      yield* json("send", "mortal", "waits")
      const attached = yield* json("attach", "mortal")
      const command = attached["command"] as never as ReadonlyArray<string>
      const { execFileSync } = yield* Effect.promise(() => import("node:child_process"))
      execFileSync("tmux", ["-S", command[2] ?? "", "send-keys", "-t", `${command.at(-1)}:`, "C-c"])
      const state = yield* until(
        "the loss is told",
        Effect.map(json("list"), (cards) =>
          (cards as never as Array<{ state: string }>)[0]?.state === "crashed" ? "crashed" : undefined
        ),
        5
      )
      assert.strictEqual(state, "crashed")
      yield* json("restore", "mortal")
      yield* until(
        "the message is taken",
        Effect.sync(() => (taken().includes("waits") ? true : undefined))
      )
      assert.strictEqual(taken().filter((prompt) => prompt === "waits").length, 1)
    }).pipe(Effect.scoped)
  )
})
