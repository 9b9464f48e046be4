/** How approvals are kept: recorded once, answered once, reminded of, ended by policy. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Option, Schema } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Approvals } from "../../src/actors/approvals/Approvals.ts"
import { Monitor } from "../../src/actors/monitor/Monitor.ts"
import { type Approval, ApprovalId } from "../../src/domain/Approval.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import { type ApprovalPolicy, approvalDefaults, ApprovalRules } from "../../src/domain/ApprovalPolicy.ts"
import { decodeRecord } from "../../src/gateway/Feed.ts"
import { approvalId, askedFor } from "../support/Asked.ts"
import { eventually, HOST, moving, pass, type World, withWorld } from "../support/SessionTest.ts"

const keeper = ref(Approvals, SWARM, "main")

const ask = (world: World, letter: string, more: Partial<Approval> = {}, verdict: boolean | null = null) =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const approval = askedFor({ id: approvalId(letter), session: world.id, host: HOST, at, ...more })
    const said = verdict === null ? null : { allow: verdict, by: "config.yaml (x)" }
    return yield* moving(keeper.ask("Ask", { approval, verdict: said }))
  })
const answer = (letter: string, allow = true, by = "human", reason: string | null = null) =>
  moving(keeper.ask("Answer", { id: approvalId(letter), allow, by, reason }))
const open = Effect.map(moving(keeper.ask("Describe", {})), (state) => state.open.map((each) => String(each.id)))
const outcome = (letter: string) =>
  Effect.map(moving(keeper.ask("Find", { id: approvalId(letter) })), (found) => found?.outcome ?? undefined)
/** What the public was told of approvals of the first session. */
const told = (world: World) =>
  Effect.map(world.broker.facts("session", world.id), (facts) =>
    facts.flatMap(({ body }) => {
      const event = Option.getOrUndefined(decodeRecord(body))?.event
      if (event?._tag === "ApprovalAsked") return [`asked ${event.approval.id}`]
      return event?._tag === "ApprovalAnswered" ? [`${event.approval.outcome?.what} ${event.approval.id}`] : []
    })
  )
const notices = Effect.map(moving(ref(Monitor, HOST, HOST).ask("Describe", {})), (all) =>
  all.filter(({ cause }) => cause.startsWith("approval"))
)

const test = (title: string, body: Parameters<typeof withWorld>[0], policy: Partial<ApprovalPolicy> = {}) =>
  it.effect(title, () =>
    Effect.provideService(
      withWorld((world) => Effect.andThen(world.spawn("x"), body(world)), { lease: 600_000 }),
      ApprovalRules,
      { ...approvalDefaults, ...policy }
    )
  )

