/** Hooks come late, never, twice and out of order: what a session is said to do is compared with what its agent did. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { awaitedBy, everyPlan, lies, makeDisturbance, phasesOf, type Plan } from "../support/Disturbance.ts"
import { withWorld } from "../support/SessionTest.ts"

/** Sessions that play at the same time. */
const TOGETHER = 125

/** `step`: seconds from one hook to the next; what is late comes four seconds after it was said. */
const play = (plans: ReadonlyArray<Plan>, { blind = false, step = 3 }) =>
  Effect.gen(function* () {
    const { carry, disturb, turns } = makeDisturbance()
    const found: Array<string> = []
    yield* withWorld(
      (world) =>
        Effect.gen(function* () {
          const members = [...(yield* Effect.forEach(Array.from({ length: TOGETHER - 1 }), () => world.another)), world]
          yield* Effect.forEach(members, (member, place) => member.spawn(`member-${place}`))
          yield* Effect.forEach(members, ({ is }) => is("idle"))
          for (const member of members) member.agent.blind = blind
          const sent = members.map((): Array<string> => [])
          const wait = (seconds: number) =>
            Effect.repeat(Effect.andThen(TestClock.adjust("100 millis"), Effect.yieldNow), { times: seconds * 10 - 1 })
          for (let round = 0; round * TOGETHER < plans.length; round++) {
            const batch = plans.slice(round * TOGETHER, (round + 1) * TOGETHER)
            const playing = members.slice(0, batch.length)
            playing.forEach(({ id }, place) => disturb(id, batch[place] as Plan))
            for (const [place, member] of playing.entries()) sent[place]?.push(yield* member.send(`turn ${round}`))
            yield* Effect.forEach(playing, ({ takes }) => takes(round + 1))
            yield* wait(step)
            for (const { agent } of playing) agent.tool()
            yield* wait(step)
            for (const { agent } of playing) agent.read()
            yield* wait(step)
            for (const { agent } of playing) agent.finish()
            yield* wait(12)
          }
          for (const [place, { agent, id }] of members.entries()) {
            const messages = yield* Effect.forEach(sent[place] ?? [], (message) =>
              world.broker.facts("message", message)
            )
            const phases = phasesOf(yield* world.broker.facts("session", id))
            const said = lies(turns(id), phases, blind ? messages.map(awaitedBy) : [])
            const planOf = (lie: string) => {
              const round = Number(/^turn (\d+)/u.exec(lie)?.[1])
              return `${lie} ${JSON.stringify([plans[(round - 1) * TOGETHER + place], plans[round * TOGETHER + place]])}`
            }
            found.push(...said.idle.map((lie) => `false idle: ${planOf(lie)}`))
            found.push(...said.busy.map((lie) => `false busy: ${planOf(lie)}`))
            const prompts = sent[place]?.map((_, round) => `turn ${round}`)
            assert.deepStrictEqual(agent.prompts, prompts, "each message once")
            for (const message of sent[place] ?? []) assert.strictEqual((yield* world.hops(message)).at(-1), "answered")
          }
        }),
      { lease: 86_400_000, carry }
    )
    return found
  })

/** A fifth of all, with every pair of treatments among them. */
const some = everyPlan().filter((_, place) => (place + Math.floor(place / 5) + Math.floor(place / 25)) % 5 === 0)

describe("a session whose hooks come late, never, twice or behind others", () => {
  it.effect("is never said to be idle while its agent works, and not for long to work while it is idle", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(everyPlan(), {}), [])
    })
  )

  it.effect(
    "is nothing else while its screen tells nothing: it does not count as at rest before it is known what it took",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* play(some, { blind: true }), [])
      })
  )

  it.effect("is nothing else where turns are so short that what is late comes after their end", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(some, { step: 1 }), [])
    })
  )
})
