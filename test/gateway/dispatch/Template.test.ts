/** What becomes of a template, line by line, and what is wrong with it or with what was given. */
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { Refusal } from "../../../src/gateway/Api.ts"
import { expand, headline, type Role } from "../../../src/gateway/dispatch/Template.ts"

const em = { id: "0a1b2c3d", name: "em-epic" }
const roleOf = (template: string, required: ReadonlyArray<string> = []): Role => ({
  name: "engineer",
  template,
  required,
  optional: ["task", "pr", "spec", "scout_id"],
  anyOf: [],
  source: "/x/dispatch_templates.yaml"
})
const repo = new Map([
  ["path", "/src/x"],
  ["pr_target", "main"],
  ["test-command", "npm test"]
])

type Params = Readonly<Record<string, string>>

const texts: ReadonlyArray<
  readonly [title: string, template: string, params: Params, text: string, em?: null | undefined]
> = [
  ["stands where it was named", "Do {task} now.", { task: "this" }, "Do this now."],
  ["several times and next to others", "{task}{pr} {task}", { task: "a", pr: "1" }, "a1 a"],
  ["may be written with either dash", "{scout-id} {scout_id}", { "scout-id": "7" }, "7 7"],
  ["may hold lines", "Task:\n{task}\nend", { task: "one\n\ntwo" }, "Task:\none\n\ntwo\nend"],
  [
    "is text: braces in it stay",
    "Do {task}.",
    { task: "{pr} {x} {{task}} {?spec} $& $1" },
    "Do {pr} {x} {{task}} {?spec} $& $1."
  ],
  ["comes from the caller", "{em_name} is {em_id}; you are {role}", {}, "em-epic is 0a1b2c3d; you are engineer"],
  ["comes from repo:", "cd {repo.path}; {repo.test-command} {repo.pr_target}", {}, "cd /src/x; npm test main"],
  ["not given is empty within a line", "Do {task} for {pr}.", { task: "x" }, "Do x for ."],
  ["not given takes its own line along", "a\n{task}\nb", {}, "a\nb"],
  ["not given takes its label along", "a\nThe task, if any: {task}\nb", {}, "a\nb"],
  ["not given takes bullet and marks along", "a\n  - `{task}`\n* PR: <{pr}>.\nb", {}, "a\nb"],
  ["blank is not given", "a\nTask: {task}\nb", { task: " \n" }, "a\nb"],
  ["keeps a label when one of two is given", "PR: {pr} {task}", { pr: "4" }, "PR: 4 "],
  ["keeps a label that has none", "Task:\n{task}", {}, "Task:"],
  ["leaves no gap where paragraphs were", "a\n\n{task}\n\nPR: {pr}\n\nb\n", {}, "a\n\nb"],
  ["leaves no gap at the ends", "{task}\n\na\n\n{pr}\n", {}, "a"],
  ["leaves other blank lines alone", "{task}\na\n\n\nb", {}, "a\n\n\nb"],
  ["leaves the blank line behind it when something stands above", "a\n{task}\n\nb", {}, "a\n\nb"],
  ["guards a line", "{?pr}Review it.\n{?task}Do it.", { pr: "4" }, "Review it."],
  ["guards a line several times", "{?pr}{?task} - {pr} {task}\n{?pr} - {pr}", { pr: "4" }, "- 4"],
  ["guards behind an indentation, which stays", "a\n  {?pr}- x", { pr: "4" }, "a\n  - x"],
  ["is not there for a person", "EM: {em_id}\n{?em_name}tell {em_name}\nwork", {}, "work", null],
  [
    "can be written about",
    "{{task}} is {task}; {{?pr}}, {{repo.path}}",
    { task: "x" },
    "{task} is x; {?pr}, {repo.path}"
  ],
  ["is nothing else in braces", '{ "a": {} } {1} {a b} {é} {', { pr: "1" }, '{ "a": {} } {1} {a b} {é} {'],
  ["reads files of Windows", "a\r\n{task}\r\nb", {}, "a\nb"],
  ["adds extra at the end", "a\n", { extra: "more" }, "a\nmore"],
  ["puts extra where it has a place", "a\n{extra}\nb", { extra: "more" }, "a\nmore\nb"],
  ["is only extra", "{task}", { extra: "more" }, "more"]
]

