/** What a hook asks, what it is answered, and what a person may say of it. */
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Option } from "effect"
import * as Directory from "../../../src/broker/Directory.ts"
import { type ApprovalPolicy, approvalDefaults, ApprovalRules } from "../../../src/domain/ApprovalPolicy.ts"
import {
  approvalRules,
  approvals,
  approve,
  deny,
  forgetApprovalRule,
  makeApprovalRule
} from "../../../src/gateway/approvals/ApprovalVerbs.ts"
import { awaitAnswer } from "../../../src/gateway/approvals/Asking.ts"
import { identify } from "../../../src/gateway/Caller.ts"
import * as Feed from "../../../src/gateway/Feed.ts"
import * as Repository from "../../../src/gateway/Repository.ts"
import { signal } from "../../../src/gateway/hooks/SignalVerbs.ts"
import { eventually, HOST, moving, pass, type World, withWorld } from "../../support/SessionTest.ts"
import { temporary } from "../../support/TmuxTest.ts"

const person = { name: "human", card: undefined }
const projections = Layer.mergeAll(Directory.layer, Feed.layer, Repository.layer)
const event = "PermissionRequest"

const callerOf = (id: string) =>
  eventually(`the directory knows ${id}`, Effect.option(identify(id)).pipe(Effect.map(Option.getOrUndefined)))

/** As the hook reports. */
const report = (world: World, id: string, command: string, more: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const caller = yield* callerOf(world.id)
    const payload = { tool_name: "Bash", tool_input: { command }, prompt_id: "t1", ...more }
    const at = yield* Clock.currentTimeMillis
    return yield* moving(signal({ id, at, provider: "scripted", event, payload }, caller))
  })
const waits = (world: World, id: string, timeoutMs = 20_000) =>
  Effect.flatMap(callerOf(world.id), (caller) => awaitAnswer({ report: id, event, timeoutMs }, caller))
const open = Effect.map(moving(approvals({})), (found) => found.open)
const said = (behavior: object) => JSON.stringify({ hookSpecificOutput: { hookEventName: event, decision: behavior } })

const test = (title: string, body: (world: World) => ReturnType<Body>, policy: Partial<ApprovalPolicy> = {}) =>
  it.effect(title, () =>
    Effect.provideService(
      withWorld((world) =>
        Effect.gen(function* () {
          world.agent.asking = "beside"
          yield* world.spawn("x")
          yield* world.send("work")
          yield* world.is("working")
          yield* body(world)
        }).pipe(Effect.scoped, Effect.provide(projections))
      ),
      ApprovalRules,
      { ...approvalDefaults, ...policy }
    )
  )
type Body = () => Effect.Effect<
  void,
  unknown,
  | Directory.Directory
  | Feed.Feed
  | Repository.Repository
  | Effect.Services<ReturnType<Parameters<typeof withWorld>[0]>>
  | import("effect").Scope.Scope
>

