/** `sm dispatch` and `sm setup` as their user has them; the seed's examples as they stand there. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commands } from "../../cli/commands/index.ts"
import { manualOf, parserOf } from "../../cli/Manual.ts"
import { Misuse } from "../../cli/Misuse.ts"
import { parametersOf } from "../../cli/Parameters.ts"
import { entry, run } from "../support/Run.ts"
import { makeSmWith } from "../support/Sm.ts"

const options = manualOf(await commands.dispatch()).options

const read: ReadonlyArray<
  readonly [args: ReadonlyArray<string>, params: Readonly<Record<string, string>>, given: ReadonlyArray<string>]
> = [
  [["x", "--role", "r", "--task", "do it"], { task: "do it" }, ["x", "--role=r"]],
  [["--task", "a", "x", "--urgent", "--pr=4", "--role=r"], { task: "a", pr: "4" }, ["x", "--urgent", "--role=r"]],
  [["x", "--task", "--foo"], { task: "--foo" }, ["x"]],
  [["x", "--task=--foo"], { task: "--foo" }, ["x"]],
  [["x", "--task", "--json", "--json"], { task: "--json" }, ["x", "--json"]],
  [["x", "--task", "--help"], { task: "--help" }, ["x"]],
  [["x", "--task", "--"], { task: "--" }, ["x"]],
  [["x", "--task", "-n"], { task: "-n" }, ["x"]],
  [["x", "--task=a=b", "--spec="], { task: "a=b", spec: "" }, ["x"]],
  [["x", "--task", ""], { task: "" }, ["x"]],
  [["x", "--task", "{pr}\n$(x)"], { task: "{pr}\n$(x)" }, ["x"]],
  [["x", "--scout-id", "s"], { "scout-id": "s" }, ["x"]],
  [["x", "--constructor", "c"], { constructor: "c" }, ["x"]],
  [["--help"], {}, ["--help"]],
  [
    ["x", "--no-clear", "--dry-run", "--important", "--no-notify-on-stop"],
    {},
    ["x", "--no-clear", "--dry-run", "--important", "--no-notify-on-stop"]
  ]
]

const misread: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: RegExp]> = [
  [["x", "--role", "r", "--task"], /^--task needs a value$/u],
  [["x", "--role"], /^--role needs a value$/u],
  [["x", "--urgnt"], /^--urgnt needs a value; did you mean --urgent\?$/u],
  [["x", "--role", "r", "--urgnt", "--task", "t"], /no use for the word t; did you mean --urgent\?$/u],
  [["x", "--task", "two", "words"], /no use for the word words$/u],
  [["x", "--", "y"], /no use for the word --$/u],
  [["x", "--task", "a", "--task=b"], /^--task is given twice$/u],
  [["x", "--urgent=1"], /^--urgent takes no value$/u],
  [["x", "--__proto__", "a"], /^--__proto__ is no name of a variable$/u],
  [["x", "--a.b=c"], /^--a\.b is no name of a variable$/u]
]

describe("the variables of a dispatch", () => {
  it("are all options that are not its own, with whatever follows them", () => {
    for (const [args, params, given] of read)
      assert.deepStrictEqual(parametersOf(args, options), { given, params }, args.join(" "))
  })

  it("that cannot be read are named", () => {
    for (const [args, says] of misread) {
      try {
        assert.fail(`${args.join(" ")}: ${JSON.stringify(parametersOf(args, options))}`)
      } catch (error) {
        assert.instanceOf(error, Misuse)
        assert.match(error instanceof Misuse ? error.message : "", says, args.join(" "))
      }
    }
  })

  it("leave the command its own", async () => {
    const { given, params } = parametersOf(["x", "--task", "--urgent", "--role=r", "--no-clear", "--json"], options)
    const Dispatch = await commands.dispatch()
    const found: object = parserOf(Dispatch).process(["dispatch", ...given], { afterDashes: [], params })
    assert.deepInclude(found, { session: "x", role: "r", urgent: false, noClear: true, json: true, dryRun: false })
    assert.deepStrictEqual(params, { task: "--urgent" })
  })
})

/** As the seed's README has them, `<…>` outside of quotes filled in, since a shell would take it for a redirection. */
const seed: ReadonlyArray<readonly [line: string, says: ReadonlyArray<string>]> = [
  [
    'sm dispatch engineer --role engineer --urgent --task "Implement ticket #123"',
    ["You are the engineer.", "\n\nImplement ticket #123\n\n"]
  ],
  [
    "sm dispatch architect --role architect --urgent --pr 456",
    ["You are the architect.", "Pull request to review: 456\n"]
  ],
  [
    'sm dispatch engineer-standby --role engineer --urgent --task "Implement ticket #123"',
    ["\n\nImplement ticket #123\n\n"]
  ],
  ["sm dispatch architect-standby --role architect --urgent --pr 456", ["Pull request to review: 456\n"]],
  [
    `sm dispatch scout-leak --role scout --urgent \\
  --task "Investigate <problem>. Write findings to docs/working/<name>.md. Do NOT fix code." \\
  --repo ../api`,
    [
      "You are the scout.",
      "\n\nInvestigate <problem>. Write findings to docs/working/<name>.md. Do NOT fix code.\n\nRepository: ../api\n"
    ]
  ],
  [
    `sm dispatch engineer-ticket7 --role engineer --urgent \\
  --task "Implement ticket #<N>. Read spec at docs/working/<spec>.md." \\
  --repo ../api --spec docs/working/7.md`,
    [
      "\n\nImplement ticket #<N>. Read spec at docs/working/<spec>.md.\n\n",
      "Specification, to be read first: docs/working/7.md\nRepository: ../api\n"
    ]
  ],
  [
    "sm dispatch architect-pr7 --role architect --urgent --pr 7 --repo ../api",
    ["Pull request to review: 7\nRepository: ../api\n"]
  ],
  ['sm dispatch x --role reviewer --task "..."', ["You are the reviewer.", "\n\n...\n\n"]]
]

