/** `sm em` and what follows from it, as the gateway answers. */
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Schema } from "effect"
import * as TestClock from "effect/testing/TestClock"
import * as Roster from "../../src/agents/Roster.ts"
import type { Broker } from "../../src/broker/Broker.ts"
import * as Directory from "../../src/broker/Directory.ts"
import { SessionId, SessionName } from "../../src/domain/Ids.ts"
import { SessionCard } from "../../src/domain/Session.ts"
import { verbs } from "../../src/gateway/Api.ts"
import { identify } from "../../src/gateway/Caller.ts"
import { neighbours, others } from "../../src/gateway/Members.ts"
import * as Repository from "../../src/gateway/Repository.ts"
import { spawn } from "../../src/gateway/SessionVerbs.ts"
import { em as makeEm, setStatus, taskComplete } from "../../src/gateway/TeamVerbs.ts"
import { children } from "../../src/gateway/ViewVerbs.ts"
import { eventually, HOST, moving, pass, type World, withWorld } from "../support/SessionTest.ts"
import { temporary } from "../support/TmuxTest.ts"

const kinds = Layer.succeed(Roster.Roster, {
  register: () => Effect.void,
  find: () => Effect.succeedNone,
  kinds: Effect.succeed(["scripted"])
})
const projections = Layer.mergeAll(Directory.layer, Repository.layer, kinds)
type Needs = Broker | Directory.Directory | Repository.Repository | Roster.Roster

const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Needs>) =>
  it.effect(title, () => withWorld((world) => Effect.provide(body(world), projections)))

/** As the broker says who calls, once the directory knows. */
const callerOf = (id: string) =>
  eventually(`the directory knows ${id}`, Effect.option(identify(id)).pipe(Effect.map(Option.getOrUndefined)))

const encodeCard = Schema.encodeSync(Schema.fromJsonString(SessionCard))

describe("sm em", () => {
  test("names, marks and enrols, says each step, and can be said again", (world) =>
    Effect.gen(function* () {
      const child = yield* world.another
      yield* world.spawn("lead")
      yield* child.spawn("eng", null, { parentId: world.id })
      const card = yield* child.is("idle")
      // A child that nobody can reach is a warning, not the end.
      yield* world.broker.putCard(
        "session.0000000f",
        encodeCard({
          ...card,
          id: SessionId.make("0000000f"),
          name: SessionName.make("lost"),
          createdAt: card.createdAt + 1
        })
      )
      yield* callerOf("0000000f")
      const caller = yield* callerOf(world.id)
      const first = yield* moving(makeEm({ name: "epic-987" }, caller))
      assert.strictEqual(first.name, "em-epic-987")
      assert.deepStrictEqual(
        first.steps.map(({ ok, text }) => `${ok} ${text}`),
        [
          "true name: em-epic-987 (00000001)",
          "true context: warnings at 50 % and 65 %",
          "true children: a digest every 210 s while one works; new ones are enrolled by themselves",
          "true eng (00000002): enrolled, context watched",
          "false lost (0000000f): not enrolled: session 0000000f does not exist"
        ]
      )
      const again = yield* callerOf(world.id)
      assert.isTrue(again.card?.em)
      assert.strictEqual((yield* moving(makeEm({}, again))).name, "em-epic-987")
      assert.strictEqual((yield* moving(makeEm({ name: "em-epic-987" }, again))).name, "em-epic-987")

      yield* child.send("go")
      yield* child.takes(1)
      yield* TestClock.adjust("210 seconds")
      yield* world.takes(1)
      assert.include(world.agent.prompts[0], "Child update: eng (00000002)")
    }))

  test("refuses a name that another session has, or that is none", (world) =>
    Effect.gen(function* () {
      const other = yield* world.another
      yield* world.spawn("lead")
      yield* other.spawn("em")
      const caller = yield* callerOf(world.id)
      const taken = yield* Effect.flip(moving(makeEm({}, caller)))
      assert.deepInclude(taken, { code: "name-taken", hint: "choose another: sm em <name>" })
      const odd = yield* Effect.flip(moving(makeEm({ name: "epic 987" }, caller)))
      assert.deepInclude(odd, { code: "invalid" })
      assert.isFalse((yield* world.describe).card.em)
    }))

  test("has whoever is spawned later enrolled from its first turn on", (world) =>
    Effect.gen(function* () {
      yield* world.spawn("lead")
      yield* moving(makeEm({}, yield* callerOf(world.id)))
      const caller = yield* callerOf(world.id)
      const spawned = yield* moving(
        spawn({ provider: "scripted", name: SessionName.make("eng"), prompt: "go", cwd: "/tmp" }, caller, HOST)
      )
      yield* pass(5)
      yield* TestClock.adjust("210 seconds")
      yield* world.takes(1)
      assert.include(world.agent.prompts[0], `Child update: eng (${spawned.id})`)
    }))
})