describe("a hook that asks leave", () => {
  test("is kept before its session knows, and hears the answer, also when it asks again", (world) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* report(world, "r1", "touch a"), { say: null, again: false, asked: true })
      yield* world.is("waiting-permission")
      const waiting = yield* Effect.forkChild(waits(world, "r1"))
      yield* pass(1)
      const [one] = yield* open
      assert.deepInclude(one, { tool: "Bash", detail: "touch a", subject: "touch a", from: "hook", name: "x" })
      assert.deepStrictEqual(yield* report(world, "r1", "touch a"), { say: null, again: false, asked: true })
      assert.strictEqual((yield* open).length, 1)
      yield* moving(approve({ id: one?.id ?? "" }, person))
      const heard = { say: said({ behavior: "allow" }), over: true }
      assert.deepStrictEqual(yield* moving(Fiber.join(waiting)), heard)
      assert.deepStrictEqual(yield* moving(waits(world, "r1")), heard)
      assert.deepStrictEqual(yield* report(world, "r1", "touch a"), { say: heard.say, again: false, asked: false })
    }))

  test("is told why it is refused", (world) =>
    Effect.gen(function* () {
      yield* report(world, "r1", "touch a")
      yield* moving(deny({ id: "x", reason: "not on a Friday" }, person))
      const message = "Denied by the person: not on a Friday"
      assert.strictEqual((yield* moving(waits(world, "r1"))).say, said({ behavior: "deny", message }))
    }))

  test("ends without a word when it was answered in the pane, and waits on while nobody has answered", (world) =>
    Effect.gen(function* () {
      world.agent.ask("Bash: touch a")
      yield* report(world, "r1", "touch a")
      assert.deepStrictEqual(yield* moving(waits(world, "r1", 500)), { say: null, over: false })
      yield* world.is("waiting-permission")
      world.agent.show("working")
      assert.deepStrictEqual(yield* moving(waits(world, "r1")), { say: null, over: true })
      assert.deepStrictEqual(yield* moving(waits(world, "unheard of", 500)), { say: null, over: false })
    }))

  test(
    "is let go after a while where the dialog comes only behind it",
    (world) =>
      Effect.gen(function* () {
        world.agent.asking = "after"
        yield* report(world, "r1", "touch a")
        const before = yield* Clock.currentTimeMillis
        assert.deepStrictEqual(yield* moving(waits(world, "r1")), { say: null, over: true })
        assert.isAtMost((yield* Clock.currentTimeMillis) - before, 6100)
        assert.strictEqual((yield* open).length, 1, "its dialog is answered by keys")
      }),
    { hold: 5 }
  )

  test("is let go for whoever attaches, where the dialog comes only behind it", (world) =>
    Effect.gen(function* () {
      world.agent.asking = "after"
      yield* report(world, "r1", "touch a")
      const waiting = yield* Effect.forkChild(waits(world, "r1", 60_000))
      yield* pass(20)
      assert.isUndefined(waiting.pollUnsafe())
      yield* world.panes.human(world.id, "")
      assert.deepStrictEqual(yield* moving(Fiber.join(waiting)), { say: null, over: true })
    }))

  test("hears nothing of what another asked", (world) =>
    Effect.gen(function* () {
      const other = yield* world.another
      yield* other.spawn("y")
      yield* report(world, "r1", "touch a")
      yield* moving(approve({ id: "x" }, person))
      const caller = yield* callerOf(other.id)
      const heard = yield* moving(awaitAnswer({ report: "r1", event, timeoutMs: 300 }, caller))
      assert.deepStrictEqual(heard, { say: null, over: false })
    }))

  test("takes no other session's question for its own, whatever id it reports under", (world) =>
    Effect.gen(function* () {
      const other = yield* world.another
      other.agent.asking = "beside"
      yield* other.spawn("y")
      world.agent.ask("Bash: touch a")
      yield* report(world, "r1", "touch a")
      const caller = yield* callerOf(other.id)
      const payload = { tool_name: "Bash", tool_input: { command: "touch b" } }
      const at = yield* Clock.currentTimeMillis
      const forged = signal({ id: "r1", at, provider: "scripted", event, payload }, caller)
      assert.deepInclude(yield* Effect.flip(moving(forged)), { code: "not-allowed" })
      yield* pass(10)
      assert.deepStrictEqual(
        (yield* open).map(({ detail }) => detail),
        ["touch a"],
        "it is not over for the one that asked"
      )
    }))

  test("is of now when its report claims to be of later", (world) =>
    Effect.gen(function* () {
      const caller = yield* callerOf(world.id)
      const payload = { tool_name: "Bash", tool_input: { command: "touch a" }, prompt_id: "t1" }
      yield* moving(signal({ id: "r1", at: 1e300, provider: "scripted", event, payload }, caller))
      yield* pass(1)
      const now = yield* Clock.currentTimeMillis
      for (const { at } of yield* open) assert.isAtMost(at, now)
      assert.strictEqual((yield* open).length, 1)
    }))

  test("is kept in few bytes, whatever it says", (world) =>
    Effect.gen(function* () {
      yield* report(world, "r1", "\u0001".repeat(4000), { tool_name: "x".repeat(5000), cwd: `/${"y".repeat(9000)}` })
      yield* report(world, "r2", "\u0001".repeat(4000))
      const kept = yield* open
      assert.strictEqual(kept.length, 2)
      for (const each of kept) assert.isBelow(JSON.stringify(each).length, 8000)
      assert.isNull(kept[1]?.subject)
    }))

  test(
    "is answered by a rule of the configuration at once, and holds nobody up",
    (world) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* report(world, "r1", "npm test -- one"), {
          say: said({ behavior: "allow" }),
          again: false,
          asked: false
        })
        const denied = yield* report(world, "r2", "git push --force")
        assert.include(denied.say, "Denied by config.yaml (deny Bash: *--force*)")
        assert.deepInclude(yield* report(world, "r3", "npm test; rm -rf ."), { say: null, again: false, asked: true })
        assert.strictEqual((yield* moving(approvals({ all: true }))).answered.length, 2)
      }),
    {
      rules: [
        { allow: "npm test*", tool: "Bash" },
        { deny: "*--force*", tool: "Bash" }
      ]
    }
  )
})