describe("sm dispatch", () => {
  it.live("takes every line of the seed, from the templates that are nearest", () =>
    Effect.gen(function* () {
      const fake = JSON.stringify([process.execPath, join(import.meta.dirname, "../support/fake-agent.ts")])
      const { home, json, sm, taken, work } = yield* makeSmWith({
        plugins: `command({ kind: "clearing", run: ${fake}, ready: "^ready", busy: "^working", reports: true, clear: "/clear" })`
      })
      const shell = (line: string, cwd = work) =>
        run("bash", ["-c", `sm() { "$NODE" "$ENTRY" "$@"; }\n${line}`], {
          cwd,
          env: { SM_HOME: home, NODE: process.execPath, ENTRY: entry }
        })
      const shown = (line: string, cwd = work) =>
        Effect.map(shell(line, cwd), ({ code, stderr, stdout }) => {
          assert.deepStrictEqual([code, stderr], [0, ""], line)
          return stdout
        })

      for (const [line, says] of seed) {
        const text = yield* shown(`${line} --dry-run`)
        for (const words of says) assert.include(text, words, line)
        assert.include(text, 'sm send <unset> "done: ')
      }
      assert.deepStrictEqual(taken(), [])

      // Sent for good.
      const id = (yield* json("spawn", "clearing", "--name", "engineer"))["id"] as never as string
      const [line = ""] = seed[0] ?? []
      const sent = yield* shown(line)
      assert.match(
        sent,
        new RegExp(String.raw`^dispatched engineer to engineer \(${id}\), \w+: (m\w+) accepted\n`, "u")
      )
      const messageId = /m[0-9a-z]{15}/u.exec(sent)?.[0] ?? ""
      yield* json("send", "engineer", "last", "--wait=answered")
      const { status, text } = (yield* json("trace", messageId)) as never as Readonly<Record<string, string>>
      assert.deepStrictEqual([status, text?.includes("\n\nImplement ticket #123\n\n")], ["answered", true])

      // What is wrong is said, and exits as everything does.
      const wrong = (args: ReadonlyArray<string>, code: number, says: string) =>
        Effect.map(sm("dispatch", ...args), (result) => {
          assert.deepStrictEqual([result.code, result.stdout], [code, ""], result.stderr)
          assert.include(result.stderr, says)
        })
      yield* wrong(["engineer", "--task", "x"], 2, "dispatch needs --role")
      yield* wrong(["--role", "engineer"], 2, "dispatch needs <session>")
      yield* wrong(["engineer", "--role", "--task", "x"], 2, "no use for the word x")
      yield* wrong(["engineer", "--role", "--task"], 2, "--role needs a value, not --task")
      yield* wrong(["engineer", "-x", "--role", "r"], 2, "no use for the word -x")
      yield* wrong(["-x", "--role", "r"], 2, "no option -x")
      yield* wrong(["engineer", "--role", "enginer"], 1, "did you mean engineer?")
      yield* wrong(["engineer", "--role", "engineer", "--tsk", "x"], 2, "did you mean --task?")
      yield* wrong(["nobody", "--role", "engineer", "--task", "x"], 1, "there is no session nobody")
      assert.include((yield* sm("dispatch", "--help")).stdout, "--no-notify-on-stop")

      // The user's own, to be edited.
      const own = join(home, "config/dispatch_templates.yaml")
      assert.strictEqual((yield* sm("setup")).stdout, `wrote ${own}\n`)
      assert.strictEqual(
        readFileSync(own, "utf8"),
        readFileSync(join(import.meta.dirname, "../../templates/dispatch.yaml"), "utf8")
      )
      writeFileSync(own, "roles: { engineer: { template: 'Mine: {task}', required: [task] } }")
      const kept = yield* sm("setup")
      assert.deepStrictEqual([kept.code, kept.stdout.includes("left as it is")], [0, true])
      assert.strictEqual(yield* shown('sm dispatch x --role engineer --task="--a" --dry-run'), "Mine: --a\n")
      assert.deepStrictEqual((yield* json("setup", "--overwrite")) as object, { path: own, written: true })
      assert.include(yield* shown('sm dispatch x --role engineer --task "a" --dry-run'), "You are the engineer.")

      // The project's, found from below it.
      mkdirSync(join(work, ".sm"))
      mkdirSync(join(work, "src"))
      writeFileSync(
        join(work, ".sm/dispatch_templates.yaml"),
        "repo: { path: /here }\nroles: { judge: { template: 'In {repo.path}: {case-id}', optional: [case-id] } }"
      )
      const judged = yield* shown("sm dispatch x --role judge --case-id 7 --dry-run", join(work, "src"))
      assert.strictEqual(judged, "In /here: 7\n")
      const offered = (words: string) =>
        Effect.map(shown(`sm complete bash ${words}`), (lines) => lines.trim().split("\n"))
      assert.deepStrictEqual(yield* offered("sm dispatch --role ''"), [
        "judge",
        "engineer",
        "architect",
        "scout",
        "reviewer"
      ])
      assert.deepStrictEqual(yield* offered("sm dispatch x --role=j"), ["--role=judge"])
      assert.deepStrictEqual(yield* offered("sm dispatch x --role judge --c"), ["--case-id"])
      assert.deepStrictEqual(yield* offered("sm dispatch eng"), ["engineer"])
    }).pipe(Effect.scoped)
  )
})
