import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ref } from "../../src/actors/ActorRef.ts"
import { SWARM } from "../../src/actors/ActorSystem.ts"
import { Desk } from "../../src/actors/desk/Desk.ts"
import { counted } from "../../src/actors/session/LoopGuard.ts"
import type { State } from "../../src/actors/session/State.ts"
import { MessageId, SessionId } from "../../src/domain/Ids.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { type Cause, SYSTEM, type Sender } from "../../src/domain/Message.ts"
import { defaults } from "../../src/domain/Policy.ts"
import { human, type Member, moving, pass, withWorld } from "../support/SessionTest.ts"

const ann: Sender = { kind: "session", id: SessionId.make("0000000a"), name: "ann" }
const eve: Sender = { kind: "session", id: SessionId.make("0000000e"), name: "eve" }
const idOf = (number: number) => MessageId.make(`m${String(number).padStart(15, "0")}`)
const letter = (id: number, from: Sender, root?: number): Letter => ({
  id: idOf(id),
  from,
  mode: "sequential",
  kind: "message",
  at: 0,
  bytes: 1,
  tries: 0,
  ...(root === undefined ? {} : { cause: { id: idOf(id - 1), root: idOf(root), hops: 1 } })
})

const job = (made: Letter): Letter => ({ ...made, order: { role: "engineer", task: "x", soft: 1, hard: 2 } })

const LIMIT = 3
const after = (...letters: ReadonlyArray<Letter>): State["edges"] =>
  letters.reduce<State["edges"]>((edges, next) => counted(edges, next, LIMIT), {})
const edge = (edges: State["edges"], from: Sender) => {
  const found = edges[from.id ?? ""]
  return found === undefined ? undefined : [found.count, found.muted]
}

describe("the count of an edge", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<Letter>, Array<number | boolean> | undefined]> = [
    ["a message that begins a chain is its first", [letter(1, ann)], [1, false]],
    ["those of its chain add up", [letter(1, ann), letter(3, ann, 1), letter(5, ann, 1)], [3, false]],
    ["one more is muted", [letter(1, ann), letter(3, ann, 1), letter(5, ann, 1), letter(7, ann, 1)], [4, true]],
    [
      "what comes to a muted edge is not counted",
      [letter(1, ann), letter(3, ann, 1), letter(5, ann, 1), letter(7, ann, 1), letter(9, ann)],
      [4, true]
    ],
    ["another chain starts again", [letter(1, ann), letter(3, ann, 1), letter(5, ann, 4)], [1, false]],
    ["so does a message without a cause", [letter(1, ann), letter(3, ann, 1), letter(5, ann)], [1, false]],
    ["and a word from a person", [letter(1, ann), letter(3, ann, 1), letter(4, human), letter(5, ann, 1)], [1, false]],
    [
      "which does not open what is muted",
      [letter(1, ann), letter(3, ann, 1), letter(5, ann, 1), letter(7, ann, 1), letter(8, human)],
      [4, true]
    ],
    ["and a job", [letter(1, ann), letter(3, ann, 1), job(letter(5, ann, 1)), letter(7, ann, 1)], [2, false]],
    ["others have a count of their own", [letter(1, ann), letter(3, eve, 1), letter(5, eve, 1)], [1, false]],
    ["sm's own words count for nobody", [letter(1, SYSTEM, 1), letter(2, SYSTEM, 1)], undefined]
  ]
  for (const [title, letters, expected] of cases)
    it(title, () => assert.deepStrictEqual(edge(after(...letters), ann), expected))
})

/** What a session answers is caused by what its turn carries. */
const answering = (from: Member, to: Member, text: string) =>
  Effect.gen(function* () {
    const { card } = yield* from.describe
    assert.isNotNull(card.carries)
    const cause: Cause = card.carries ?? { id: idOf(0), root: idOf(0), hops: 0 }
    const id = yield* to.send(text, { from: from.sender(), more: { cause } })
    from.agent.finish()
    return id
  })

describe("two agents that answer each other", () => {
  it.effect(
    "are stopped on one edge, with a word to both the sender and the person, until somebody lets them go on",
    () =>
      withWorld((world) =>
        Effect.gen(function* () {
          const first = world
          const ben = yield* world.another
          const eva = yield* world.another
          yield* first.spawn("ann")
          yield* ben.spawn("ben")
          yield* eva.spawn("eva")
          for (const member of [first, ben, eva]) yield* member.is("idle")

          const begun = yield* first.send("talk with ben")
          yield* first.takes(1)
          let last = ""
          for (let round = 1; round <= defaults.loopLimit + 1; round++) {
            last = yield* answering(first, ben, `ping ${round}`)
            if (round > defaults.loopLimit) break
            yield* ben.takes(round)
            yield* answering(ben, first, `pong ${round}`)
            yield* first.takes(round + 1)
          }

          assert.deepStrictEqual(yield* world.hops(last), ["accepted", "parked"])
          assert.match(
            (yield* world.evidence(last)).join(),
            /loop guard: ann → ben is muted after 12 messages of one chain/u
          )
          assert.strictEqual(ben.agent.prompts.length, 12)
          yield* first.takes(14)
          assert.match(first.agent.prompts[13] ?? "", /^\[sm · m\w+\] Your messages to ben are held back: 12 /u)
          const desk = yield* moving(ref(Desk, SWARM, "human").ask("Describe", {}))
          assert.strictEqual(desk.length, 1)
          const news = yield* world.broker.getText(desk[0]?.id ?? "")
          assert.match(
            JSON.stringify(news),
            new RegExp(`ann → ben is muted after 12 .*sm trace ${begun}.*sm unmute ann ben`, "u")
          )

          // Only that edge, and no word of each further message.
          const more = yield* ben.send("and another", { from: first.sender() })
          yield* world.reaches(more, "parked")
          const other = yield* ben.send("from eva", { from: eva.sender() })
          yield* ben.takes(13)
          ben.agent.finish()
          yield* world.reaches(other, "answered")
          const back = yield* first.send("from ben", { from: ben.sender() })
          first.agent.finish()
          yield* first.takes(15)
          first.agent.finish()
          yield* world.reaches(back, "answered")
          yield* pass(5)
          assert.strictEqual(first.agent.prompts.length, 15)

          const asks = { from: first.id, fromName: "ann", fromParent: null }
          const refused = yield* moving(Effect.flip(ben.session.ask("Unmute", { ...asks, by: eva.sender() })))
          assert.strictEqual(refused._tag, "NotAllowed")
          yield* moving(ben.session.ask("Unmute", { ...asks, fromParent: eva.id, by: eva.sender() }))
          const again = yield* ben.send("once more", { from: first.sender() })
          yield* ben.takes(14)
          ben.agent.finish()
          yield* world.reaches(again, "answered")
          const twice = yield* moving(Effect.flip(ben.session.ask("Unmute", { ...asks, by: human })))
          assert.include(twice.message, "ann → ben is not muted")
        })
      )
  )
})