describe("a variable of a template", () => {
  for (const [title, template, params, text, caller = em] of texts)
    it(title, () => assert.strictEqual(expand(roleOf(template), repo, params, caller ?? undefined), text))

  it("carries any value as it is", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ unit: fc.constantFrom("{", "}", "?", "task", "pr", "$", "&", "\n") }),
        (a, b) => {
          for (const value of [a, b].filter((one) => one.trim() !== ""))
            assert.strictEqual(expand(roleOf("<{task}>"), repo, { task: value }, em), `<${value}>`)
        }
      )
    )
  })
})

const wrong: ReadonlyArray<
  readonly [title: string, role: Role, params: Params, message: RegExp, hint: RegExp, em?: null | undefined]
> = [
  [
    "uses what it does not list",
    roleOf("{task} {tsk} {other-one} {tsk}"),
    { task: "x" },
    /^the template of engineer \(\/x\/dispatch_templates\.yaml\) uses \{tsk\}, \{other_one\}, which is neither required, optional nor built in$/u,
    /list it under required: or optional:; \{\{tsk\}\}/u
  ],
  ["uses it in a guard", roleOf("{?tsk} x"), {}, /uses \{tsk\}/u, /required/u],
  [
    "uses a key that repo: lacks",
    roleOf("{repo.nope}"),
    {},
    /uses \{repo\.nope\}, which its repo: map/u,
    /define nope/u
  ],
  ["guards in the middle", roleOf("a {?pr} b"), {}, /has \{\?pr\} within a line/u, /at the beginning/u],
  [
    "does not take it",
    roleOf("x"),
    { tsk: "y" },
    /^engineer takes no --tsk; did you mean --task\?$/u,
    /takes --task, --pr, --spec, --scout-id, --extra \(\/x/u
  ],
  ["does not take what objects inherit", roleOf("x"), { constructor: "y" }, /takes no --constructor$/u, /--task/u],
  ["is given the same twice", roleOf("x"), { "scout-id": "1", scout_id: "2" }, /--scout-id is given twice/u, /once/u],
  ["fills it in itself", roleOf("x"), { "em-id": "y" }, /--em-id is not for you to give/u, /leave/u],
  [
    "lacks what it needs",
    roleOf("{issue} {who}", ["issue", "who"]),
    { who: " " },
    /^engineer needs --issue, --who \(/u,
    /--issue, --who, --task/u
  ],
  ["needs a session", roleOf("{em_id}", ["em_id"]), {}, /by a session only/u, /agent/u, null],
  [
    "is given nothing to do",
    { ...roleOf("Well: {task} {pr}"), anyOf: ["task", "pr"] },
    { task: " ", spec: "x" },
    /^engineer is given nothing to do \(/u,
    /at least one of --task, --pr$/u
  ],
  ["comes to nothing", roleOf("{task}\n"), {}, /comes to nothing/u, /more/u]
]

describe("a dispatch is refused when its template", () => {
  for (const [title, role, params, message, hint, caller = em] of wrong)
    it(title, () => {
      const refused = expand(role, repo, params, caller ?? undefined)
      if (!(refused instanceof Refusal)) return assert.fail(`it said: ${refused}`)
      assert.strictEqual(refused.code, "invalid")
      assert.match(refused.message, message)
      assert.match(refused.hint, hint)
    })
})

it("a job in a few words is its task, or what else was given", () => {
  const of = (params: Params) => headline(roleOf("x"), params)
  assert.strictEqual(of({ pr: "4", task: " Build it\nwell" }), "Build it")
  assert.strictEqual(of({ pr: "4", "scout-id": "s", spec: " " }), "pr 4, scout_id s")
  assert.strictEqual(of({ task: "x".repeat(200) }), `${"x".repeat(119)}…`)
  assert.strictEqual(of({ task: " " }), "engineer")
})
