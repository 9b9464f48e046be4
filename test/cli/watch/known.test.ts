/** How the dashboard learns from lists, cards and facts. */
import { assert, describe, it } from "@effect/vitest"
import { approvalOf, type Known, learnCard, learnFact, learnList, NOTHING } from "../../../cli/watch/Known.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { approval, card, idOf, lease, notice, NOW, waiting } from "./Cards.ts"

const told = (...facts: ReadonlyArray<Event>): Known =>
  facts.reduce((known, fact) => learnFact(known, fact, NOW), NOTHING)
const id = card(1, "one").id
const asked = approval("a0000001", 1, "one")
const seen = notice("idle 1", "one is idle", { session: id })
const held = lease("l000000000000001", 1, "one")
const waits = waiting("l000000000000002", 2, "two")

describe("what the dashboard knows", () => {
  const cases: ReadonlyArray<readonly [what: string, known: Known, is: Partial<Known>]> = [
    [
      "the last action",
      told({ _tag: "ToolUsed", id, tool: "Bash", detail: "a" }, { _tag: "ToolUsed", id, tool: "Read", detail: "b" }),
      { did: new Map([[id, { at: NOW, tool: "Read", detail: "b" }]]) }
    ],
    [
      "nothing of a context that was cleared",
      told({ _tag: "ToolUsed", id, tool: "Bash", detail: "a" }, { _tag: "SessionCleared", id }),
      { did: new Map() }
    ],
    [
      "a question, once",
      told({ _tag: "ApprovalAsked", id, approval: asked }, { _tag: "ApprovalAsked", id, approval: asked }),
      { approvals: [asked] }
    ],
    [
      "no question that is answered",
      told({ _tag: "ApprovalAsked", id, approval: asked }, { _tag: "ApprovalAnswered", id, approval: asked }),
      { approvals: [] }
    ],
    [
      "a notice, its newest words",
      told({ _tag: "Noticed", id: "x", notice: notice("idle 1", "old") }, { _tag: "Noticed", id: "x", notice: seen }),
      { notices: [seen] }
    ],
    [
      "no notice that is over",
      told({ _tag: "Noticed", id: "x", notice: seen }, { _tag: "NoticeOver", id: "x", cause: "idle 1", why: "" }),
      { notices: [] }
    ],
    [
      "a lease instead of waiting for it",
      told(
        { _tag: "LeaseAwaited", id: "x", waiting: waits, behind: [] },
        { _tag: "LeaseGranted", id: "x", lease: { ...held, ticket: waits.ticket } }
      ),
      { leases: [{ ...held, ticket: waits.ticket }], waiting: [] }
    ],
    [
      "no lease that has ended",
      told(
        { _tag: "LeaseGranted", id: "x", lease: held },
        { _tag: "LeaseEnded", id: "x", ticket: held.ticket, holder: "", why: "" }
      ),
      { leases: [] }
    ],
    ["nothing of what it does not show", told({ _tag: "LimitLifted", id }), NOTHING]
  ]
  for (const [what, known, is] of cases) it(`has ${what}`, () => assert.deepInclude(known, is))

  it("has no session that was ended, but one that has crashed", () => {
    const both = [card(1, "one"), card(2, "two")].reduce(learnCard, NOTHING)
    assert.deepStrictEqual([...learnCard(both, card(1, "one", { state: "stopped" })).cards.keys()], [idOf(2)])
    assert.lengthOf([...learnCard(both, card(1, "one", { state: "crashed" })).cards], 2)
  })

  it("takes a card that came while the list was on its way for the newer one", () => {
    const fresh = new Map([
      [idOf(1), card(1, "one", { state: "working" })],
      [idOf(3), card(3, "three")],
      [idOf(2), card(2, "two", { state: "stopped" })]
    ])
    const known = learnList(NOTHING, [card(1, "one"), card(2, "two")], fresh)
    assert.deepStrictEqual(
      [...known.cards.values()].map(({ name, state }) => `${name} ${state}`),
      ["one working", "three idle"]
    )
    assert.isTrue(known.listed)
  })

  it("knows whose question is open", () => {
    const known = told({ _tag: "ApprovalAsked", id, approval: asked })
    assert.strictEqual(approvalOf(known, id)?.id, asked.id)
    assert.isUndefined(approvalOf(known, idOf(2)))
  })
})
