/** Every command as its user has it: one envelope, one sentence, one exit code, and the next command named. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { bare, entry, run, runSm } from "../support/Run.ts"
import { screenOf } from "../support/Screen.ts"
import { makeSm, type Result } from "../support/Sm.ts"
import { temporary } from "../support/TmuxTest.ts"

interface Envelope {
  readonly ok: boolean
  readonly data?: unknown
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

/** What was found; tests name the fields they look at. */
type Found = Readonly<Record<string, unknown>>

/** Exactly one line of JSON on standard output, nothing else anywhere. */
const envelopeOf = ({ stderr, stdout }: Result, what: string): Envelope => {
  assert.strictEqual(stderr, "", what)
  assert.strictEqual(stdout.trimEnd().split("\n").length, 1, `${what}: ${stdout}`)
  const envelope = JSON.parse(stdout) as Envelope
  if (envelope.ok) assert.hasAllKeys(envelope, ["ok", "data"], what)
  else {
    assert.hasAllKeys(envelope, ["ok", "error"], what)
    assert.hasAllKeys(envelope.error, ["code", "message", "hint"], what)
    assert.isNotEmpty(envelope.error?.hint, what)
    assert.notInclude(envelope.error?.message, "\n", what)
  }
  return envelope
}

/** Wrong command lines, with what the sentence must say. None of them needs a daemon. */
const misuse: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: RegExp]> = [
  [["frobnicate"], /no command frobnicate/u],
  [["lst"], /did you mean list/u],
  [["--frob"], /no option --frob/u],
  [["list", "--frob"], /list has no option --frob/u],
  [["output", "x", "--line", "3"], /did you mean --lines/u],
  [["output"], /output needs <session>/u],
  [["output", "--lines=3"], /output needs <session>/u],
  [["output", "x", "y"], /no use for the word y/u],
  [["output", "x", "--lines", "abc"], /--lines is a whole number from 1 to 3000, not abc/u],
  [["output", "x", "--lines", "0"], /--lines .* not 0/u],
  [["tail", "x", "-n", "0"], /--count is a whole number from 1 to 100, not 0/u],
  [["tail", "x", "-f", "-n", "1.5"], /--count .* not 1\.5/u],
  [["dead-letters", "show", "foo"], /a whole number .* not foo/u],
  [["dead-letters", "show"], /show needs the number/u],
  [["dead-letters", "reply", "3"], /did you mean replay/u],
  [["spawn"], /spawn needs <provider>/u],
  [
    ["spawn", "fake", "--prompt-file", "/nowhere/x"],
    /--prompt-file \/nowhere\/x cannot be read: there is no such file/u
  ],
  [["spawn", "fake", "a", "--prompt-file", "/nowhere/x"], /given twice/u],
  [["spawn", "fake", "--env", "NAME"], /--env takes NAME=VALUE, not NAME/u],
  [["clear", "x", "--prompt-file", "/"], /it is a directory/u],
  [["handoff"], /handoff needs <file>/u],
  [["lock"], /lock needs <reason>/u],
  [["lock", "x", "--wait", "soon"], /--wait is a length of time up to a day, not soon/u],
  [["lock", "x".repeat(301)], /the reason is longer than 300 characters/u],
  [["unlock", "--forc"], /did you mean --force/u],
  [["handoff", "/nowhere/x"], /<file> \/nowhere\/x does not exist/u],
  [["handoff", "/"], /<file> \/ is no file/u],
  [["what", "x", "--lines", "0"], /--lines .* not 0/u],
  [["context-monitor", "enabel"], /not enabel; did you mean enable/u],
  [["send"], /send needs <session>/u],
  [["send", "x"], /the text is empty/u],
  [["send", "x", " "], /the text is empty/u],
  [["send", "x", "-"], /the text is empty/u],
  [["send", "x", "--file", "/nowhere/x"], /--file \/nowhere\/x cannot be read/u],
  [["send", "x", "a", "--file", "/nowhere/x"], /given twice/u],
  [["send", "x", "a", "--force"], /no option --force/u],
  [["send", "x", "a", "--ttl", "soon"], /--ttl is a number of seconds above 0 and at most 2592000, not soon/u],
  [["send", "x", "a", "--wait", "--timeout", "0"], /--timeout .* not 0/u],
  [["send", "x", "a", "--wait=never"], /--wait is submitted or answered, not never/u],
  [["send", "x", "a", "--wait", "answered"], /--wait takes its value after an equals sign/u],
  [["status", " "], /the status is empty/u],
  [["status", "busy", "--all"], /status has no option --all/u],
  [["children", "--status", "busy"], /--status is running, completed, error, all, not busy/u],
  [["em", "a", "b"], /em takes one name, not also b/u],
  [["alone", "x"], /no use for the word x/u],
  [["me", "--all"], /me has no option --all/u],
  [["name"], /name needs <session-or-name>/u],
  [["name", "a", "b", "c"], /not also c/u],
  [["inbox", "--all", "--read-all"], /--all, --read and --read-all exclude each other/u],
  [["unmute", "a"], /unmute needs <from> and <to>/u],
  [["completion", "powershell"], /not for powershell/u],
  [["help", "frobnicate"], /no command frobnicate/u]
]