describe("sm children", () => {
  test("shows what each does and says, and those that are done", (world) =>
    Effect.gen(function* () {
      const [eng, qa] = [yield* world.another, yield* world.another]
      yield* world.spawn("lead")
      yield* eng.spawn("eng", null, { parentId: world.id })
      yield* qa.spawn("qa", null, { parentId: eng.id })
      for (const member of [world, eng, qa]) yield* member.is("idle")
      const lead = yield* callerOf(world.id)
      const names = (input: Parameters<typeof children>[0]) =>
        Effect.map(moving(children(input, lead)), (found) => found.map(({ name }) => String(name)))
      assert.deepStrictEqual(yield* names({}), ["eng"])
      assert.deepStrictEqual(yield* names({ recursive: true }), ["eng", "qa"])
      assert.deepStrictEqual(yield* names({ status: "running" }), [])
      yield* eng.send("go")
      yield* eng.takes(1)
      yield* eng.session.tell("Signalled", {
        id: "tool",
        at: 1,
        signal: { _tag: "ToolStarted", turn: "t1", tool: "Bash", detail: "npm test" }
      })
      yield* moving(setStatus({ text: " two\nlines " }, yield* callerOf(eng.id)))
      yield* pass(1)
      const [found] = yield* moving(children({ status: "running" }, lead))
      assert.strictEqual(found?.status?.text, "two lines")
      assert.deepStrictEqual(
        found?.actions.map(({ detail }) => detail),
        ["npm test"]
      )
      assert.deepStrictEqual(yield* names({ status: "completed" }), [])
      // Its parent is no EM, and is told all the same: it is the one who spawned it.
      const { told } = yield* moving(taskComplete({ note: "PR 456" }, yield* callerOf(eng.id)))
      assert.deepStrictEqual(told, ["lead"])
      yield* pass(1)
      assert.deepStrictEqual(yield* names({ status: "completed" }), ["eng"])
      yield* world.takes(1)
      assert.match(world.agent.prompts[0] ?? "", /^\[sm · \w+\] eng \(00000002\) completed its task\nPR 456$/u)
    }))
})

describe("sm who", () => {
  test("finds those in worktrees of the repository, in clones when asked, and nobody else", (world) =>
    Effect.gen(function* () {
      const root = yield* temporary("who")
      const git = (cwd: string, ...args: ReadonlyArray<string>) =>
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example", "-C", cwd, ...args], { stdio: "pipe" })
      for (const name of ["main", "clone", "elsewhere"]) mkdirSync(join(root, name))
      for (const name of ["main", "clone"]) {
        git(join(root, name), "init", "-q")
        git(join(root, name), "remote", "add", "origin", "git@example.com:api.git")
      }
      git(join(root, "main"), "commit", "-q", "--allow-empty", "-m", "first")
      git(join(root, "main"), "worktree", "add", "-q", join(root, "tree"))

      yield* world.spawn("main", null, { workingDir: join(root, "main") })
      const places = ["tree", "clone", "elsewhere"]
      for (const place of places) {
        const member = yield* world.another
        yield* member.spawn(place, null, { workingDir: join(root, place) })
        yield* callerOf(member.id)
      }
      const caller = yield* callerOf(world.id)
      // Real reads: virtual time stands still, for it would run out.
      const names = (clones: boolean, cwd?: string) =>
        Effect.map(neighbours(caller, cwd, clones), (found) => found.map(({ name }) => String(name)))
      assert.deepStrictEqual(yield* names(false), ["tree"])
      assert.deepStrictEqual(yield* names(true), ["tree", "clone"])
      assert.deepStrictEqual(yield* names(false, join(root, "elsewhere")), ["tree", "elsewhere"])
      const person = { name: "human", card: undefined }
      const all = yield* others({ cwd: join(root, "tree") }, person)
      assert.deepStrictEqual(
        all.map(({ name }) => String(name)),
        ["main", "tree"]
      )
      assert.isTrue(Schema.is(verbs.others.output)(all))
    }).pipe(Effect.scoped))
})