describe("a person", () => {
  test("names an approval by its id, or by the session that waits for one only, and learns who was faster", (world) =>
    Effect.gen(function* () {
      const refused = (id: string, which: typeof approve = approve) => Effect.flip(moving(which({ id }, person)))
      assert.deepInclude(yield* refused("x"), {
        code: "wrong-state",
        message: "x (00000001) waits for no approval: it is working"
      })
      assert.deepInclude(yield* refused("nobody"), { code: "not-found" })
      assert.deepInclude(yield* refused("a0000009"), { code: "not-found" })
      yield* report(world, "r1", "touch a")
      yield* report(world, "r2", "touch b")
      assert.deepInclude(yield* refused("x"), { code: "ambiguous" })
      const [one, two] = yield* open
      yield* moving(approve({ id: one?.id ?? "" }, person))
      yield* pass(2)
      const late = yield* refused(one?.id ?? "", deny)
      assert.match("message" in late ? late.message : "", /^a\w{7} of x was allowed by human 2s ago$/u)
      assert.strictEqual((yield* moving(deny({ id: "x" }, person))).approval.id, two?.id)
      yield* report(world, "r3", "", { tool_name: "AskUserQuestion" })
      assert.deepInclude(yield* refused("x"), { code: "wrong-state" })
    }))

  test("names a session although its name could be an approval's id", (world) =>
    Effect.gen(function* () {
      const other = yield* world.another
      yield* other.spawn("analyst1")
      yield* callerOf(other.id)
      assert.deepInclude(yield* Effect.flip(moving(approve({ id: "analyst1" }, person))), { code: "wrong-state" })
    }))

  test("makes a rule of an answer: this very command, in this repository", (world) =>
    Effect.gen(function* () {
      const root = yield* temporary("approvals")
      for (const name of ["one", "two"]) {
        mkdirSync(join(root, name))
        execFileSync("git", ["init", "-q", join(root, name)])
      }
      const [one, two] = [join(root, "one"), join(root, "two")]
      // Real reads, while virtual time stands still: it would run out.
      const repository = yield* Repository.Repository
      const read = Effect.forEach([one, two], repository.of)
      const allowed = (id: string, command: string, cwd: string) =>
        Effect.andThen(
          read,
          Effect.map(report(world, id, command, { cwd }), ({ say }) => say !== null)
        )
      yield* allowed("r1", "ls *.ts", one)
      const { rule } = yield* moving(approve({ id: "x", always: true }, person))
      assert.deepInclude(rule, { effect: "allow", glob: String.raw`ls \*.ts`, number: 1, role: null })
      assert.isTrue(yield* allowed("r2", "ls *.ts", one))
      assert.isFalse(yield* allowed("r3", "ls *.ts", two))
      assert.isFalse(yield* allowed("r4", "ls x.ts", one))
      const wide = { effect: "deny", glob: "ls*", repo: two, role: "engineer", forMs: 60_000 } as const
      yield* read
      const made = yield* moving(makeApprovalRule(wide, person, HOST))
      assert.deepInclude(made, { tool: "Bash", role: "engineer", repo: { host: HOST, root: join(two, ".git") } })
      assert.deepStrictEqual(
        (yield* moving(approvalRules(HOST))).map(({ number }) => number),
        [1, 2]
      )
      yield* moving(forgetApprovalRule({ number: 1 }))
      assert.isFalse(yield* allowed("r5", "ls *.ts", one))
      const gone = yield* Effect.flip(moving(forgetApprovalRule({ number: 1 })))
      assert.deepInclude(gone, { code: "not-found" })
    }))
})