describe("a wrong command line", () => {
  it.live("exits 2 and says in one sentence what is wrong, with --json in the envelope", () =>
    Effect.gen(function* () {
      const home = yield* temporary("misuse")
      const how = { env: { SM_HOME: home } }
      for (const [args, says] of misuse) {
        const what = args.join(" ")
        const dashes = args[0]?.startsWith("--") ? 0 : 1
        const { error } = envelopeOf(
          yield* runSm([...args.slice(0, dashes), "--json", ...args.slice(dashes)], how),
          what
        )
        assert.strictEqual(error?.code, "invalid", what)
        assert.match(error?.message ?? "", says, what)
      }
      for (const [args, says] of misuse.filter((_, index) => index % 6 === 0)) {
        const { code, stderr, stdout } = yield* runSm(args, how)
        assert.deepStrictEqual([code, stdout], [2, ""], args.join(" "))
        assert.match(stderr, says)
        assert.match(stderr, /^sm: .+\n {4}\S/u)
      }
      assert.isFalse(existsSync(join(home, "state")), "nothing was asked or started")
    }).pipe(Effect.scoped)
  )

  it.live("shows where a defect came from when SM_DEBUG is set, and the daemon's absence by 3", () =>
    Effect.gen(function* () {
      const home = yield* temporary("absent")
      const absent = yield* runSm(["list"], { env: { SM_HOME: home } })
      assert.strictEqual(absent.code, 3)
      assert.include(absent.stderr, "sm up --detach")
      assert.notInclude(absent.stderr, "    at ")
      mkdirSync(join(home, "run"), { recursive: true })
      for (const damage of ["", "{", "[]", "null", '{"v":99}']) {
        writeFileSync(join(home, "run/broker.json"), damage)
        const damaged = yield* runSm(["list"], { env: { SM_HOME: home } })
        assert.strictEqual(damaged.code, 3, damage)
        assert.include(damaged.stderr, "run/broker.json is damaged")
      }
      rmSync(join(home, "run/broker.json"))
      const debugged = yield* runSm(["list", "--json"], { env: { SM_HOME: home, SM_DEBUG: "1" } })
      assert.match(debugged.stderr, /^ {4}at /mu)
      assert.strictEqual((JSON.parse(debugged.stdout) as Envelope).error?.code, "unavailable")
      for (const args of [["doctor"], ["restore"], ["attach"], ["send", "x", "y"], ["tail", "x"]]) {
        const { error } = envelopeOf(yield* runSm([...args, "--json"], { env: { SM_HOME: home } }), args.join(" "))
        assert.strictEqual(error?.code, "unavailable", args.join(" "))
      }
      assert.deepStrictEqual(envelopeOf(yield* runSm(["down", "--json"], { env: { SM_HOME: home } }), "down").data, {
        pid: null
      })
    }).pipe(Effect.scoped)
  )
})

