import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { HostId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import { isLive, type SessionCard } from "../../src/domain/Session.ts"
import { Refusal } from "../../src/gateway/Api.ts"
import { resolve } from "../../src/gateway/Recipients.ts"

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
    limited: null,
    monitor: null,
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
        const found = resolve(said, known, caller ?? undefined)
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
