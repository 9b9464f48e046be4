import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { Schema } from "effect"
import { GivenName } from "../../src/domain/GivenName.ts"
import { HostId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import { isLive, type SessionCard } from "../../src/domain/Session.ts"
import { Refusal } from "../../src/gateway/Api.ts"
import { sessionOf } from "../../src/gateway/Recipients.ts"

/** Few ids and names, so that prefixes and names are shared. */
const id = fc
  .constantFrom("0a1b2c3d", "0a1b2c3e", "0a1bffff", "deadbeef", "12345678")
  .map((text) => SessionId.make(text))
const name = fc.constantFrom("ann", "Ann", "bob", "0a1b", "dead").map((text) => SessionName.make(text))
const card: fc.Arbitrary<SessionCard> = fc
  .record({ id, name, state: fc.constantFrom("idle", "working", "stopped", "crashed"), parentId: fc.option(id) })
  .map((some) => ({
    v: 1,
    provider: "p",
    detail: "",
    workingDir: "/",
    host: HostId.make("h"),
    model: null,
    agentSessionId: null,
    transcript: null,
    queued: 0,
    typed: 0,
    createdAt: 0,
    since: 0,
    stoppedAt: null,
    context: null,
    role: null,
    em: false,
    task: null,
    status: null,
    epoch: 0,
    carries: null,
    stopping: null,
    completed: null,
    limited: null,
    monitor: null,
    leases: [],
    worktree: null,
    ...some
  }))
const cards = fc.uniqueArray(card, { selector: ({ id: one }) => one, maxLength: 5 })
const word = fc.oneof(
  id,
  name,
  fc.constantFrom("parent", "0a1b2c", "dea", "deadb", "an", "", "human", "b0b", "constructor")
)

describe("whom a word means", () => {
  it("is the one with that id, else a live one of that name, else the only one whose id begins so", () => {
    fc.assert(
      fc.property(word, cards, fc.option(card), (said, known, caller) => {
        const found = sessionOf(said, known, caller ?? undefined)
        const by = {
          parent: said === "parent" ? known.filter((one) => one.id === caller?.parentId) : [],
          id: known.filter((one) => one.id === said),
          name: known.filter((one) => one.name === said),
          prefix: said.length >= 4 ? known.filter((one) => one.id.startsWith(said)) : []
        }
        if (found instanceof Refusal) {
          assert.deepStrictEqual([by.parent, by.id, by.name], [[], [], []])
          assert.notStrictEqual(by.prefix.length, 1)
          assert.strictEqual(found.code, by.prefix.length > 1 && said !== "parent" ? "ambiguous" : "not-found")
          return
        }
        assert.include(known, found)
        if (said === "parent") return assert.strictEqual(found.id, caller?.parentId)
        if (by.id.length > 0) return assert.strictEqual(found, by.id[0])
        if (by.name.some((one) => isLive(one.state))) return assert.isTrue(found.name === said && isLive(found.state))
        if (by.name.length > 0) return assert.strictEqual(found, by.name.at(-1))
        assert.deepStrictEqual(by.prefix, [found])
      })
    )
  })
})

describe("em", () => {
  const made = (
    id: string,
    parentId: string | null,
    em: boolean,
    state: SessionCard["state"] = "idle"
  ): SessionCard => ({
    ...(fc.sample(card, 1)[0] as SessionCard),
    id: SessionId.make(id),
    name: SessionName.make(`n${id}`),
    parentId: parentId === null ? null : SessionId.make(parentId),
    em,
    state
  })
  const top = made("0000000a", null, true)
  const middle = made("0000000b", "0000000a", true)
  const plain = made("0000000c", "0000000b", false)
  const worker = made("0000000d", "0000000c", false)
  const loner = made("0000000e", null, false)
  const all = [top, middle, plain, worker, loner]
  const whom = (cards: ReadonlyArray<SessionCard>, caller?: SessionCard) => {
    const found = sessionOf("em", cards, caller)
    return found instanceof Refusal ? found.code : found.id
  }

  it("is the nearest ancestor that orchestrates, else the only one who does", () => {
    assert.strictEqual(whom(all, worker), middle.id)
    assert.strictEqual(whom(all, middle), top.id)
    assert.strictEqual(whom(all, loner), "ambiguous")
    assert.strictEqual(whom([top, plain, loner], loner), top.id)
    assert.strictEqual(whom([top, made("0000000f", null, true, "stopped")]), top.id)
    assert.strictEqual(whom([plain, loner], loner), "not-found")
    assert.strictEqual(whom([top], top), "not-found")
    const circle = [made("0000000a", "0000000b", false), made("0000000b", "0000000a", false)]
    assert.strictEqual(whom(circle, circle[0]), "not-found")
  })
})

describe("a name", () => {
  it("that has got a meaning since may not be given any more, and is still read", () => {
    const given = Schema.is(GivenName)
    const read = Schema.is(SessionName)
    assert.deepStrictEqual(
      [given("em"), read("em"), given("em-1"), given("parent"), read("parent")],
      [false, true, true, false, false]
    )
  })
})