describe("every command", () => {
  it.live("answers in the envelope, and helps by itself", () =>
    Effect.gen(function* () {
      const { home, json, sm, taken, work } = yield* makeSm
      const env = { SM_HOME: home }
      const data = (...args: ReadonlyArray<string>) =>
        Effect.map(sm(...args.slice(0, 1), "--json", ...args.slice(1)), (result) => {
          const envelope = envelopeOf(result, args.join(" "))
          assert.isTrue(envelope.ok, `${args.join(" ")}: ${result.stdout}`)
          return envelope.data as Found
        })
      const rows = (...args: ReadonlyArray<string>) =>
        Effect.map(data(...args), (found) => found as unknown as ReadonlyArray<Found>)
      const refused = (code: number, ...args: ReadonlyArray<string>) =>
        Effect.gen(function* () {
          const result = yield* sm(...args, "--json")
          assert.strictEqual(result.code, code, args.join(" "))
          const { stderr } = yield* sm(...args)
          const { error } = envelopeOf(result, args.join(" "))
          assert.include(stderr, error?.message ?? "nothing")
          return error ?? { code: "", message: "", hint: "" }
        })

      // Nothing is there yet.
      assert.deepStrictEqual(yield* rows("list"), [])
      assert.deepStrictEqual(yield* rows("restore"), [])
      assert.include((yield* sm("restore")).stdout, "nothing to restore")
      assert.strictEqual((yield* refused(1, "attach")).code, "not-found")
      assert.include((yield* refused(1, "children")).message, "not a session")
      for (const args of [["me"], ["em"], ["task"], ["task-complete"], ["turn-complete"], ["status", "busy"]])
        assert.include((yield* refused(1, ...args)).message, "not a session", args.join(" "))
      assert.strictEqual((yield* sm("alone")).code, 0)
      assert.deepInclude(yield* sm("who"), { code: 1, stdout: "" })
      assert.deepStrictEqual(yield* rows("dead-letters"), [])
      assert.strictEqual((yield* refused(1, "dead-letters", "show", "7")).message, "there is no dead letter 7")
      assert.strictEqual((yield* refused(1, "dead-letters", "drop", "7")).code, "not-found")
      assert.include((yield* refused(1, "spawn", "fak")).message, "did you mean fake")

      // One session.
      const one = yield* json("spawn", "fake", "--name", "one")
      const id = one["id"] as never as string
      // Two looks: what the agent is doing may have changed between them.
      const attached = (yield* data("attach")) as { readonly session: { readonly id: string } }
      assert.deepInclude((yield* rows("list"))[0] as object, { id: attached.session.id })
      yield* data("send", "one", "--wait=answered", "--", "-begins", "with", "--dashes")
      assert.strictEqual(taken().at(-1), "-begins with --dashes")
      writeFileSync(join(work, "letter"), "from a file\nof two lines")
      yield* data("send", "one", "--file", "letter", "--wait=answered")
      assert.strictEqual(taken().at(-1), "from a file\nof two lines")
      const gone = yield* run(
        "sh",
        ["-c", `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" spawn fake`, process.execPath, entry],
        { env, cwd: work }
      )
      assert.deepStrictEqual([gone.code, gone.stderr.split("\n")[0]], [2, "sm: the directory of this shell is gone"])
      const odd = yield* runSm(["spawn", "fake", "--env", "ODD NAME=x"], { env })
      assert.strictEqual(odd.code, 2)
      assert.include(odd.stderr, "a variable's name is letters, digits and _, not ODD NAME")
      const piped = yield* runSm(["send", "one", "-", "--wait=answered"], { env, input: "from a pipe" })
      assert.deepStrictEqual([piped.code, taken().at(-1)], [0, "from a pipe"])
      const sent = yield* data("send", "one", "later", "--ttl", "600")
      assert.hasAllKeys(sent, ["messageId", "to", "state", "target"])
      assert.strictEqual((yield* data("trace", String(sent["messageId"])))["id"], sent["messageId"])
      // Those who are no session.
      assert.include((yield* sm("send", "human", "which one?")).stdout, "sent to human, unread: m")
      const asked = (yield* data("inbox"))["letters"] as ReadonlyArray<Found>
      assert.deepInclude(asked[0] as object, { text: "which one?", readAt: null })
      assert.match((yield* sm("inbox", "--read", String(asked[0]?.["id"]))).stdout, /  which one\?\n1 read\n$/u)
      assert.strictEqual((yield* sm("inbox")).stdout, "nothing unread\n")
      assert.match(
        (yield* sm("send", "@engineer", "a task")).stdout,
        /^sent to @engineer, nobody there: .*\n {4}nobody /u
      )
      assert.include((yield* sm("queue", "@engineer")).stdout, "a task")
      assert.include((yield* refused(2, "send", "@two words", "x")).message, "is no role")
      assert.include((yield* refused(1, "unmute", "one", "one")).message, "one → one is not muted")
      assert.include((yield* refused(1, "tail", "on")).message, "did you mean one")
      for (const args of [["status"], ["output", "one"], ["tail", "one"], ["children", "one"], ["doctor"], ["help"]])
        yield* data(...args)

      // A team, as a person sees it.
      assert.deepInclude(yield* sm("alone"), { code: 1, stdout: "" })
      assert.deepStrictEqual(yield* data("who").pipe(Effect.map((found) => (found as never as Array<Found>).length)), 1)
      yield* data("task", "--session", "one", "ticket", "12")
      assert.include((yield* sm("task", "--session", "one")).stdout, "one: ticket 12")
      assert.strictEqual((yield* refused(2, "remind", "at", "25:00", "x")).message, "at 25:00 is no time")
      const both = yield* refused(2, "dispatch", "one", "--role", "engineer", "--urgent", "--important", "--task", "x")
      assert.include(both.message, "exclude each other")
      assert.match((yield* sm("others")).stdout, /^one \(\w{8}\) \| \S+ \S+ \| task: ticket 12 \| \(no status\)\n$/u)
      assert.match((yield* sm("list")).stdout, /ABOUT {2}DIRECTORY\n.* {2}ticket 12 {2}/u)
      assert.deepStrictEqual(yield* data("task-complete", "--session", "one", "done"), {
        told: [],
        later: [],
        again: false
      })
      assert.deepStrictEqual(yield* data("task-complete", "--session", "one"), { told: [], later: [], again: true })
      yield* data("completion", "bash")

      // Its context, and what it does.
      assert.include((yield* sm("context-monitor", "status")).stdout, "nobody's context is watched")
      assert.deepInclude((yield* data("context-monitor", "enable", "one"))["monitor"], { warning: 50, critical: 65 })
      assert.match((yield* sm("context-monitor", "status")).stdout, /^ID.*\n\w{8} {2}one {2}- {2}50% {2}65% {2}-$/mu)
      yield* data("context-monitor", "disable", "one")
      assert.isNull((yield* rows("context-monitor", "status", "one"))[0]?.["monitor"])
      assert.include((yield* refused(1, "context-monitor", "enable")).message, "not a session")
      assert.include((yield* refused(1, "handoff", "letter")).message, "not a session")
      assert.strictEqual((yield* refused(1, "what", "one")).message, "fake cannot be asked for a summary")
      yield* data("help", "send")
      yield* data("name", "one", "uno")
      assert.deepInclude(yield* data("up"), { already: true })

      // Two: attach asks which.
      yield* json("spawn", "fake", "--name", "two")
      const which = yield* sm("attach")
      assert.strictEqual(which.code, 2)
      assert.include(which.stdout, `${id}  uno  fake`)
      assert.include(which.stderr, "say which (uno, two)")
      assert.include((yield* sm("attach", "uno")).stderr, "needs a terminal")

      // Ended.
      yield* data("kill", "uno")
      assert.strictEqual((yield* rows("restore"))[0]?.["name"], "uno")
      assert.match((yield* sm("restore")).stdout, /uno.*\nnext: sm restore uno\n$/su)
      assert.include((yield* refused(1, "attach", "uno")).hint, "sm restore uno")
      yield* data("restore", "uno")

      // A table: plain on a pipe, aligned on a terminal, never coloured.
      const { stdout } = yield* sm("list")
      assert.match(stdout, /^ID {2}NAME {2}KIND {2}STATE {2}FOR/u)
      for (const never of ["\t", "\u001b", "   "]) assert.notInclude(stdout, never)
      const bash = yield* screenOf(["bash", "--norc"], { cwd: work, env: { ...env, PATH: bare["PATH"] ?? "" } })
      const smOf = `${process.execPath} ${join(import.meta.dirname, "../../dist/sm.cjs")}`
      yield* bash.shows(/[$#]/u)
      bash.type(`${smOf} list`)
      bash.press("Enter")
      yield* bash.shows(/^ID {8}NAME {2}KIND/mu)

      // From inside another tmux.
      bash.type(`clear; ${smOf} attach two`)
      bash.press("Enter")
      yield* bash.shows(/^ready\n>/mu)
      bash.type("typed by a person")
      bash.press("Enter")
      yield* bash.shows(/^ready/mu)
      bash.press("C-]", "d")
      yield* bash.shows(/detached/u)
      assert.strictEqual(taken().at(-1), "typed by a person")
    }).pipe(Effect.scoped)
  )
})