describe("an approval", () => {
  test("is recorded once, over restarts, and answered once: who comes second learns who was first", (world) =>
    Effect.gen(function* () {
      yield* ask(world, "1")
      yield* world.stop
      yield* world.boot
      yield* ask(world, "1", { detail: "told again" })
      assert.deepStrictEqual(yield* open, [approvalId("1")])
      const results = yield* moving(
        Effect.forEach(
          ["ann", "ben", "cid"],
          (by, at) => Effect.result(keeper.ask("Answer", { id: approvalId("1"), allow: at === 0, by, reason: null })),
          { concurrency: "unbounded" }
        )
      )
      const won = results.filter(({ _tag }) => _tag === "Success")
      assert.strictEqual(won.length, 1)
      const winner = (yield* outcome("1"))?.by
      for (const result of results) {
        if (result._tag === "Success") assert.strictEqual(result.success.outcome?.by, winner)
        else assert.deepInclude(result.failure, { _tag: "AlreadyAnswered" })
      }
      assert.deepStrictEqual(yield* open, [])
      assert.strictEqual((yield* ask(world, "1")).outcome?.by, winner, "asked again it has its answer")
      assert.strictEqual((yield* told(world)).length, 2)
      const unknown = yield* Effect.flip(answer("9"))
      assert.strictEqual(unknown._tag, "NoSuchApproval")
    }))

  test("keeps a person's answer when the session finds its dialog gone, and has none but that otherwise", (world) =>
    Effect.gen(function* () {
      for (const letter of ["1", "2", "3"]) yield* ask(world, letter)
      yield* answer("1", false, "human", "no")
      yield* moving(
        keeper.ask("Settled", { ids: [approvalId("1"), approvalId("2")], what: "answered-in-pane", why: "gone" })
      )
      yield* moving(keeper.ask("Settled", { ids: [approvalId("3")], what: "void", why: "cleared" }))
      assert.deepInclude(yield* outcome("1"), { what: "denied", by: "human", reason: "no" })
      assert.deepInclude(yield* outcome("2"), { what: "answered-in-pane", by: "somebody in the pane" })
      assert.deepInclude(yield* outcome("3"), { what: "void", reason: "cleared" })
      assert.strictEqual((yield* Effect.flip(answer("2")))._tag, "AlreadyAnswered")
    }))

  test("is answered by a rule before anybody is asked; one that denies goes first", (world) =>
    Effect.gen(function* () {
      const rule = { effect: "allow", tool: "Bash", glob: "npm *", repo: null, role: null, until: null } as const
      const made = yield* moving(keeper.ask("AddRule", { rule, by: "human" }))
      assert.strictEqual((yield* moving(keeper.ask("AddRule", { rule, by: "human" }))).number, made.number)
      assert.deepInclude((yield* ask(world, "1")).outcome, { what: "allowed", by: "rule 1 (allow Bash: npm *)" })
      assert.deepInclude((yield* ask(world, "2", {}, false)).outcome, { what: "denied", by: "config.yaml (x)" })
      assert.isNull((yield* ask(world, "3", { subject: "npm test; rm x" })).outcome)
      assert.deepStrictEqual(yield* told(world), [
        `asked ${approvalId("1")}`,
        `allowed ${approvalId("1")}`,
        `asked ${approvalId("2")}`,
        `denied ${approvalId("2")}`,
        `asked ${approvalId("3")}`
      ])
      const short = { ...rule, glob: "make", until: (yield* Clock.currentTimeMillis) + 60_000 }
      yield* moving(keeper.ask("AddRule", { rule: short, by: "human" }))
      assert.isNotNull((yield* ask(world, "4", { subject: "make" })).outcome)
      yield* pass(61)
      assert.isNull((yield* ask(world, "5", { subject: "make" })).outcome)
      yield* moving(keeper.ask("ForgetRule", { number: 1 }))
      assert.isNull((yield* ask(world, "6")).outcome)
      assert.strictEqual((yield* Effect.flip(moving(keeper.ask("ForgetRule", { number: 1 }))))._tag, "NoSuchRule")
    }))

  test("that asks for words can only be refused from afar", (world) =>
    Effect.gen(function* () {
      yield* ask(world, "1", { kind: "question", tool: "AskUserQuestion" })
      assert.strictEqual((yield* Effect.flip(answer("1")))._tag, "NeedsWords")
      assert.strictEqual((yield* answer("1", false)).outcome?.what, "denied")
    }))

  test(
    "is reminded of with growing emphasis until it is answered, and what was missed is said once",
    (world) =>
      Effect.gen(function* () {
        yield* ask(world, "1")
        const severities = Effect.map(notices, (all) => all.map(({ severity }) => severity))
        assert.deepStrictEqual(yield* severities, [])
        yield* TestClock.adjust("11 seconds")
        yield* eventually(
          "first",
          Effect.map(severities, (all) => (all.at(-1) === "attention" ? true : undefined))
        )
        assert.match(
          (yield* notices)[0]?.text ?? "",
          /^has waited 1\ds for permission: x \(00000001\): Bash: npm test; sm approve a0000001, or sm deny a0000001$/u
        )
        yield* TestClock.adjust("10 seconds")
        yield* eventually(
          "second",
          Effect.map(severities, (all) => (all.at(-1) === "problem" ? true : undefined))
        )
        assert.strictEqual((yield* notices).length, 2)
        yield* ask(world, "2")
        yield* world.stop
        yield* TestClock.adjust("10 minutes")
        yield* world.boot
        yield* eventually(
          "all",
          Effect.map(severities, (all) => (all.length === 4 ? true : undefined))
        )
        assert.deepStrictEqual(
          (yield* severities).filter((severity) => severity === "critical").length,
          2,
          "each with its last"
        )
        yield* answer("1")
        yield* answer("2")
        yield* eventually(
          "over",
          Effect.map(notices, (all) => (all.length === 0 ? true : undefined))
        )
      }),
    { escalate: [10, 20, 30] }
  )

  const expiring = { expire: 30, escalate: [] }
  test(
    "is refused by policy when its time is over",
    (world) =>
      Effect.gen(function* () {
        yield* ask(world, "1")
        yield* TestClock.adjust("29 seconds")
        assert.deepStrictEqual(yield* open, [approvalId("1")])
        yield* TestClock.adjust("2 seconds")
        yield* eventually("refused", outcome("1"))
        const why = { what: "denied", by: "approvals.expire", reason: "nobody answered within 30s" } as const
        assert.deepInclude(yield* outcome("1"), why)
      }),
    expiring
  )
  test(
    "is left to its dialog when its time is over, if so configured",
    (world) =>
      Effect.gen(function* () {
        yield* ask(world, "1")
        yield* TestClock.adjust("31 seconds")
        yield* eventually("expired", outcome("1"))
        assert.strictEqual((yield* outcome("1"))?.what, "expired")
      }),
    { ...expiring, expire_as: "leave" }
  )

  test("of one who asks without end pushes out no one else's", (world) =>
    Effect.gen(function* () {
      yield* ask(world, "x")
      const flood = (n: number) => ApprovalId.make(`b${n}`.padEnd(8, "0").replace("b", "a"))
      const other = SessionId.make("0000000f")
      yield* Effect.forEach(
        Array.from({ length: 505 }, (_, n) => n + 1000),
        (n) => ask(world, "x", { id: flood(n), session: other }),
        { discard: true }
      )
      const left = yield* open
      assert.strictEqual(left.length, 500)
      assert.strictEqual(left[0], approvalId("x"))
      assert.strictEqual((yield* moving(keeper.ask("Find", { id: flood(1000) })))?.outcome?.what, "expired")
    }))

  it("has an id that a person can type", () => {
    assert.isTrue(Schema.is(ApprovalId)("a000000z"))
    assert.isFalse(Schema.is(ApprovalId)("b000000z"))
  })
})
