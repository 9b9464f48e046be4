/** Which file a role is taken from, and what is said of files that cannot be read. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Refusal } from "../../../src/gateway/Api.ts"
import { expand } from "../../../src/gateway/dispatch/Template.ts"
import { findRole, parse, PROJECT_FILE, RESERVED, rolesFrom } from "../../../src/gateway/dispatch/TemplateFile.ts"
import { parametersOf } from "../../../cli/Parameters.ts"
import { commands } from "../../../cli/commands/index.ts"
import { manualOf } from "../../../cli/Manual.ts"
import { temporary } from "../../support/TmuxTest.ts"

const put = (path: string, text: string): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
const role = (name: string, template: string) => `roles:\n  ${name}: { template: "${template}" }\n`

const setting = Effect.gen(function* () {
  const dir = yield* temporary("templates")
  const cwd = join(dir, "project/src/deep")
  mkdirSync(cwd, { recursive: true })
  const places = { user: join(dir, "config/dispatch_templates.yaml"), shipped: join(dir, "shipped.yaml") }
  put(places.shipped, `${role("engineer", "shipped")}  scout: { template: shipped }\n`)
  return { dir, cwd, places, project: join(dir, "project", PROJECT_FILE), deep: join(dir, "project/src", PROJECT_FILE) }
})

describe("a role", () => {
  it.live("is taken from the nearest file that has it", () =>
    Effect.gen(function* () {
      const { cwd, deep, places, project } = yield* setting
      const of = (name: string) => Effect.map(findRole(places, cwd, name), (found) => found.role.template)

      assert.strictEqual(yield* of("engineer"), "shipped")
      put(places.user, role("engineer", "user"))
      assert.strictEqual(yield* of("engineer"), "user")
      put(project, role("engineer", "project"))
      assert.strictEqual(yield* of("engineer"), "project")
      put(deep, role("judge", "deep"))
      assert.deepStrictEqual(
        [yield* of("engineer"), yield* of("judge"), yield* of("scout")],
        ["project", "deep", "shipped"]
      )
      put(deep, "# nothing yet\n")
      assert.strictEqual(yield* of("engineer"), "project")
      put(deep, "roles:\nrepo:\n")
      assert.strictEqual(yield* of("engineer"), "project")
      assert.deepStrictEqual(
        [...(yield* rolesFrom(places, cwd))].map(([name, { source }]) => [name, source]),
        [
          ["engineer", project],
          ["scout", places.shipped]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("knows the repository as the files from the directory to its own tell it, the nearest first", () =>
    Effect.gen(function* () {
      const { cwd, deep, places, project } = yield* setting
      put(deep, "repo: { path: /deep }\n")
      put(project, "repo: { path: /project, port: 80, fast: true }\n")
      put(places.user, `repo: { mine: yes }\n${role("judge", "user")}`)

      assert.deepStrictEqual(Object.fromEntries((yield* findRole(places, cwd, "judge")).repo), {
        path: "/deep",
        port: "80",
        fast: "true",
        mine: "yes"
      })
    }).pipe(Effect.scoped)
  )

  it.live("that no file has is named with those that there are", () =>
    Effect.gen(function* () {
      const { cwd, places, project } = yield* setting
      put(project, role("judge", "x"))
      const refused = (name: string) => Effect.flip(findRole(places, cwd, name))

      const { code, hint, message } = yield* refused("enginer")
      assert.deepStrictEqual(
        [code, message, hint],
        ["not-found", "there is no role enginer; did you mean engineer?", "roles from here: judge, engineer, scout"]
      )
      assert.strictEqual((yield* refused("constructor")).message, "there is no role constructor")
    }).pipe(Effect.scoped)
  )
})

const damaged: ReadonlyArray<readonly [text: string, says: RegExp]> = [
  ["roles: [", /^F: not YAML: /u],
  ["a: 1\na: 2", /^F: not YAML: Duplicate key 'a' at line 2$/u],
  ["- 1", /^F: Expected object/u],
  ["rolls: {}", /^F: rolls: Expected no excess property$/u],
  ["roles: 3", /^F: roles: Expected object/u],
  ["roles: { engineer: do it }", /^F: roles\.engineer: Expected object/u],
  ["roles: { engineer: {} }", /^F: roles\.engineer\.template: /u],
  ["roles: { engineer: { template: '' } }", /^F: roles\.engineer\.template: /u],
  ["roles: { engineer: { template: x, require: [a] } }", /^F: roles\.engineer\.require: Expected no excess property$/u],
  ["roles: { engineer: { template: x, required: task } }", /^F: roles\.engineer\.required: Expected array/u],
  [
    "roles: { engineer: { template: x, optional: ['a b'] } }",
    /^F: roles\.engineer\.optional\.0: a variable is .*"a b"$/u
  ],
  ["roles: { engineer: { template: x, optional: [dry-run] } }", /optional\.0: dry-run is an option of sm dispatch/u],
  ["repo: { path: [x] }", /^F: repo\.path: Expected string/u]
]

describe("a file that cannot be understood", () => {
  it("is refused in one sentence that names file and key", () => {
    for (const [text, says] of damaged) {
      const refused = parse("F", text)
      if (!(refused instanceof Refusal)) return assert.fail(text)
      assert.match(refused.message, says, text)
      assert.notInclude(refused.message, "\n")
      assert.include(refused.hint, "docs/dispatch.md")
    }
  })

  it.live("stops the dispatch, although a farther one has the role", () =>
    Effect.gen(function* () {
      const { cwd, places, project } = yield* setting
      const says = Effect.map(Effect.flip(findRole(places, cwd, "engineer")), ({ message }) => message)
      put(project, "roles: 3")
      assert.include(yield* says, `${project}: roles: `)

      put(project, `#${"x".repeat(1024 * 1024)}`)
      assert.strictEqual(yield* says, `${project}: it cannot be read: it is larger than 1048576 bytes`)
    }).pipe(Effect.scoped)
  )

  it.live("is never waited for: a pipe and a directory are no files", () =>
    Effect.gen(function* () {
      const { cwd, deep, places, project } = yield* setting
      mkdirSync(project, { recursive: true })
      assert.include((yield* Effect.flip(findRole(places, cwd, "engineer"))).message, "it is not a file")

      mkdirSync(dirname(deep), { recursive: true })
      execFileSync("mkfifo", [deep])
      assert.include(
        (yield* Effect.flip(findRole(places, cwd, "engineer"))).message,
        `${deep}: it cannot be read: it is not a file`
      )
    }).pipe(Effect.scoped)
  )
})

it("that the documentation shows does what it says there", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/dispatch.md"), "utf8")
  const file = parse("docs/dispatch.md", /```yaml\n(.*?)```/su.exec(page)?.[1] ?? "")
  const fixer = file instanceof Refusal ? undefined : file.roles.get("fixer")
  if (file instanceof Refusal || fixer === undefined) return assert.fail(JSON.stringify(file))
  assert.strictEqual(
    expand(fixer, file.repo, { issue: "7", "log-file": "/tmp/log" }, { id: "0a1b2c3d", name: "em" }),
    "em (0a1b2c3d) asks you to fix issue 7 in /src/api.\nThe log is in /tmp/log: read it first.\nRun npm test before you report."
  )
})

it("a variable may not be called as an option of the command is", async () => {
  const options = manualOf(await commands.dispatch()).options
  const own = options.flatMap(({ names }) => names).filter((name) => name !== "--role")
  assert.deepStrictEqual(
    own.filter((name) => !RESERVED.includes(name.slice(2).replaceAll("-", "_"))),
    []
  )
  assert.deepStrictEqual(parametersOf(["--role=x"], options).params, {})
})
